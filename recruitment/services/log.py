"""The only writer of the log and of the lead's projected columns (LC10; house.md rules 2, 3, 8).

    with change(lead, by=user, at=now, seen=3) as work:
        work.add(EventKind.NOTE_ADDED)

Everything added goes out together when the block ends well: events, milestones and the lead's row,
in the caller's transaction or one of its own. If it ends badly nothing is written.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from recruitment.models import (
    Lead,
    LeadEvent,
    LeadNote,
    NextAction,
    RowChange,
    StudyStaff,
)
from recruitment.models.undoing import Undoable
from recruitment.rules import clock_facts, projection
from recruitment.rules.clock_book import Clocks
from recruitment.rules.events import EventKind, Fact, is_movement
from recruitment.rules.projection import LeadState
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.terms import Terms
from recruitment.services.clocks import (
    NAMED_BY,
    UPDATED,
    changed_rows,
    forget_notices,
    save_rows,
)
from recruitment.services.lead_locks import (
    lock_lead,
    read_settings_if_moved,
    refuse_if_changed,
)
from recruitment.services.milestones import new_milestones
from recruitment.services.open_work import open_work
from recruitment.services.projected import PROJECTED, forget_expressions, project, state_of
from recruitment.services.row_changes import row_change, values_of
from recruitment.services.terms import terms_of
from recruitment.services.together import inserted, updated, write_together
from trialsnest.lib.shield import lifted

Row = TypeVar("Row", bound=Undoable)
CLOCK_SLACK = timedelta(minutes=2)  # how far a caller's clock may run ahead of ours


def check_times(*, occurred_at: datetime, at: datetime, received_at: datetime | None) -> None:
    """Refuse naive times, times to come, and times before the lead was received (LC10)."""
    for moment in (occurred_at, at):
        if moment.tzinfo is None:
            raise InvalidInput("The time has no time zone.", field="occurred_at")
    if at > timezone.now() + CLOCK_SLACK or occurred_at > at:
        raise InvalidInput("The time lies in the future.", field="occurred_at")
    if received_at is not None and occurred_at < received_at:
        raise InvalidInput("The time is before the lead was received.", field="occurred_at")


@dataclass
class Change:
    """One request's worth of facts about one locked lead. `at` is the recording time, UTC."""

    lead: Lead
    state: LeadState
    terms: Terms
    by: User | None
    at: datetime
    occurred_at: datetime
    action_id: uuid.UUID
    action_row: NextAction | None
    clocks: Clocks = field(default_factory=dict)
    _events: list[LeadEvent] = field(default_factory=list)
    _facts: list[Fact] = field(default_factory=list)
    _notes: list[tuple[LeadEvent, str]] = field(default_factory=list)
    _rows: list[RowChange] = field(default_factory=list)
    _later: list[Callable[[], None]] = field(default_factory=list)
    _contact: Mapping[str, Any] | None = None
    _known: dict[int, int] | None = None  # set when the log was folded anew
    _clocks_before: Clocks = field(init=False)

    def __post_init__(self) -> None:
        self._clocks_before = self.clocks

    def make(self, model: type[Row], **values: object) -> Row:
        """Make a row of the work on this lead, in a way that an undo can take back (D21)."""
        row = model.everything.create(lead=self.lead, **values)
        self._rows.append(row_change(row, lead=self.lead, action_id=self.action_id, before=None))
        return cast(Row, row)

    def alter(self, row: Undoable, **values: object) -> None:
        """Change a row of the work on this lead, in a way that an undo can take back (D21)."""
        before = values_of(row, values)
        for name, value in values.items():
            setattr(row, name, value)
        row.save(update_fields=list(values))
        self._rows.append(row_change(row, lead=self.lead, action_id=self.action_id, before=before))

    def has_logged(self, *kinds: EventKind) -> bool:
        """Whether this change holds a fact of one of these kinds so far."""
        return any(fact.kind in kinds for fact in self._facts)

    def begin_with(self, fact: Fact, event: LeadEvent) -> None:
        """Put the receipt of a new lead first; `state` begins with it already."""
        self._step(fact, before=None)
        self._facts.append(fact)
        self._events.append(event)

    def add(
        self,
        kind: EventKind,
        *,
        from_stage: str = "",
        to_stage: str = "",
        code: str = "",
        reason_code: str = "",
        to_owner: User | None = None,
        subject_id: int | None = None,
        due_at: datetime | None = None,
        decided_by: StudyStaff | None = None,
        occurred_at: datetime | None = None,
        note: str = "",
        once_key: str | None = None,
        voids: LeadEvent | None = None,
    ) -> LeadEvent:
        """Add one fact. `occurred_at` defaults to the change's own. The event is not saved yet."""
        fact = Fact(
            kind=kind,
            occurred_at=occurred_at or self.occurred_at,
            by_staff=self.by is not None,
            recorded_at=self.at,
            seq=self.state.seq + 1,
            from_stage=from_stage,
            to_stage=to_stage,
            code=code,
            reason_code=reason_code,
            to_owner_id=to_owner.pk if to_owner else None,
            subject_id=subject_id,
            due_at=due_at,
        )
        before = self.state
        self.state = projection.apply(before, fact)
        self._step(fact, before=before)
        event = event_of(fact, lead=self.lead, by=self.by, at=self.at, action_id=self.action_id)
        event.decided_by = decided_by
        event.once_key = once_key
        event.voids = voids
        self._events.append(event)
        self._facts.append(fact)
        if note:
            self._notes.append((event, note))
        if is_movement(fact) and _recovers(self.state, fact):
            self.add(EventKind.RECOVERED, occurred_at=fact.occurred_at)
        return event

    def _step(self, fact: Fact, *, before: LeadState | None) -> None:
        self.clocks = clock_facts.step(
            self.clocks, fact, before=before, after=self.state, terms=self.terms
        )

    def later(self, make: Callable[[], None]) -> None:
        """Call `make` once the events have their keys, for rows that point at one of them."""
        self._later.append(make)

    @property
    def facts(self) -> tuple[Fact, ...]:
        """What was added so far; the log itself does not hold it yet."""
        return tuple(self._facts)

    def take_up(self, state: LeadState, clocks: Clocks, known: Mapping[int, int]) -> None:
        """Go on from what was folded anew; `known` maps the seqs of its events to their keys."""
        self.state, self.clocks = state, clocks
        self._known = dict(known)

    def contact_row(self) -> Mapping[str, Any] | None:
        """What was read of the person with the open work; once, for it may change in this step."""
        row, self._contact = self._contact, None
        return row

    def write(self) -> None:
        """Write the events, then in one statement all that follows from them and the lead's row.

        The lead's row lock is held.
        """
        if not self._events:
            return
        LeadEvent.objects.bulk_create(self._events)
        first = new_milestones(
            self.lead, self._events, self._facts, first_action_at=self.state.first_action_at
        )
        notes = [LeadNote(event=event, text=text) for event, text in self._notes]
        for make in self._later:
            make()
        new = {event.seq: event.pk for event in self._events}
        is_whole = self._known is not None
        clocks = changed_rows(self.lead, before=self._clocks_before, after=self.clocks)
        if is_whole:
            save_rows(clocks)
            forget_notices(self.lead)
            clocks = []
        known = (self._known or {}) | new
        project(self.lead, self.state, self.clocks, event_ids=known, is_whole=is_whole)
        write_together(
            [
                *([inserted(first, ignoring=True)] if first else []),
                *([inserted(notes)] if notes else []),
                *([inserted(self._rows)] if self._rows else []),
                *([inserted(clocks, unique=NAMED_BY, updating=UPDATED)] if clocks else []),
            ],
            last=updated(self.lead, PROJECTED),
        )
        forget_expressions(self.lead)


