"""What Great Expectations asks the database: one aggregate per rule, all rules of a judged table in one statement.

Great Expectations bundles aggregates over the same rows that become ready at the same step. A row condition makes other
rows of them and so another scan of the table, and its own conditions wait for a count of their own; therefore every
condition is put together and stands inside the aggregate here. Importing this module imports Great Expectations (7 to
19 s).
"""

import re
from datetime import date
from typing import Any

import sqlalchemy as sa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.core.metric_function_types import MetricPartialFunctionTypes
from great_expectations.execution_engine.sqlalchemy_execution_engine import SqlAlchemyExecutionEngine
from great_expectations.expectations.metrics.metric_provider import MetricProvider, metric_partial
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.registry import get_metric_kwargs, get_metric_provider
from great_expectations.expectations.row_conditions import AndCondition, deserialize_row_condition
from great_expectations.validator.metric_configuration import MetricConfiguration

ROW_COUNT = "judged_rows.row_count"
CONTRADICTED = "judged_rows.contradicted_count"
TABLE_NAME = "{judged_table}"
AGGREGATE = MetricPartialFunctionTypes.AGGREGATE_FN
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def whole_table(domain: dict[str, Any]) -> dict[str, Any]:
    """The same rows without the conditions of one rule: what all rules of a judged table have in common."""
    return {name: domain.get(name) for name in TableMetricProvider.domain_keys} | {"row_condition": None}


def with_dates(row_condition: Any) -> Any:
    """Return a row condition with the dates that it had: the suites of Great Expectations are JSON, which has none."""
    if isinstance(row_condition, dict):
        row_condition = deserialize_row_condition(row_condition)
    if isinstance(row_condition, AndCondition):
        return AndCondition(conditions=[with_dates(condition) for condition in row_condition.conditions])
    parameter = getattr(row_condition, "parameter", None)
    if isinstance(parameter, str) and _DAY.fullmatch(parameter):
        return row_condition.copy(update={"parameter": date.fromisoformat(parameter)})
    return row_condition


