"""Which codes replaced which: by name where names tell, else by successors.csv; with shares in both directions."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from tools.regions.files import DATA, read_rows
from tools.regions.history import ChangeDays, HistoryError, State, Years

SHARE_STEP = Decimal("0.000001")
_AUTONOMOUS = re.compile(r"^(.{2,}?)(?:[^族]{1,5}族)+自治[县旗州]$")
_KIND_OF_REGION = re.compile(r"(?:自治[县旗州]|[地林特]区|[县市区旗盟])$")


@dataclass(frozen=True)
class Link:
    """One successor of a code in a year; shares are None where nothing tells them."""

    year: int
    old_code: str
    new_code: str
    share: Decimal | None
    reason: str


@dataclass(frozen=True)
class Change:
    """`share` of what the old code counts goes to the new one; `share_of_new` of the new one's comes from the old."""

    old_code: str
    new_code: str
    share: Decimal
    share_of_new: Decimal
    changed_on: date
    kind: str
    reason: str


def stem(name: str) -> str:
    """The name without what it is (弥勒县 and 弥勒市: 弥勒; 丽江纳西族自治县: 丽江)."""
    found = _AUTONOMOUS.match(name)
    return found[1] if found else _KIND_OF_REGION.sub("", name)


def load_successors() -> list[Link]:
    """Read successors.csv: what followed on a code where its name tells nothing, and shares where they are known."""
    return [
        Link(
            int(row["year"]),
            row["old_code"],
            row["new_code"],
            Decimal(row["share"]) if row["share"] else None,
            row["reason"],
        )
        for row in read_rows(DATA / "successors.csv")
    ]


def changes(years: Years, days: ChangeDays, successors: Iterable[Link]) -> tuple[list[Change], list[str]]:
    """Return all changes by day and code, and what stays unexplained: codes that ended without a successor.

    `successors` are those that names do not tell; HistoryError when one of them is none that the years know.
    """
    listed: dict[int, list[Link]] = defaultdict(list)
    for link in successors:
        listed[link.year].append(link)
    found: list[Change] = []
    unexplained: list[str] = []
    for year, before, after in years.changing:
        by_list = listed.pop(year, [])
        links = [*_by_name(year, before, after, {link.old_code for link in by_list}), *by_list]
        _check(year, links, before, after)
        found += _with_shares(year, _with_those_that_remain(year, links, before, after), before, after, days)
        replaced = {link.old_code for link in links}
        unexplained += [
            f"{year} {code} {before[code].name}" for code in sorted(before.keys() - after.keys() - replaced)
        ]
    if listed:
        raise HistoryError(f"successors.csv: nothing is known of the years {sorted(listed)}")
    return sorted(found, key=lambda change: (change.changed_on, change.old_code, change.new_code)), unexplained


def _by_name(year: int, before: dict[str, State], after: dict[str, State], but: set[str]) -> Iterator[Link]:
    """Codes that ended, and the one new code of the same stem on the same level of the same province."""
    new: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    old: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for code in sorted(after.keys() - before.keys()):
        new[_named(after[code])].append(code)
    for code in sorted(before.keys() - after.keys() - but):
        old[_named(before[code])].append(code)
    for named, codes in old.items():
        if len(codes) == len(new[named]) == 1:
            (gone,), (come,) = codes, new[named]
            yield Link(year, gone, come, None, f"{before[gone].name}改为{after[come].name}")


def _named(state: State) -> tuple[str, str, str]:
    return state.province, state.level, stem(state.name)


def _check(year: int, links: Iterable[Link], before: dict[str, State], after: dict[str, State]) -> None:
    for link in links:
        if link.old_code not in before or link.new_code not in after:
            raise HistoryError(f"{year}: {link.old_code} -> {link.new_code}: one of the two is not there")


def _with_those_that_remain(
    year: int, links: list[Link], before: dict[str, State], after: dict[str, State]
) -> list[Link]:
    """A code that gains from others or loses to them, and stays, replaces itself as well."""
    touched = {link.old_code for link in links if link.old_code in after}
    touched |= {link.new_code for link in links if link.new_code in before}
    present = {link.old_code for link in links if link.old_code == link.new_code}
    return [*links, *(Link(year, code, code, None, "保留原代码") for code in sorted(touched - present))]


def _with_shares(
    year: int, links: list[Link], before: dict[str, State], after: dict[str, State], days: ChangeDays
) -> Iterator[Change]:
    by_old: dict[str, list[Link]] = defaultdict(list)
    by_new: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_old[link.old_code].append(link)
        by_new[link.new_code].append(link)
    forward = {pair: share for group in by_old.values() for pair, share in _forward(group, before, after).items()}
    backward = {pair: share for group in by_new.values() for pair, share in _backward(group, after).items()}
    for link in links:
        pair = link.old_code, link.new_code
        around = [*by_old[link.old_code], *by_new[link.new_code]]
        day = days.of_any(year, {code for near in around for code in (near.old_code, near.new_code)})
        yield Change(*pair, forward[pair], backward[pair], day, _kind(link, by_old, by_new, after), link.reason)


def _forward(group: list[Link], before: dict[str, State], after: dict[str, State]) -> dict[tuple[str, str], Decimal]:
    """Shares as listed; else whole to itself if it remains, else even over new codes, else over all that took of it."""
    given = [link for link in group if link.share is not None]
    if given:
        shares = {(link.old_code, link.new_code): link.share or Decimal(0) for link in group}
        if sum(shares.values()) != 1:
            raise HistoryError(f"successors.csv: the shares of {group[0].old_code} do not add up to 1")
        return shares
    takers = (
        [link for link in group if link.new_code == link.old_code]
        or [link for link in group if link.new_code not in before]
        or group
    )
    return _evenly(group, takers)


def _backward(group: list[Link], after: dict[str, State]) -> dict[tuple[str, str], Decimal]:
    """Whole from itself if it was there before, else even over the codes that ended, else over all that ceded."""
    givers = (
        [link for link in group if link.new_code == link.old_code]
        or [link for link in group if link.old_code not in after]
        or group
    )
    return _evenly(group, givers)


def _evenly(group: list[Link], takers: list[Link]) -> dict[tuple[str, str], Decimal]:
    share = (1 / Decimal(len(takers))).quantize(SHARE_STEP, rounding=ROUND_DOWN)
    shares = {(link.old_code, link.new_code): Decimal(0) for link in group}
    for link in takers:
        shares[link.old_code, link.new_code] = share
    shares[takers[0].old_code, takers[0].new_code] += 1 - share * len(takers)
    return shares


def _kind(link: Link, by_old: dict[str, list[Link]], by_new: dict[str, list[Link]], after: dict[str, State]) -> str:
    if link.old_code == link.new_code:
        return "remains"
    if link.old_code in after:
        return "cut_off"
    if len(by_old[link.old_code]) > 1:
        return "split"
    return "merged" if len(by_new[link.new_code]) > 1 else "recoded"
