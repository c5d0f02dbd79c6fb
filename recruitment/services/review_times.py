"""When the reviews of leads that go stale at one moment are due: once a study at a site (CK5)."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from recruitment.models import StudySite, Target
from recruitment.rules.clock_facts import step
from recruitment.rules.clocks import Clock
from recruitment.rules.events import EventKind, Fact
from recruitment.rules.projection import LeadState
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.services.terms import calendars_of, version_of

KEY = TargetKey.STALE_REVIEW
COLUMNS = ("places_due", "amounts", "units", "versions", "due", "warn")
Versions = Mapping[int, list[TargetVersion]]


def review_times(study_sites: Collection[int], *, at: datetime) -> Mapping[str, list[object]]:
    """Columns of `study_sites` (keys) with target and due times of a review that starts at `at`.

    `at` is UTC. Two statements, and those that read a site's calendars the first time. The
    arithmetic is done once for each target at a site, however many studies share it.
    """
    rows = list(StudySite.objects.filter(pk__in=study_sites).select_related("site"))
    of_study, own = _targets(rows)
    done: dict[object, Clock] = {}
    columns: dict[str, list[object]] = {name: [] for name in COLUMNS}
    for row in rows:
        versions = (*of_study[row.study_id], *own[row.pk])
        clock = done.get((row.site_id, versions))
        if clock is None:
            clock = _review(Terms(calendars_of(row.site), versions), at)
            done[row.site_id, versions] = clock
        under = clock.under
        told = (row.pk, under.amount, under.unit, under.key, clock.due_at, clock.warn_at)
        for name, value in zip(COLUMNS, told, strict=True):
            columns[name].append(value)
    return columns


def _review(terms: Terms, at: datetime) -> Clock:
    """The clock that the fold starts when any lead is flagged; nothing of the lead enters it."""
    lead = LeadState(seq=1, stage=Stage.CONTACTED, stage_entered_at=at, received_at=at)
    fact = Fact(kind=EventKind.STALE_FLAGGED, occurred_at=at, by_staff=False, due_at=at)
    return step({}, fact, before=lead, after=lead, terms=terms)[KEY, 0, 1]


def _targets(rows: Collection[StudySite]) -> tuple[Versions, Versions]:
    """All versions of the target: the studies' by study, and those of one site apart."""
    of_study: dict[int, list[TargetVersion]] = defaultdict(list)
    own: dict[int, list[TargetVersion]] = defaultdict(list)
    studies = {row.study_id for row in rows}
    for target in Target.objects.filter(target=KEY, study__in=studies).order_by("version"):
        if target.study_site_id is None:
            of_study[target.study_id].append(version_of(target))
        else:
            own[target.study_site_id].append(version_of(target))
    return of_study, own
