"""Who is told by which channel."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import SecretStr

from taizhang.configuration import ConfigurationError
from taizhang.notify.channels import DeliveryError
from taizhang.notify.delivery import from_environment
from taizhang.notify.recipients import Channel, RecipientError, notifications
from taizhang.settings import PROJECT_ROOT, settings

MARCH = date(2024, 3, 1)
BY_MAIL = {"channel": "mail", "addresses": ["ban@example.org"]}
OFFICE = {"name": "定西市发展改革委", "regions": ["621100"], "to": [BY_MAIL]}
FILE = {"send": True, "channels": {"mail": {"connection": "mail"}}, "recipients": {"dingxi": OFFICE}}
Write = Callable[..., None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Writes the file with some of its entries replaced."""

    def put(**entries: Any) -> None:
        monkeypatch.setenv("TAIZHANG_CONFIG_DIR", str(tmp_path))
        settings.cache_clear()
        (tmp_path / "notifications.yml").write_text(yaml.safe_dump(FILE | entries), encoding="utf-8")

    yield put
    settings.cache_clear()


def test_the_committed_file_sends_nothing_and_names_nobody() -> None:
    settings.cache_clear()
    assert settings().config_dir == PROJECT_ROOT / "config"
    committed = notifications()
    assert (committed.send, committed.channels, committed.recipients) == (False, {}, {})


def test_an_office_gets_what_concerns_the_units_of_its_region(write: Write) -> None:
    write()
    addressees = notifications().recipients["dingxi"].addressees(MARCH)
    assert {"621122", "621100C0", "621100B0", "621100K1"} <= set(addressees)
    assert "620000P0" not in addressees


def test_units_and_roles_are_told_of_themselves_alone(write: Write) -> None:
    write(recipients={"office": OFFICE | {"regions": [], "units": ["621122"], "roles": ["operators"]}})
    assert notifications().recipients["office"].addressees(MARCH) == ["621122", "operators"]


@pytest.mark.parametrize(
    ("entries", "fault"),
    [
        ({"recipients": {"a": OFFICE | {"to": [{"channel": "wecom"}]}}}, "wecom stands under nothing"),
        ({"recipients": {"a": OFFICE | {"to": []}}}, "at least 1 item"),
        ({"recipients": {"a": OFFICE | {"to": [BY_MAIL, BY_MAIL]}}}, "names a channel twice"),
        ({"recipients": {"a": OFFICE | {"regions": []}}}, "would never get anything"),
        ({"recipients": {"a": OFFICE | {"topics": ["weather"]}}}, "topics"),
        ({"recipients": {}}, "nobody is to be told"),
        ({"channels": {"mail": {}}}, "either `connection` or `environment`"),
        ({"channels": {"mail": {"connection": "a", "environment": "B"}}}, "either `connection` or `environment`"),
        ({"channels": {"mail": {"url": "mailto://geheim"}}}, "Extra inputs"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(write: Write, entries: dict[str, Any], fault: str) -> None:
    write(**entries)
    with pytest.raises(ConfigurationError, match=fault) as raised:
        notifications()
    assert "geheim" not in str(raised.value)


@pytest.mark.parametrize("entry", [{"units": ["621199"]}, {"regions": ["999999"]}])
def test_a_unit_or_region_that_nobody_knows_is_refused(write: Write, entry: dict[str, Any]) -> None:
    write(recipients={"a": OFFICE | entry})
    with pytest.raises(RecipientError, match="no unit or region has the code"):
        notifications()


def test_a_url_comes_from_the_environment_or_is_missing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = Channel(environment="TAIZHANG_TEST_CHANNEL")
    with pytest.raises(DeliveryError, match="TAIZHANG_TEST_CHANNEL is not set"):
        from_environment(channel)
    monkeypatch.setenv("TAIZHANG_TEST_CHANNEL", "wecombot://abc")
    assert from_environment(channel) == SecretStr("wecombot://abc")
