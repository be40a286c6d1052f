import pytest

# What these modules assert is told as that of the tests is.
pytest.register_assert_rewrite("tests.faults.reader", "tests.faults.scene", "tests.faults.whole")