class _BundledCount(MetricProvider):
    """Number of rows in which something holds, as an aggregate over the whole table."""

    @metric_partial(engine=SqlAlchemyExecutionEngine, partial_fn_type=AGGREGATE, domain_type=MetricDomainTypes.TABLE)
    def _sqlalchemy(
        cls,  # noqa: N805 - Great Expectations calls it with the class
        execution_engine: SqlAlchemyExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        """Return the aggregate for the bundle."""
        del runtime_configuration
        counted = cls._counted(execution_engine, metric_domain_kwargs, metric_value_kwargs, metrics)
        return counted, whole_table(metric_domain_kwargs), {}

    @classmethod
    def _counted(
        cls,
        engine: SqlAlchemyExecutionEngine,
        domain: dict[str, Any],
        values: dict[str, Any],
        metrics: dict[str, Any],
    ) -> Any:
        raise NotImplementedError

    @classmethod
    def _get_evaluation_dependencies(
        cls,
        metric: MetricConfiguration,
        configuration: Any = None,
        execution_engine: Any = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> dict[str, MetricConfiguration]:
        """The count needs its aggregate; every aggregate needs the columns, so that all are ready at the same step."""
        if metric.metric_name.endswith(AGGREGATE.metric_suffix):
            domain = whole_table(metric.metric_domain_kwargs)
            return {
                "table.columns": MetricConfiguration("table.columns", domain, {}),
                "table.column_types": MetricConfiguration("table.column_types", domain, {"include_nested": True}),
            }
        found: dict[str, MetricConfiguration] = super()._get_evaluation_dependencies(
            metric, configuration, execution_engine, runtime_configuration
        )
        return found


class ContradictedCount(_BundledCount):
    """How many rows contradict a rule of ours; `TABLE_NAME` in its predicate stands for the judged table."""

    metric_name = CONTRADICTED
    domain_keys = TableMetricProvider.domain_keys
    value_keys = ("predicate",)

    @classmethod
    def _counted(
        cls,
        engine: SqlAlchemyExecutionEngine,
        domain: dict[str, Any],
        values: dict[str, Any],
        metrics: dict[str, Any],
    ) -> Any:
        del metrics
        data: Any = engine.batch_manager.batch_data_cache[domain["batch_id"]]
        name = f"{data.source_schema_name}.{data.source_table_name}"
        return sa.func.count().filter(sa.literal_column(values["predicate"].replace(TABLE_NAME, name), sa.Boolean))


class RowCount(ContradictedCount):
    """How many rows the judged table has; its predicate is `true`."""

    metric_name = ROW_COUNT


class _FoldedCount(_BundledCount):
    """How many rows contradict a rule of Great Expectations' own, by its own condition; see `folded`."""

    map_metric: str

    @classmethod
    def _counted(
        cls,
        engine: SqlAlchemyExecutionEngine,
        domain: dict[str, Any],
        values: dict[str, Any],
        metrics: dict[str, Any],
    ) -> Any:
        """Over all rows: in three-valued logic those with a null contradict nothing, none need be left out."""
        row_condition = with_dates(domain.get("row_condition"))
        domain = dict(domain) | {"row_condition": None}
        if "ignore_row_if" in domain:
            domain["ignore_row_if"] = "neither"
        tests = [_evaluate(MetricConfiguration(f"{cls.map_metric}.condition", domain, values), engine, metrics)[0]]
        if row_condition is not None:
            tests.insert(0, engine.condition_to_filter_clause(row_condition))
        return sa.func.count().filter(*tests)


class _FoldedSubquery(_BundledCount):
    """The same for conditions on several columns, which bring the rows that they look at with them."""

    map_metric: str

    @classmethod
    def _counted(
        cls,
        engine: SqlAlchemyExecutionEngine,
        domain: dict[str, Any],
        values: dict[str, Any],
        metrics: dict[str, Any],
    ) -> Any:
        domain = dict(domain) | {"row_condition": with_dates(domain.get("row_condition"))}
        test = _evaluate(MetricConfiguration(f"{cls.map_metric}.condition", domain, values), engine, metrics)[0]
        return sa.select(sa.func.count()).where(test).correlate(None).scalar_subquery()


def _evaluate(metric: MetricConfiguration, engine: SqlAlchemyExecutionEngine, known: dict[str, Any]) -> Any:
    """Return what Great Expectations' provider of a condition says, without the count of rows that it asks for."""
    provider, function = get_metric_provider(metric.metric_name, engine)
    needed = provider.get_evaluation_dependencies(metric=metric, execution_engine=engine)
    needed.pop("table.row_count", None)
    metrics = {name: known[name] if name in known else _evaluate(one, engine, known) for name, one in needed.items()}
    return function(
        cls=provider,
        execution_engine=engine,
        metric_domain_kwargs=metric.metric_domain_kwargs,
        metric_value_kwargs=metric.metric_value_kwargs,
        metrics=metrics,
        runtime_configuration={},
    )


_FOLDED: dict[str, type[_BundledCount]] = {}


def folded(map_metric: str) -> str:
    """Return the name of the metric that counts what contradicts a map metric, as an aggregate over the whole table."""
    name = f"{map_metric}.contradicted_count"
    if name not in _FOLDED:
        keys = get_metric_kwargs(f"{map_metric}.condition")
        kind = _FoldedSubquery if "column_list" in keys["metric_domain_keys"] else _FoldedCount
        _FOLDED[name] = type(
            f"{kind.__name__}Of_{map_metric.replace('.', '_')}",
            (kind,),
            {
                "metric_name": name,
                "map_metric": map_metric,
                "domain_keys": tuple(keys["metric_domain_keys"]),
                "value_keys": tuple(keys["metric_value_keys"]),
            },
        )
    return name
