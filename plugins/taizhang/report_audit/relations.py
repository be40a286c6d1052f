"""Find the relations of a report: mentions and items first, then every family of relations, then the verdicts."""

from collections.abc import Iterator, Sequence
from datetime import date

from taizhang.report_audit.blocks import Block, find_blocks
from taizhang.report_audit.changes import find_changes, find_points_as_percent
from taizhang.report_audit.dated import find_dated
from taizhang.report_audit.findings import Findings
from taizhang.report_audit.funnels import find_funnels
from taizhang.report_audit.judging import judge
from taizhang.report_audit.mentions import Item, Mention, find_items, find_mentions
from taizhang.report_audit.mixtures import find_mixtures
from taizhang.report_audit.model import Relation
from taizhang.report_audit.part_sums import find_cross_sums, find_sums
from taizhang.report_audit.parts import find_parts
from taizhang.report_audit.proposals import Remark, Statement
from taizhang.report_audit.rates import find_rates
from taizhang.report_audit.repeats import find_repeats
from taizhang.report_audit.shares import find_shares
from taizhang.report_audit.table_sums import find_table_sums
from taizhang.report_audit.told_until import told_until
from taizhang.report_audit.unit_slips import find_unit_slips


def find_relations(text: str, findings: Findings, *, month: date | None = None) -> tuple[Relation, ...]:
    """Find what can be recomputed between the figures of a report, and judge it.

    `month` is any day of the month that the report is of, if the caller knows; else the report's own words tell.
    """
    blocks = find_blocks(text)
    mentions = find_mentions(blocks, findings)
    items = find_items(mentions, blocks)
    return judge(_statements(findings, items, blocks, month), _remarks(findings, mentions, items, blocks, month))


def _statements(
    findings: Findings, items: Sequence[Item], blocks: Sequence[Block], month: date | None
) -> Iterator[Statement]:
    lists = find_parts(items)
    yield from find_sums(items, lists)
    yield from find_cross_sums(items, lists)
    yield from find_table_sums(findings)
    yield from find_rates(items)
    yield from find_shares(items, lists)
    yield from find_changes(items, told_until(blocks, month))
    yield from find_mixtures(lists)
    yield from find_funnels(items, blocks)


def _remarks(
    findings: Findings, mentions: Sequence[Mention], items: Sequence[Item], blocks: Sequence[Block], month: date | None
) -> Iterator[Remark]:
    yield from find_points_as_percent(items)
    yield from find_unit_slips(items)
    yield from find_repeats(mentions)
    yield from find_dated(findings, blocks, month)