def _recovers(state: LeadState, fact: Fact) -> bool:
    """Whether a movement brings back a lead that somebody decided to recover (RQ3)."""
    if state.recover_from is None or state.recover_by is None:
        return False
    return state.recover_from <= fact.occurred_at <= state.recover_by


def event_of(
    fact: Fact, *, lead: Lead, by: User | None, at: datetime, action_id: uuid.UUID
) -> LeadEvent:
    """The unsaved row of one fact."""
    return LeadEvent(
        lead=lead,
        seq=fact.seq,
        study_site_id=lead.study_site_id,
        kind=fact.kind,
        occurred_at=fact.occurred_at,
        recorded_at=at,
        actor=by,
        from_stage=fact.from_stage,
        to_stage=fact.to_stage,
        code=fact.code,
        reason_code=fact.reason_code,
        to_owner_id=fact.to_owner_id,
        subject_id=fact.subject_id,
        due_at=fact.due_at,
        action_id=action_id,
    )


@contextmanager
def change(
    lead: Lead,
    *,
    by: User | None,
    at: datetime,
    seen: int | None,
    occurred_at: datetime | None = None,
    action_id: uuid.UUID | None = None,
    reads_contact: bool = False,
) -> Iterator[Change]:
    """Lock `lead`, collect facts about it, and write them when the block ends.

    `seen` is the version the caller's page showed; None is for jobs that hold no page. Raises
    LeadChanged naming who acted since and when, InvalidInput for impossible times. Four
    statements besides those of the block: lock, open work, events, and the row with milestones,
    notes and clocks. With `reads_contact` the open work brings the person's contact file along.
    """
    happened = occurred_at or at
    with lifted(), transaction.atomic():
        locked = lock_lead(lead)
        if seen is not None and locked.version != seen:
            refuse_if_changed(locked, seen, by=by)
        check_times(occurred_at=happened, at=at, received_at=locked.received_at)
        found = open_work(locked, contact_at=at if reads_contact else None)
        read_settings_if_moved(locked, found.versions)
        work = Change(
            lead=locked,
            state=state_of(locked, found.action, found.blockers),
            terms=terms_of(locked.study_site),
            by=by,
            at=at,
            occurred_at=happened,
            action_id=action_id or uuid.uuid4(),
            action_row=found.action,
            clocks=found.clocks,
            _contact=found.contact,
        )
        yield work
        work.write()
