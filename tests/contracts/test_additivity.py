"""Each measure of a mart states in its yml whether it may be added up, as the dictionary has it."""

import pytest

from taizhang.dictionary.mart import Mart, load_marts
from tests.dbt_manifest import models

MARTS = {name: mart for name, mart in load_marts().items() if not name.startswith("stg_")}


@pytest.mark.parametrize("mart", MARTS.values(), ids=MARTS)
def test_measures_state_their_additivity(mart: Mart) -> None:
    stated = {
        column.name: column.config.meta["additivity"]
        for column in models()[mart.mart].columns.values()
        if "additivity" in column.config.meta
    }
    assert stated == {column.name: column.additivity for column in mart.columns if column.additivity != "none"}
