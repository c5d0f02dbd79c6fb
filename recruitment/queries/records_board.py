"""The records board: which record to ask for, to chase, to review, and who holds it up (S5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    TextChoices,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from accounts.models import User
from recruitment.models import Lead, RecordsItem, StudySite
from recruitment.queries.boards import PAGE, BoardAsk, before_end_of_day, leads_asked
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import ActionType, RecordsState
from recruitment.rules.work_codes import Authorization
from trialsnest.lib.words import age

FIRST_ROWS = 10  # of each list where all are shown
DONE_FOR = timedelta(days=14)  # how long a record that is done is still listed
R = RecordsState


class RecordsLane(TextChoices):
    """The lists of the board in the order of the work; the first is today's."""

    CHASE = "chase", "Ask again today"
    REVIEW = "review", "Received, to review"
    REQUEST = "request", "To request"
    DECIDE = "decide", "Cannot be obtained"
    WAITING = "waiting", "Requested, waiting"
    REVIEWED = "reviewed", "Reviewed"
    WAIVED = "waived", "Waived or not required"


DONE = (RecordsLane.REVIEWED, RecordsLane.WAIVED)
SAYS: Mapping[RecordsLane, str] = {
    RecordsLane.CHASE: "The day to ask again has come.",
    RecordsLane.REVIEW: "The record is here; somebody has to read it.",
    RecordsLane.REQUEST: "Nobody has asked the provider yet, or it came back incomplete.",
    RecordsLane.DECIDE: "Another provider, a waiver, or the end: somebody has to decide.",
    RecordsLane.WAITING: "Asked for; the next chase lies ahead.",
    RecordsLane.REVIEWED: "In the last 14 days.",
    RecordsLane.WAIVED: "In the last 14 days.",
}
SERVED: Mapping[RecordsState, ActionType] = {
    R.NEEDED: ActionType.REQUEST_RECORDS,
    R.INCOMPLETE: ActionType.REQUEST_RECORDS,
    R.REQUESTED: ActionType.CHASE_RECORDS,
    R.RECEIVED: ActionType.REVIEW_RECORDS,
}
"""The next action that a step on a record in this state completes."""


@dataclass(frozen=True)
class RecordsRow:
    """One record with its lead. `now` is UTC."""

    item: RecordsItem
    now: datetime
    can_work: bool

    @property
    def lead(self) -> Lead:
        """The lead."""
        lead: Lead = self.item.lead
        return lead

    @property
    def lane(self) -> str:
        """The list it stands in."""
        return str(self.item.lane)  # type: ignore[attr-defined]  # annotated by the board

    @property
    def since(self) -> datetime:
        """Since when it stands as it does: asked for, or come to this state."""
        item = self.item
        asked = item.state == R.REQUESTED and item.requested_at
        found: datetime = asked or item.changed_at
        return found

    @property
    def for_how_long(self) -> str:
        """The same as an age."""
        return age(self.now - self.since)

    @property
    def held_up_by(self) -> str:
        """Who has to do something before it goes on. The provider's name stays on site (RC3)."""
        item = self.item
        if item.state in {R.NEEDED, R.INCOMPLETE} and item.authorization == Authorization.ASKED:
            return "The person: the release is not signed yet"
        if item.state == R.REQUESTED:
            return f"Provider: {item.provider}" if item.provider else "The provider"
        if item.state == R.UNOBTAINABLE:
            return "The site lead or the study team: to decide"
        return self.owner_words if item.state in SERVED else ""

    @property
    def owner_words(self) -> str:
        """Whose lead it is."""
        return self.lead.owner.name if self.lead.owner else "Nobody: the lead has no owner"

    @property
    def due(self) -> str:
        """What a step does with the open next action: it follows, or stays where it serves more.

        The form's word: `proposed` where this was the record that the action was about.
        """
        others = self.item.others  # type: ignore[attr-defined]  # annotated by the board
        serves = SERVED.get(RecordsState(self.item.state))
        return "proposed" if serves == self.lead.next_type and not others else "keep"


@dataclass(frozen=True)
class RecordsBoard:
    """The lists of the leads that `ask` wants, as `user` sees them at `now` (UTC)."""

    user: User
    places: Sequence[StudySite]
    now: datetime
    ask: BoardAsk
    workable: frozenset[int]

    def counts(self) -> Mapping[str, int]:
        """How many records each list holds, exactly. One statement."""
        groups = self._items().order_by().values_list("lane").annotate(n=Count("pk"))
        return {lane.value: 0 for lane in RecordsLane} | dict(groups)

    def rows(self) -> list[RecordsRow]:
        """The first of every list, or one page of the list that is asked for. One statement."""
        items = self._items()
        if self.ask.shows:
            first = (self.ask.page - 1) * PAGE
            found = items.filter(lane=self.ask.shows).order_by(*ORDER)[first : first + PAGE]
        else:
            place = Window(RowNumber(), partition_by=F("lane"), order_by=list(ORDER))
            found = items.annotate(place=place).filter(place__lte=FIRST_ROWS).order_by(*ORDER)
        read = found.select_related(
            "lead__person", "lead__owner", "lead__study_site__study", "lead__study_site__site"
        )
        return [
            RecordsRow(item, self.now, item.lead.study_site_id in self.workable) for item in read
        ]

    def _items(self) -> QuerySet[Any]:
        leads = leads_asked(self.ask, self.user, self.places).filter(stage__in=OPEN)
        items = RecordsItem.objects.filter(lead__in=leads)
        done = Q(state__in=[R.REVIEWED, R.WAIVED, R.NOT_REQUIRED])
        items = items.exclude(done & Q(changed_at__lt=self.now - DONE_FOR))
        own = RecordsItem.objects.filter(lead=OuterRef("lead"), state=OuterRef("state"))
        found: QuerySet[Any] = items.annotate(
            lane=self._lane(),
            done_at=Case(When(done, then=F("changed_at"))),
            at=Case(When(state=R.REQUESTED, then=F("chase_at")), default=F("changed_at")),
            others=Exists(own.filter(is_required=True).exclude(pk=OuterRef("pk"))),
        )
        return found

    def _lane(self) -> Case:
        today = before_end_of_day("chase_at", self.places, self.now)
        lanes: list[tuple[RecordsLane, Q]] = [
            (RecordsLane.CHASE, Q(state=R.REQUESTED) & today),
            (RecordsLane.WAITING, Q(state=R.REQUESTED)),
            (RecordsLane.REVIEW, Q(state=R.RECEIVED)),
            (RecordsLane.REQUEST, Q(state__in=[R.NEEDED, R.INCOMPLETE])),
            (RecordsLane.DECIDE, Q(state=R.UNOBTAINABLE)),
            (RecordsLane.REVIEWED, Q(state=R.REVIEWED)),
        ]
        whens = [When(condition, then=Value(lane.value)) for lane, condition in lanes]
        return Case(*whens, default=Value(RecordsLane.WAIVED.value))


ORDER = (F("done_at").desc(nulls_last=True), F("at").asc(nulls_last=True), F("pk").asc())
"""What is done newest first, everything else by its date, the oldest first."""
