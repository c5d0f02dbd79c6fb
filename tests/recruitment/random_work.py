"""Several people doing random things to leads, right and wrong, with two clocks."""

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from recruitment.models import Blocker, Lead, LeadEvent, StudyStaff
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import CLOSED, Stage, allowed_moves
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    NoShowReason,
    Party,
    PrescreenState,
    RecordsType,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import RecordsResult
from recruitment.services import records
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.moves import move_lead
from recruitment.services.next_actions import set_next_action
from recruitment.services.notes import add_note
from recruitment.services.outreach import log_outreach
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.prescreens import record_prescreen
from recruitment.services.records_lists import NamedRecord
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.staleness import flag_stale
from recruitment.services.visits import book_visit, confirm_visit, end_visit, offer_dates


@dataclass
class RandomWork:
    """Random steps over `leads`. After each step the touched lead must agree with its log."""

    chance: random.Random
    leads: list[Lead]
    people: list[User]
    deciders: list[StudyStaff]
    at: datetime
    pace: int = 600  # most minutes between two steps
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def run(self, steps: int) -> None:
        """Take so many steps, then look at every lead and at the whole log."""
        for _ in range(steps):
            self.step()
        assert list(differences(self.leads)) == []
        assert self._log_only_grew()

    def step(self) -> None:
        """One random verb by a random person; refusals are part of life, other errors are not."""
        self.at += timedelta(minutes=self.chance.randrange(1, self.pace))
        lead = self.chance.choice(self.leads)
        verb = self.chance.choice(VERBS)
        seen = lead.version if self.chance.random() < 0.03 else self._fresh(lead)
        try:
            with transaction.atomic():
                verb(self, lead, seen)
                connection.check_constraints()
        except Refusal:
            self.refused[verb.__name__] += 1
        else:
            self.done[verb.__name__] += 1
        self.look_at(lead)

    def look_at(self, lead: Lead) -> None:
        """The invariants of one lead."""
        found = list(differences([lead]))
        assert found == [], found
        row = Lead.objects.get(pk=lead.pk)
        open_actions = row.next_actions.filter(ended_at__isnull=True).count()
        assert open_actions == (0 if row.stage in CLOSED else 1)
        assert (row.waiting_on == "") == (row.stage in CLOSED)
        assert (row.stale_at is None) == (row.stage in CLOSED)

    def _fresh(self, lead: Lead) -> int:
        lead.refresh_from_db()
        return lead.version

    def _log_only_grew(self) -> bool:
        for lead in self.leads:
            seqs = list(lead.events.order_by("seq").values_list("seq", flat=True))
            if seqs != list(range(1, len(seqs) + 1)):
                return False
        return LeadEvent.objects.filter(lead__in=self.leads).count() > 0

    def plan(self) -> Plan | None:
        """A next action, sometimes missing and sometimes in the past."""
        if self.chance.random() < 0.05:
            return None
        due = self.at + timedelta(hours=self.chance.randrange(-5, 400))
        return Plan(self.chance.choice(list(ActionType)), due, self.chance.random() < 0.2)

    def before(self) -> datetime | None:
        """When it happened: mostly now, sometimes hours ago (an entry made late)."""
        if self.chance.random() < 0.7:
            return None
        return self.at - timedelta(minutes=self.chance.randrange(0, 2000))

    def person(self) -> User:
        """Who does it."""
        return self.chance.choice(self.people)

    def decider(self) -> StudyStaff | None:
        """Who decided, sometimes nobody and sometimes somebody of another study."""
        return self.chance.choice([self.deciders[0], *self.deciders, None])


def _claim(work: RandomWork, lead: Lead, seen: int) -> None:
    claim_lead(lead=lead, by=work.person(), at=work.at)


def _assign(work: RandomWork, lead: Lead, seen: int) -> None:
    to = work.chance.choice([*work.people, None])
    assign_lead(lead=lead, to=to, by=work.person(), at=work.at, seen=seen)


def _outreach(work: RandomWork, lead: Lead, seen: int) -> None:
    log_outreach(
        lead=lead,
        channel=work.chance.choice(list(Channel)),
        result=work.chance.choice(list(ContactResult)),
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.chance.choice([None, None, None, *Stage]),
        occurred_at=work.before(),
    )


def _move(work: RandomWork, lead: Lead, seen: int) -> None:
    came_from = Stage(lead.came_from) if lead.came_from else None
    allowed = allowed_moves(Stage(lead.stage), came_from=came_from)
    onward = [stage for stage in allowed if stage not in CLOSED]
    to = work.chance.choice([*onward, *onward, *onward, *allowed, *Stage])
    move_lead(
        lead=lead,
        to=to,
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        reason=work.chance.choice(["", *CloseCode]),
        decided_by=work.decider(),
        occurred_at=work.before(),
    )


def _set_action(work: RandomWork, lead: Lead, seen: int) -> None:
    plan = work.plan() or Plan(ActionType.CALL, work.at + timedelta(hours=1))
    reason = work.chance.choice(["", "She asked for it."])
    set_next_action(lead=lead, plan=plan, by=work.person(), at=work.at, seen=seen, reason=reason)


