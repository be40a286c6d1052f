import pytest

from demo import DemoFile, generate


@pytest.fixture(scope="session")
def first_wave(tmp_path_factory: pytest.TempPathFactory) -> list[DemoFile]:
    """The files of the first wave, made once; tests that use it belong to the xdist group `demo_files`."""
    return generate(tmp_path_factory.mktemp("first"), 1)


@pytest.fixture(scope="session")
def second_wave(tmp_path_factory: pytest.TempPathFactory) -> list[DemoFile]:
    """The files of the second wave."""
    return generate(tmp_path_factory.mktemp("second"), 2)
