"""A lead with a part of everything its page may show, and a long history: what pages must bear."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Role, StudySite
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    BlockerCategory,
    Channel,
    ContactResult,
    RecordsType,
)
from recruitment.services.blockers import open_blocker
from recruitment.services.escalations import escalate
from recruitment.services.handoffs import offer_handoff
from recruitment.services.log import change
from recruitment.services.outreach import log_outreach
from recruitment.services.records import name_records
from recruitment.services.records_lists import NamedRecord
from recruitment.services.visits import offer_dates
from tests.factories.recruitment import (
    StudySiteFactory,
    StudyStaffFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.factories.stages import Steps, bring_to

AGO = timedelta(days=14)
DAY = timedelta(days=1)
RECORDS = (RecordsType.MEDICATION, RecordsType.LABS, RecordsType.IMAGING)
BLOCKERS = (
    BlockerCategory.MISSING_RECORDS,
    BlockerCategory.TRAVEL,
    BlockerCategory.COST,
)
KINDS = (EscalationKind.OWNERSHIP, EscalationKind.CAPACITY, EscalationKind.WORKLOAD)
FRAME = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET ")


def full_lead(place: StudySite, owner: User, *, stage: Stage, much: int) -> Lead:
    """A lead of `owner` in `stage`, with `much` of everything that there may be several of."""
    began = timezone.now() - AGO
    lead = make_lead(place, owner=owner, received_at=began, enquirer=make_enquirer(7))
    steps = bring_to(stage, lead, owner, at=began)
    for n in range(much):
        StudyStaffFactory(study_site=place)
        make_member(Role.COORDINATOR, place)
        _elsewhere(lead, owner)
        _tried(steps, n)
        _blocked(steps, n)
        _asked(steps, n)
    name_records(
        items=[NamedRecord(type=kind, why="Needed") for kind in RECORDS[:much]],
        **steps.common(),  # type: ignore[arg-type]
    )
    if stage == Stage.READY_TO_SCHEDULE:
        times = [timezone.now() + (n + 5) * DAY for n in range(min(much, 3))]
        offer_dates(holds=times, plan=steps.plan(), **steps.common())  # type: ignore[arg-type]
    colleague = make_member(Role.COORDINATOR, place)
    offer_handoff(to=colleague, context="Calls back in the evening.", **steps.common())  # type: ignore[arg-type]
    lead.refresh_from_db()
    return lead


def _elsewhere(lead: Lead, owner: User) -> None:
    """The same person asked about another study at this site, which the owner works too."""
    place = StudySiteFactory(site=lead.study_site.site)
    make_member(Role.COORDINATOR, place, user=owner)
    other = make_lead(place, owner=owner, received_at=lead.received_at)
    Lead.objects.filter(pk=other.pk).update(person=lead.person)


def _tried(steps: Steps, n: int) -> None:
    log_outreach(
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        plan=steps.plan(),
        **steps.common(),  # type: ignore[arg-type]
    )


def _blocked(steps: Steps, n: int) -> None:
    common = steps.common()
    open_blocker(
        category=BLOCKERS[n],
        review_by=steps.at + 2 * DAY,
        detail="As said on the phone",
        **common,  # type: ignore[arg-type]
    )


def _asked(steps: Steps, n: int) -> None:
    lead = steps.lead
    asked = make_member(Role.SITE_LEAD, lead.study_site.site)
    common = steps.common()
    escalate(
        kind=KINDS[n],
        level=EscalationLevel.SITE_LEAD,
        owner=asked,
        due_at=timezone.now() + DAY,
        question="Who takes this one?",
        **common,  # type: ignore[arg-type]
    )


def lengthen(lead: Lead, by: User, *, events: int, ago: timedelta = timedelta(minutes=10)) -> None:
    """Add so many notes to the lead's log; the first happened so long `ago`."""
    at = timezone.now()
    with change(lead, by=by, at=at, seen=None) as work:
        for n in range(events):
            moment = at - ago + n * timedelta(seconds=1)
            work.add(EventKind.NOTE_ADDED, occurred_at=moment, note=f"Note {n}.")
    lead.refresh_from_db()


class Statements:
    """What a block sends to the database, BEGIN, COMMIT and SET not counted."""

    def __enter__(self) -> "Statements":
        self._captured = CaptureQueriesContext(connection)
        self._captured.__enter__()
        return self

    def __exit__(self, *failure: object) -> None:
        self._captured.__exit__(None, None, None)

    @property
    def sql(self) -> list[str]:
        """The statements."""
        found = [query["sql"] for query in self._captured.captured_queries]
        return [sql for sql in found if not sql.startswith(FRAME)]

    def __len__(self) -> int:
        return len(self.sql)
