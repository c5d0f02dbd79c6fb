"""Open leads by bucket beside the totals, and beside how leads stood at earlier reports (D37).

How many leads came to each step is printed, and so is how many closed since the last report. So a
bucket of few leads can follow from the totals, or from the same bucket a week ago: six scheduled,
two attended, nobody closed. A table that would tell is merged to groups, then withheld.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recruitment.rules.stages import Bucket
from reporting.figures.breakdowns import Breakdown
from reporting.figures.cells import Cell
from reporting.figures.disclosure.program import (
    INFINITE,
    NothingFits,
    Program,
    Secret,
    TooLong,
    given_away,
)
from reporting.figures.disclosure.slices import as_told
from reporting.figures.disclosure.told import ZERO, Told, cells_of, limits
from reporting.figures.inputs import Inputs, LeadFacts
from reporting.figures.movement import is_merged, is_open
from reporting.figures.quiet import with_recent
from reporting.figures.shares import STEPS
from reporting.figures.stalled import Stalled, stalled
from reporting.figures.standing import FOLDED, OTHER, open_tables
from reporting.figures.words import BUCKET_GROUPS, OPEN_BUCKETS

BUCKETS: Mapping[Bucket, int] = {
    Bucket.NEW_INQUIRY: 0,
    Bucket.CONTACTED: 1,
    Bucket.AWAITING_PRESCREEN: 1,
    Bucket.COORDINATOR_REVIEW: 2,
    Bucket.RECORDS_NEEDED: 3,
    Bucket.READY_TO_SCHEDULE: 3,
    Bucket.SCHEDULED: 4,
    Bucket.AWAITING_OUTCOME: 5,
}
"""How far the leads of a bucket have come, as a reader takes it; a stale lead may be anywhere."""
GONE = "gone"
MOST_REPORTS = 26
"""So many reports are looked back on."""
Place = tuple[int, str]
Unknowns = dict[Place, int]


@dataclass(frozen=True, slots=True)
class Stood:
    """One report: the table it printed, what it printed of stale leads and records, and the truth.

    `places` say of each lead how far it had come, and whether it was gone; `quiet` are gone since
    before the oldest report that is looked back on, by how far they came. `pairs` are where open
    leads are that a reader would not look for there, known of the newest report only.
    """

    k: int
    table: Breakdown
    went: Cell | None
    recovered: Cell | None
    needed: int | None
    places: Mapping[int, tuple[int, bool]]
    is_revision: bool
    quiet: Counter[int]
    pairs: frozenset[Place] = frozenset()

    @property
    def is_tied(self) -> bool:
        """Whether it says how many leads went stale and recovered since the report before.

        Else nothing ties the two: a reader is taken to know already how many of each step closed.
        """
        known = [
            cell is not None and cell.known is not None for cell in (self.went, self.recovered)
        ]
        return all(known) and not self.is_revision


def open_beside(
    inputs: Inputs, before: Sequence[Told], needed: Cell, *, ends: float
) -> tuple[Breakdown, Stalled]:
    """The finest table that gives nothing away, and the section on stale leads that goes with it.

    `before` is in the order of cut-offs, `needed` the printed number of leads that need records.
    """
    tables = open_tables(inputs)
    if inputs.strict or any(told.cut_off > inputs.header.cut_off for told in before):
        only = tables[0] if inputs.strict else tables[-1]
        return only, stalled(inputs, only)
    if before:
        inputs = with_recent(inputs, before[-MOST_REPORTS:][0].cut_off)
    past = _Past(inputs, before)
    is_revision = bool(before) and before[-1].cut_off == inputs.header.cut_off
    for table in tables[:-1]:
        found = stalled(inputs, table)
        now = _now(inputs, table, found, needed, is_revision=is_revision)
        if _is_safe(past.tied_to(now), ends):
            return table, found
    return tables[-1], stalled(inputs, tables[-1])


class _Past:
    """The earlier reports, each read from the log only when it is needed."""

    def __init__(self, inputs: Inputs, before: Sequence[Told]) -> None:
        self._inputs, self._before = inputs, before
        self._read: dict[int, Stood] = {}

    def tied_to(self, now: Stood) -> list[Stood]:
        """The report and those before it that it is tied to, one by the other."""
        chain, at = [now], len(self._before) - 1
        while at >= 0 and chain[0].is_tied and len(chain) < MOST_REPORTS:
            if at not in self._read:
                former = self._before[at - 1] if at else None
                self._read[at] = _stood(self._inputs, self._before[at], former)
            chain.insert(0, self._read[at])
            at -= 1
        return chain


def _stood(inputs: Inputs, told: Told, former: Told | None) -> Stood:
    """A report as it was published, and where leads stood then as far as the log still says it."""
    then = as_told(inputs, told, inputs.cohort_start)
    is_revision = former is not None and former.cut_off == told.cut_off
    return Stood(
        told.k,
        told.open_now,
        told.went_stale,
        told.recovered,
        told.needed.known,
        _places(then),
        is_revision,
        inputs.quiet.steps,
    )


def _now(
    inputs: Inputs, table: Breakdown, found: Stalled, needed: Cell, *, is_revision: bool
) -> Stood:
    places = _places(inputs)
    pairs = frozenset(
        (places[at][0], lead.bucket)
        for at, lead in enumerate(inputs.leads)
        if at in places and not places[at][1] and lead.bucket != Bucket.STALE
    )
    moved, quiet = (found.new, found.recovered), inputs.quiet.steps
    return Stood(inputs.k, table, *moved, needed.known, places, is_revision, quiet, pairs)


def _places(inputs: Inputs) -> dict[int, tuple[int, bool]]:
    """Of each lead that counts, by its number here: how far it came, and whether it is gone."""
    cut_off, as_of = inputs.header.cut_off, inputs.header.as_of
    found = {}
    for at, lead in enumerate(inputs.leads):
        received = lead.received
        if lead.is_test or received.occurred_at >= cut_off or received.recorded_at > as_of:
            continue
        is_gone = not is_open(lead, at=cut_off, as_of=as_of)
        found[at] = (_step(lead, inputs), is_gone)
    return found


def _step(lead: LeadFacts, inputs: Inputs) -> int:
    cut_off, as_of = inputs.header.cut_off, inputs.header.as_of
    if is_merged(lead, at=cut_off, as_of=as_of):
        return 0
    return sum(
        lead.reached(code, by=cut_off) and lead.milestones[code].recorded_at <= as_of
        for code in STEPS
    )


def _is_safe(stood: Sequence[Stood], ends: float) -> bool:
    """Whether the last table may be printed.

    Where earlier leads stood otherwise than a reader takes it, only the last report is looked at.
    """
    try:
        try:
            return not _given_away(stood, ends)
        except NothingFits:
            return not _given_away(stood[-1:], ends)
    except (NothingFits, TooLong):
        return False


def _given_away(stood: Sequence[Stood], ends: float) -> list[Secret]:
    """What the last table would give away that totals and earlier tables do not."""
    program, secrets = Program(ends), list[Secret]()
    earlier: tuple[Unknowns, Stood] | None = None
    for then in stood:
        unknowns = _unknowns(program, then)
        bare = program.copy()
        if earlier is not None:
            _move_stale(program, earlier, (unknowns, then))
        _tell(program, unknowns, then)
        secrets += _secrets(unknowns, then, is_past=then is not stood[-1])
        earlier = unknowns, then
    return given_away(program, bare, secrets)


def _unknowns(program: Program, then: Stood) -> Unknowns:
    """How many leads of each step are where; how many came to it, and are gone, is printed."""
    came = then.quiet + Counter(step for step, _ in then.places.values())
    gone = then.quiet + Counter(step for step, is_gone in then.places.values() if is_gone)
    places = {(step, str(bucket)) for bucket, step in BUCKETS.items()} | then.pairs
    places |= {(step, where) for step in range(len(STEPS) + 1) for where in (Bucket.STALE, GONE)}
    unknowns = {
        place: program.unknown(0, came[place[0]])
        if place[1] != GONE
        else program.unknown(gone[place[0]], gone[place[0]])
        for place in sorted(places)
    }
    for step, number in came.items():
        program.say(_of(unknowns, step=step), number, number)
    if then.needed is not None:
        program.say(_of(unknowns, Bucket.RECORDS_NEEDED), 0, then.needed)
    return unknowns


def _of(unknowns: Unknowns, *buckets: str, step: int | None = None) -> dict[int, int]:
    """The sum of some buckets, or of all that came to a step."""
    return {
        at: 1
        for place, at in unknowns.items()
        if (place[1] in buckets if step is None else place[0] == step)
    }


def _move_stale(
    program: Program, before: tuple[Unknowns, Stood], now: tuple[Unknowns, Stood]
) -> None:
    """Leads go stale and recover as often as is printed, or when they move or close."""
    stood = now[1]
    if not stood.is_tied:
        return
    then = before[1].places
    moved = sum(then.get(at) != place for at, place in stood.places.items())
    went, recovered = (cell.known or 0 for cell in (stood.went, stood.recovered) if cell)
    _change(program, Bucket.STALE, before[0], now[0], (went + moved, recovered + moved))


def _change(
    program: Program, where: str, before: Unknowns, now: Unknowns, most: tuple[int, int]
) -> None:
    """No more leads came there and no more left it than `most`, over all steps."""
    came, left = dict[int, int](), dict[int, int]()
    for step in range(len(STEPS) + 1):
        into, out_of = program.unknown(0, most[0]), program.unknown(0, most[1])
        came[into] = left[out_of] = 1
        change = {now[step, where]: 1, before[step, where]: -1, into: -1, out_of: 1}
        program.say(change, 0, 0)
    program.say(came, 0, most[0])
    program.say(left, 0, most[1])


def _rows(then: Stood) -> dict[tuple[str, ...], Cell]:
    """The printed cells by the buckets that they count; a bucket that is not listed is empty."""
    if then.table.is_withheld:
        return {}
    cells = cells_of(then.table)
    if then.table.level == "bucket":
        return {(str(bucket),): cells.get(bucket, ZERO) for bucket in OPEN_BUCKETS}
    if then.table.level == FOLDED:
        together = tuple(str(bucket) for bucket in OPEN_BUCKETS if bucket not in cells)
        return {(code,) if code != OTHER else together: cell for code, cell in cells.items()}
    return {tuple(map(str, BUCKET_GROUPS[code][1])): cell for code, cell in cells.items()}


def _tell(program: Program, unknowns: Unknowns, then: Stood) -> None:
    for buckets, cell in _rows(then).items():
        low, high = limits(cell, then.k, withheld=(then.k, INFINITE))
        program.say(_of(unknowns, *buckets), low, high)


def _secrets(unknowns: Unknowns, then: Stood, *, is_past: bool) -> list[Secret]:
    """Hidden cells keep k-1 values; a bucket that no row counts alone is not told when small.

    Totals alone may tell that much of such a bucket, like what was told before.
    """
    rows = _rows(then)
    inside = [bucket for bucket in OPEN_BUCKETS if (bucket,) not in rows]
    cells = [
        Secret(_of(unknowns, *buckets), then.k - 1, buckets[0], is_past)
        for buckets, cell in rows.items()
        if cell.known is None
    ]
    return cells + [
        Secret(_of(unknowns, bucket), 2, bucket, is_past=True, small_under=then.k)
        for bucket in inside
    ]
