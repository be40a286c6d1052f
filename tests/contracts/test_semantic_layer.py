"""The semantic layer says of its measures what the dictionary says; that dbt accepts it is shown by parsing it."""

from typing import Any

from taizhang.dictionary.mart import load_marts
from tests.dbt_manifest import manifest, models, parents

# Counts have no column of their own in the facts: they are counted where the dictionary has them.
COUNTED = "agg_region_month"


def measures() -> dict[str, tuple[str, Any]]:
    """The measures by name, each with the model that it is read from."""
    found = {}
    for semantic_model in manifest().semantic_models.values():
        (model,) = parents(semantic_model, "model")
        for measure in semantic_model.measures:
            assert measure.name not in found
            found[measure.name] = (model, measure)
    return found


def test_measures_are_added_up_over_months_only_where_the_dictionary_allows_it() -> None:
    marts = load_marts()
    assert len(measures()) >= 5
    for name, (model, measure) in measures().items():
        columns = {column.name: column for mart in (COUNTED, model) for column in marts[mart].columns}
        additive = columns[name].additivity == "additive"
        assert columns[name].additivity in {"additive", "semi_additive"}, name
        assert (measure.non_additive_dimension is None) == additive, name
        if not additive:
            assert (measure.non_additive_dimension.name, str(measure.non_additive_dimension.window_choice.value)) == (
                "report_month",
                "max",
            )
        assert measure.label in columns[name].labelled_unit


def test_rates_are_ratios_of_measures() -> None:
    metrics = manifest().metrics.values()
    simple = {metric.name for metric in metrics if metric.type.value == "simple"}
    assert simple == set(measures())
    ratios = [metric.type_params for metric in metrics if metric.type.value == "ratio"]
    assert {(ratio.numerator.name, ratio.denominator.name) for ratio in ratios} == {
        ("ytd_completed_wan", "annual_plan_wan"),
        ("started_count", "project_count"),
    }
    assert len(simple) + len(ratios) == len(metrics)


def test_there_is_a_time_spine_of_days_and_one_of_months() -> None:
    spines = {
        model.time_spine.standard_granularity_column: model.columns[
            model.time_spine.standard_granularity_column
        ].granularity.value
        for model in models().values()
        if model.time_spine
    }
    assert spines == {"day_date": "day", "report_month": "month"}
