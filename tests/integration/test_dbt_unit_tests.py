"""The unit tests that stand beside the models in their yml: calculations on given rows, without a warehouse's rows."""

import pytest
from sqlalchemy import Engine

from taizhang.publication.marts_build import run_dbt

pytestmark = [pytest.mark.publishes, pytest.mark.parametrize("server_url", ["embedded"], indirect=True)]


def test_all_unit_tests_of_the_models_hold(engine: Engine) -> None:
    # One invocation for all: dbt reads the columns of each model's inputs from the empty tables.
    ran = run_dbt(engine, "test", "--select", "test_type:unit")
    assert ran
    assert len(ran) == len(set(ran))
