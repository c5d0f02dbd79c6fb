"""How leads stood, over all reports: open leads by bucket, tied by the totals of the movement.

A lead that was reached further is in a later bucket, as the definitions say; how many came to each
step is printed, and so are the closes of a period, and how many went stale and recovered. So from
one report to the next a bucket changes by no more than what is printed as having moved.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell, Shown
from reporting.figures.report import Report
from reporting.figures.words import BUCKET_GROUPS
from tests.reporting.attacker.closing import ANY
from tests.reporting.attacker.known import Recall, title_of

ROWS = (
    "new_interest",
    "attempted_contact",
    "prescreen_completed",
    "reviewable",
    "visit_scheduled",
    "visit_attended",
)
"""Each is a step of the one before; a lead is told apart by the last that it came to."""
BUCKETS = (
    (Bucket.NEW_INQUIRY,),
    (Bucket.CONTACTED, Bucket.AWAITING_PRESCREEN),
    (Bucket.COORDINATOR_REVIEW,),
    (Bucket.RECORDS_NEEDED, Bucket.READY_TO_SCHEDULE),
    (Bucket.SCHEDULED,),
    (Bucket.AWAITING_OUTCOME,),
)
EVERY = (*(str(bucket) for of in BUCKETS for bucket in of), str(Bucket.STALE))
GONE = "gone"
Place = tuple[int, str]


@dataclass
class Stood:
    """The unknowns of one report, by step and bucket, with stale and gone among the buckets."""

    report: Report
    at: Mapping[Place, int]

    def of(self, *buckets: str) -> dict[int, int]:
        return {unknown: 1 for (_, bucket), unknown in self.at.items() if bucket in buckets}


def moments(reports: Sequence[Report], k: int, *, rows: bool = True) -> Recall:
    """Open leads by bucket at every report. Without `rows` only the totals are used."""
    recall = Recall(k)
    found = [_stood(recall, report, rows=rows) for report in reports]
    for before, now in pairwise(found):
        _moved(recall, before, now, rows=rows)
    return recall


def _stood(recall: Recall, report: Report, *, rows: bool) -> Stood:
    unknowns, at = recall.unknowns, dict[Place, int]()
    totals = [_to_date(report, row) for row in ROWS]
    steps = [n - more for n, more in zip(totals, [*totals[1:], 0], strict=True)]
    for step, (number, buckets) in enumerate(zip(steps, BUCKETS, strict=True)):
        for bucket in (*buckets, Bucket.STALE, GONE):
            at[step, str(bucket)] = unknowns.new(0, number)
        here = {u: 1 for (s, _), u in at.items() if s == step}
        unknowns.say(here, number, number)
    now = Stood(report, at)
    total = report.open_now.total.known
    assert total is not None
    unknowns.say(now.of(GONE), totals[0] - total, totals[0] - total)
    unknowns.say({at[len(BUCKETS) - 1, GONE]: 1}, _to_date(report, "enrolled"))
    needed = report.records.total
    most = needed.n if needed.known is not None else recall.k - 1
    unknowns.say(now.of(Bucket.RECORDS_NEEDED), 0, most or 0)
    _tell(recall, now, rows=rows)
    return now


def _to_date(report: Report, row: str) -> int:
    found = report.moved(row).to_date.known
    assert found is not None
    return found


def _tell(recall: Recall, now: Stood, *, rows: bool) -> None:
    """The printed table, in buckets or in groups of them; of a withheld one what it left out."""
    table, title = now.report.open_now, title_of(now.report)
    told = {_buckets_of(table, row.code) for row in table.rows}
    for bucket in EVERY:
        if table.level == "bucket" and rows and (bucket,) not in told:
            recall.unknowns.say(now.of(bucket), 0, 0)
        elif (bucket,) not in told:
            recall.differ(f"report {title}, open, {bucket}, in no row alone", now.of(bucket))
    for row in table.rows:
        terms = now.of(*_buckets_of(table, row.code))
        if rows:
            recall.tell(terms, row.cell, recall.k, ANY)
        if row.cell.known is None:
            recall.hide(f"report {title}, open, {row.code}", terms)


def _buckets_of(table: Breakdown, code: str) -> tuple[str, ...]:
    if code in BUCKET_GROUPS:
        return tuple(map(str, BUCKET_GROUPS[code][1]))
    if code != "other":
        return (code,)
    listed = {row.code for row in table.rows}
    return tuple(b for b in EVERY if b not in listed)


def _moved(recall: Recall, before: Stood, now: Stood, *, rows: bool) -> None:
    """What can have changed since the report before, or since the same one was issued first."""
    one, two = before.report, now.report
    assert one.balance is not None
    assert two.balance is not None
    is_same = one.header.cut_off == two.header.cut_off
    grown = {row: _to_date(two, row) - _to_date(one, row) for row in (*ROWS, "closed", "enrolled")}
    out = grown["closed"] + grown["enrolled"] + (0 if is_same else two.balance.merged)
    back = two.balance.open_now - one.balance.open_now - grown["new_interest"] + out
    told_late = sum(grown[row] if is_same else (two.moved(row).late.known or 0) for row in ROWS[1:])
    _change(recall, before, now, GONE, (out + told_late, back + told_late))
    if two.stalled is None or is_same or not rows:
        return
    went, came = _known(two.stalled.new), _known(two.stalled.recovered)
    steps = sum(grown[row] for row in ROWS[1:])
    _change(recall, before, now, Bucket.STALE, (went + back + steps, came + out + steps))


def _known(cell: Cell) -> int:
    return cell.n or 0 if cell.shown == Shown.EXACT else ANY


def _change(recall: Recall, before: Stood, now: Stood, bucket: str, most: tuple[int, int]) -> None:
    """No more leads came into a bucket, and no more left it, than `most`, over all steps."""
    unknowns, came, left = recall.unknowns, dict[int, int](), dict[int, int]()
    for step in range(len(BUCKETS)):
        into, out_of = unknowns.new(0, ANY), unknowns.new(0, ANY)
        came[into] = left[out_of] = 1
        change = {now.at[step, str(bucket)]: 1, before.at[step, str(bucket)]: -1}
        unknowns.say(change | {into: -1, out_of: 1}, 0, 0)
    for terms, limit in zip((came, left), most, strict=True):
        unknowns.say(terms, 0, limit)


def small_tables(reports: Sequence[Report], k: int, most: Sequence[int]) -> Recall:
    """The tables of a strict study, each by itself; `most` is how many leads can be open."""
    recall = Recall(k)
    for report, limit in zip(reports, most, strict=True):
        for name in ("open_now", "blockers", "records", "actions"):
            table: Breakdown = getattr(report, name)
            if table.is_withheld:
                continue
            every = {row.code: recall.unknowns.new(0, limit) for row in table.rows}
            recall.unknowns.say(dict.fromkeys(every.values(), 1), 0, limit)
            for row in table.rows:
                recall.tell({every[row.code]: 1}, row.cell, k, ANY)
                if row.cell.known is None:
                    name_of = f"report {title_of(report)}, {name}, {row.code}"
                    recall.hide(name_of, {every[row.code]: 1})
    return recall