def _prescreen(work: RandomWork, lead: Lead, seen: int) -> None:
    record_prescreen(
        lead=lead,
        state=work.chance.choice(list(PrescreenState)),
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.chance.choice([None, Stage.COORDINATOR_REVIEW]),
        occurred_at=work.before(),
    )


def _request_review(work: RandomWork, lead: Lead, seen: int) -> None:
    plan = work.plan() or Plan(ActionType.AWAIT_REVIEW, work.at + timedelta(days=1))
    request_review(lead=lead, plan=plan, by=work.person(), at=work.at, seen=seen)


def _decide_review(work: RandomWork, lead: Lead, seen: int) -> None:
    decide_review(
        lead=lead,
        decision=work.chance.choice(list(ReviewDecision)),
        decided_by=work.chance.choice(work.deciders),
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
        to=work.chance.choice([None, *Stage]),
        reason=work.chance.choice(["", *CloseCode]),
    )


def _records(work: RandomWork, lead: Lead, seen: int) -> None:
    """Any step on any kind of record, legal or not; one that is missing is named first."""
    kind = work.chance.choice(list(RecordsType))
    step: dict[str, Any] = {
        "lead": lead,
        "type": kind,
        "by": work.person(),
        "at": work.at,
        "seen": seen,
        "plan": work.plan(),
    }
    verbs: list[tuple[Any, dict[str, Any]]] = [
        (records.request_record, {"how": "fax"}),
        (records.chase_record, {"how": Channel.PHONE}),
        (records.receive_record, {}),
        (records.review_record, {"result": RecordsResult.SUFFICIENT}),
        (records.review_record, {"result": RecordsResult.MORE_NEEDED, "reason": "Page 2"}),
        (records.waive_record, {"reason": "Seen before", "decided_by": work.decider()}),
        (records.give_up_record, {"reason": "Practice closed"}),
        (records.drop_record, {}),
    ]
    if not lead.records_items.filter(type=kind).exists():
        del step["type"]
        records.name_records(items=[NamedRecord(kind)], **step)
        return
    verb, values = work.chance.choice(verbs)
    verb(**step, **values)


def _block(work: RandomWork, lead: Lead, seen: int) -> None:
    review_by = work.at + timedelta(days=work.chance.randrange(-1, 14))
    open_blocker(
        lead=lead,
        category=work.chance.choice(list(BlockerCategory)),
        waiting_on=work.chance.choice([None, None, *Party]),
        review_by=work.chance.choice([None, review_by]),
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan(),
    )


def _resolve(work: RandomWork, lead: Lead, seen: int) -> None:
    blocker = Blocker.objects.filter(lead=lead).order_by("?").first()
    if blocker is not None:
        resolve_blocker(
            blocker=blocker,
            resolution=work.chance.choice(["", "Settled.", "Settled."]),
            by=work.person(),
            at=work.at,
            seen=seen,
            plan=work.plan(),
        )


def _offer(work: RandomWork, lead: Lead, seen: int) -> None:
    plan = work.plan() or Plan(ActionType.CALL, work.at + timedelta(days=1))
    offer_dates(lead=lead, plan=plan, by=work.person(), at=work.at, seen=seen)


def _book(work: RandomWork, lead: Lead, seen: int) -> None:
    starts_at = work.at + timedelta(days=work.chance.randrange(-1, 20))
    book_visit(lead=lead, starts_at=starts_at, by=work.person(), at=work.at, seen=seen)


def _confirm(work: RandomWork, lead: Lead, seen: int) -> None:
    confirm_visit(lead=lead, by=work.person(), at=work.at, seen=seen)


def _end_visit(work: RandomWork, lead: Lead, seen: int) -> None:
    result = work.chance.choice(list(VisitResult))
    missed = result == VisitResult.NO_SHOW
    end_visit(
        lead=lead,
        result=result,
        by=work.person(),
        at=work.at,
        seen=seen,
        plan=work.plan() or Plan(ActionType.CALL, work.at + timedelta(days=1)),
        no_show_reason=work.chance.choice([None, *NoShowReason]) if missed else None,
        decided_by=work.decider(),
        occurred_at=work.before(),
    )


def _note(work: RandomWork, lead: Lead, seen: int) -> None:
    add_note(
        lead=lead, text=work.chance.choice(["", "Spoke to her."]), by=work.person(), at=work.at
    )


def _flag(work: RandomWork, lead: Lead, seen: int) -> None:
    flag_stale(at=work.at)


Verb = Callable[[RandomWork, Lead, int], None]
VERBS: tuple[Verb, ...] = (
    _claim,
    _assign,
    _outreach,
    _outreach,
    _outreach,
    _move,
    _move,
    _move,
    _set_action,
    _prescreen,
    _prescreen,
    _request_review,
    _decide_review,
    _records,
    _block,
    _resolve,
    _offer,
    _book,
    _book,
    _confirm,
    _end_visit,
    _end_visit,
    _note,
    _flag,
)
