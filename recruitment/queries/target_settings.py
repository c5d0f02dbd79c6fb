"""What the page of a study's targets shows: what holds, what is planned, and what a change does."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from recruitment.models import Clock, Study, StudySite, Target
from recruitment.rules.calendars import BusinessCalendar, add_business_days
from recruitment.rules.clocks import target_due
from recruitment.rules.target_words import label_of
from recruitment.rules.targets import Target as Amount
from recruitment.rules.targets import TargetKey, Unit, default_target
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.rules.vocabulary import SourceKind
from trialsnest.lib import words

Row = tuple[TargetKey, str]
"""A target, and for the first response the kind of source; "" for all others."""

VISIT_AHEAD = 10  # business days, of the visit that stands as an example
SHOWN = 30  # versions in the history


@dataclass(frozen=True)
class TargetNow:
    """One target as it stands: what is set here, if anything, and what holds without that."""

    key: TargetKey
    kind: str
    here: Amount | None
    otherwise: Amount
    since: datetime | None
    planned: tuple[tuple[datetime, str], ...]

    @property
    def in_force(self) -> Amount:
        """What a clock that starts now runs under."""
        return self.here or self.otherwise


def all_rows() -> list[Row]:
    """The seventeen targets in the order of the work, the first response by kind of source too."""
    found: list[Row] = []
    for key in TargetKey:
        found.append((key, ""))
        if key == TargetKey.FIRST_RESPONSE:
            found += [(key, kind.value) for kind in SourceKind]
    return found


def targets_now(
    versions: Sequence[TargetVersion], *, at: datetime, is_site: bool
) -> dict[Row, TargetNow]:
    """All targets of a study at `at`, or what one site of it has of its own."""
    return {row: _now(row, versions, at=at, is_site=is_site) for row in all_rows()}


def _now(row: Row, versions: Sequence[TargetVersion], *, at: datetime, is_site: bool) -> TargetNow:
    key, kind = row
    mine = [v for v in versions if (v.key, v.kind, v.is_own) == (key, kind, is_site)]
    newest: TargetVersion | None = None
    for version in mine:
        if version.in_force_from <= at and (
            newest is None or version.in_force_from >= newest.in_force_from
        ):
            newest = version
    rest = [v for v in versions if v not in mine and not (v.is_own and not is_site)]
    here = newest.target if newest else None
    if here is None and not is_site and (not kind or _has_default(key, kind)):
        here = default_target(key, kind)
    return TargetNow(
        key=key,
        kind=kind,
        here=here,
        otherwise=Terms((), tuple(rest)).target(key, at, kind),
        since=newest.in_force_from if newest else None,
        planned=tuple(
            (v.in_force_from, v.target.words if v.target else "as the study has it")
            for v in mine
            if v.in_force_from > at
        ),
    )


def _has_default(key: TargetKey, kind: str) -> bool:
    """Whether a kind of source has a default of its own (D28)."""
    return default_target(key, kind) != default_target(key)


def target_history(study: Study, study_site: StudySite | None = None) -> list[Target]:
    """The last versions set for the study, or for the site, newest first; one statement."""
    rows = Target.objects.filter(study=study, study_site=study_site).select_related("set_by")
    return list(rows.order_by("-set_at", "-pk")[:SHOWN])


def running_clocks(study: Study, study_site: StudySite | None = None) -> Counter[Row]:
    """How many clocks run now under each target, the first response by kind; one statement."""
    clocks = Clock.objects.filter(study_site__study=study, outcome="")
    if study_site is not None:
        clocks = clocks.filter(study_site=study_site)
    found: Counter[Row] = Counter()
    for target, kind in clocks.values_list("target", "lead__source__kind"):
        key = TargetKey(target)
        found[(key, kind if key == TargetKey.FIRST_RESPONSE else "")] += 1
    return found


@dataclass(frozen=True)
class Preview:
    """What a change of one target does. `running` clocks keep what they started under."""

    label: str
    before: str
    after: str
    running: int
    example: str
    due_before: datetime
    due_after: datetime


def previews(
    now: Mapping[Row, TargetNow],
    wanted: Mapping[Row, Amount | None],
    running: Counter[Row],
    *,
    calendar: BusinessCalendar,
    at: datetime,
) -> list[Preview]:
    """What each wanted change does to running clocks, and to one that starts at `at` (UTC)."""
    return [
        _preview(now[row], amount, _affected(row, now, running), calendar=calendar, at=at)
        for row, amount in wanted.items()
    ]


def _affected(row: Row, now: Mapping[Row, TargetNow], running: Counter[Row]) -> int:
    """Clocks that run under the row; without a kind also those of kinds that have none here."""
    key, kind = row
    if key != TargetKey.FIRST_RESPONSE or kind:
        return running[row]
    kinds = [each.value for each in SourceKind if now[(key, each.value)].here is None]
    return sum(running[(key, each)] for each in kinds)


def _preview(
    target: TargetNow,
    amount: Amount | None,
    running: int,
    *,
    calendar: BusinessCalendar,
    at: datetime,
) -> Preview:
    before, after = target.in_force, amount or target.otherwise
    start, example = _example(target.key, before.unit, calendar, at)
    return Preview(
        label=label_of(target.key, target.kind),
        before=before.words,
        after=after.words,
        running=running,
        example=example,
        due_before=target_due(before, at=start, calendar=calendar, key=target.key),
        due_after=target_due(after, at=start, calendar=calendar, key=target.key),
    )


def _example(
    key: TargetKey, unit: Unit, calendar: BusinessCalendar, at: datetime
) -> tuple[datetime, str]:
    """From when the example counts, and how it is told on the site's clock."""
    if unit == Unit.BEFORE:
        visit = add_business_days(at, VISIT_AHEAD, calendar)
        return visit, f"A visit on {_moment(visit, calendar)}"
    told = "Received" if key in {TargetKey.OWN, TargetKey.FIRST_RESPONSE} else "Started"
    return at, f"{told} {_moment(at, calendar)}"


def _moment(at: datetime, calendar: BusinessCalendar) -> str:
    there = words.local(at, calendar.zone)
    return f"{words.day_short(there)} at {words.clock(there)}"
