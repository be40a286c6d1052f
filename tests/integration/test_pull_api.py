"""A platform's items are pulled by cursor, each once, whatever its server does meanwhile."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import Engine
from tenacity import wait_none

from taizhang.sources import api as api_module
from taizhang.sources import patience
from taizhang.sources.api import Api, open_client
from taizhang.sources.declared import ApiSource, Limits
from taizhang.sources.pulling import PullReport, pull
from taizhang.sources.request_signing import HmacAuth, TokenAuth
from tests.peers.platform import KEY_ID, SECRET, Platform, platform
from tests.pulls import cursor, inbox_contents, items, leftovers, pulls


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    monkeypatch.setattr(patience, "WAITING", wait_none())
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with platform() as running:
        yield running


def pull_api(engine: Engine, peer: Platform, auth: httpx.Auth | None = None, **values: object) -> PullReport:
    source = ApiSource(
        name="platform", kind="api", url=peer.url, connection="p", signing="token", page_items=2, **values
    )  # type: ignore[arg-type]
    client = open_client(auth or TokenAuth(SecretStr(SECRET)))
    return pull(engine, source, Api(source, client, hidden=(SECRET,)))


def test_pages_are_read_by_cursor_and_only_once(engine: Engine, peer: Platform) -> None:
    for number in range(5):
        peer.offer_file(f"i{number}", f"content {number}".encode(), f"{number}.xlsx")
    assert len(pull_api(engine, peer).taken) == 5
    assert inbox_contents() == {f"{number}.xlsx": f"content {number}".encode() for number in range(5)}
    assert cursor(engine) == "4"
    peer.requests.clear()
    again = pull_api(engine, peer)
    assert (again.taken, again.known) == ([], 1)
    assert [path for path, _ in peer.requests] == ["/items"]


def test_an_item_that_changes_is_taken_again(engine: Engine, peer: Platform) -> None:
    peer.offer("a", "2024-04-03T09:00:00+08:00", submission={"v": 1})
    peer.offer("a", "2024-04-04T09:00:00+08:00", submission={"v": 2})
    peer.offer("a", "2024-04-04T01:00:00Z", submission={"v": 2})
    report = pull_api(engine, peer)
    assert (len(report.taken), report.known) == (2, 1)


def test_a_submission_in_json_is_kept_byte_by_byte(engine: Engine, peer: Platform) -> None:
    submission = '{"figures": [561.70, 1e2, 12345678901234567890.10],\n  "名称": "陇西县"}'.encode()
    peer.items.append(
        b'{"id": "621122/2024-03", "updated_at": "2024-04-03T09:00:00+08:00", "submission": ' + submission + b"}"
    )
    pull_api(engine, peer)
    assert inbox_contents() == {"621122_2024-03.json": submission}
    (row,) = items(engine).values()
    assert row["sha256"] == hashlib.sha256(submission).hexdigest()
    assert row["provenance"]["id"] == "621122/2024-03"
    assert row["filed_at"] == datetime(2024, 4, 3, 1, tzinfo=UTC)


def test_requests_are_signed_as_the_platform_expects(engine: Engine, peer: Platform) -> None:
    peer.signed = True
    peer.offer_file("a", b"x", "a.xlsx")
    assert pull_api(engine, peer, HmacAuth(KEY_ID, SecretStr(SECRET))).taken == ["a.xlsx"]
    wrong = pull_api(engine, peer, HmacAuth(KEY_ID, SecretStr("another")))
    assert wrong.failures == ["listing: the server does not let us in (HTTP 401): look at the Airflow connection"]


def test_a_download_goes_on_where_it_was_cut(engine: Engine, peer: Platform) -> None:
    content = os.urandom(200_000)
    peer.offer_file("a", content, "a.xlsx")
    peer.cuts["/files/0"] = [70_000, 30_000]
    assert pull_api(engine, peer).failures == []
    assert inbox_contents() == {"a.xlsx": content}
    assert [bool(asked) for asked in peer.asked("/files/0")] == [False, True, True]


def test_a_server_that_cannot_go_on_in_the_middle_begins_anew(engine: Engine, peer: Platform) -> None:
    content = os.urandom(200_000)
    peer.ranged = False
    peer.offer_file("a", content, "a.xlsx")
    peer.cuts["/files/0"] = [70_000]
    assert pull_api(engine, peer).failures == []
    assert inbox_contents() == {"a.xlsx": content}


def test_servers_that_falter_are_asked_again_and_one_item_holds_up_no_other(engine: Engine, peer: Platform) -> None:
    for number in range(3):
        peer.offer_file(f"i{number}", str(number).encode(), f"{number}.xlsx")
    peer.answers = {"/items": [503, 429], "/files/0": [500] * 9, "/files/1": [502]}
    report = pull_api(engine, peer)
    assert (report.taken, report.failures) == (["1.xlsx", "2.xlsx"], ["0.xlsx: PassingError: HTTP 500"])
    assert cursor(engine) is None
    peer.answers = {}
    assert pull_api(engine, peer).taken == ["0.xlsx"]
    assert cursor(engine) == "2"
    assert [row["state"] for row in pulls(engine)] == ["failed", "done"]


def test_sizes_and_hashes_that_are_wrong_are_not_taken(engine: Engine, peer: Platform) -> None:
    peer.offer_file("a", b"abc", "a.xlsx", size=4)
    peer.offer_file("b", b"abc", "b.xlsx", sha256="0" * 64)
    peer.offer_file("c", b"abc", "c.xlsx", size=3, sha256=hashlib.sha256(b"abc").hexdigest())
    report = pull_api(engine, peer)
    assert report.taken == ["c.xlsx"]
    assert report.failures == [
        "a.xlsx: PassingError: 3 bytes came instead of 4",
        "b.xlsx: its sha256 is not the one that the page gives",
    ]
    assert leftovers() == []


def test_items_that_break_the_contract_are_refused_with_a_reason(engine: Engine, peer: Platform) -> None:
    peer.items.append(b'{"id": 7, "updated_at": "2024-04-03T09:00:00+08:00", "submission": {}}')
    peer.items.append(b'{"id": "when", "updated_at": "gestern", "submission": {}}')
    peer.offer("both", submission={}, file={"url": "/f", "name": "a.xlsx"})
    peer.offer("neither")
    peer.offer("away", file={"url": "https://elsewhere.example/f", "name": "away.xlsx"})
    peer.offer("port", file={"url": "http://127.0.0.1:1/f", "name": "port.xlsx"})
    peer.offer("gone", file={"url": "/files/none", "name": "gone.xlsx"})
    peer.offer("large", file={"url": "/files/0", "name": "large.xlsx", "size": 1001})
    peer.offer_file("lying", b"x" * 1001, "lying.xlsx")
    peer.offer_file("hostile", b"x", "../../../登录.xlsx")
    report = pull_api(engine, peer, limits=Limits(item_bytes=1000))
    codes = {name: row["reason_code"] for name, row in items(engine).items() if row["state"] == "refused"}
    assert codes.pop("both.json") == codes.pop("neither.json") == "invalid_item"
    assert codes.pop("away.xlsx") == codes.pop("port.xlsx") == "foreign_host"
    assert codes.pop("gone.xlsx") == "gone"
    assert codes.pop("large.xlsx") == codes.pop("lying.xlsx") == "too_large"
    assert list(codes.values()) == ["invalid_item", "invalid_item"]
    assert (len(report.refused), report.failures) == (9, [])
    assert inbox_contents() == {"登录.xlsx": b"x"}


def test_redirects_are_followed_on_the_same_host_only(engine: Engine, peer: Platform) -> None:
    for name in ("here", "away", "round"):
        peer.offer(name, file={"url": f"/{name}", "name": f"{name}.xlsx"})
    peer.files["/there"] = b"x"
    peer.redirects = {"/here": "/there", "/away": "http://localhost:1/x", "/round": "/round"}
    report = pull_api(engine, peer)
    assert report.taken == ["here.xlsx"]
    assert report.failures == [
        "away.xlsx: the server leads to another host, which is refused",
        "round.xlsx: the server leads on more than 5 times",
    ]


def test_pages_that_go_round_in_circles_are_a_failure(engine: Engine, peer: Platform) -> None:
    for number in range(6):
        peer.offer(str(number), submission={})
    peer.circular = True
    report = pull_api(engine, peer)
    assert "pages repeat" in report.failures[0]
    assert len(report.taken) == 2
    assert pull_api(engine, peer).taken == []


@pytest.mark.parametrize("page", [b"<html>", b"[]", b'{"items": 7}', b"\xff", b'{"items": [{]}'])
def test_what_is_no_page_is_a_failure(engine: Engine, peer: Platform, page: bytes) -> None:
    peer.files["/page"] = page
    peer.redirects["/items"] = "/page"
    report = pull_api(engine, peer)
    assert "gives no page of items" in report.failures[0]
    assert pulls(engine)[0]["state"] == "failed"


def test_a_page_without_end_is_a_failure(engine: Engine, peer: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_module, "PAGE_BYTES", 100)
    peer.offer("a", submission={"x": "y" * 100})
    assert "more than 100 bytes" in pull_api(engine, peer).failures[0]


def test_a_server_that_says_nothing_is_given_up(engine: Engine, peer: Platform) -> None:
    peer.offer_file("a", b"x", "a.xlsx")
    peer.offer_file("b", b"y", "b.xlsx")
    peer.silent.add("/files/0")
    report = pull_api(engine, peer, limits=Limits(item_seconds=1))
    assert (report.taken, report.failures) == (["b.xlsx"], ["a.xlsx: not done after 1 s"])
    assert leftovers() == []
    assert inbox_contents() == {"b.xlsx": b"y"}


def test_secrets_are_in_no_row(engine: Engine, peer: Platform) -> None:
    peer.offer_file("a", b"x", "a.xlsx")
    peer.redirects["/files/0"] = f"http://{SECRET}.example/"
    pull_api(engine, peer)
    assert SECRET not in str(pulls(engine)) + str(items(engine))
