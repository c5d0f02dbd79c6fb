"""Escalating a lead, and what comes of it (E1-E3)."""

from datetime import datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from recruitment.models import Escalation, Lead, NextAction, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.escalation import levels_of
from recruitment.rules.events import EventKind
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel, EscalationState
from recruitment.rules.refusals import InvalidInput, LeadChanged, Refusal
from recruitment.rules.targets import TargetKey
from recruitment.services.closing import close_lead
from recruitment.services.escalations import end_escalation, escalate
from recruitment.services.membership import suspend_user
from recruitment.services.removal import remove_user
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_member

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NOW = MONDAY + HOUR
K, L, S = EscalationKind, EscalationLevel, EscalationState


def ask(lead: Lead, by: User, owner: User, **values: Any) -> Escalation:
    lead.refresh_from_db()
    given: dict[str, Any] = {
        "kind": K.WORKLOAD,
        "level": L.SITE_LEAD,
        "due_at": NOW + DAY,
        "question": "Who can take the calls on Thursday?",
        "at": NOW,
        "seen": lead.version,
    }
    return escalate(lead=lead, owner=owner, by=by, **(given | values))


def finish(row: Escalation, by: User, state: EscalationState = S.ANSWERED, **values: Any) -> None:
    row.lead.refresh_from_db()
    given: dict[str, Any] = {"outcome": "Tom does.", "at": NOW + HOUR, "seen": row.lead.version}
    end_escalation(escalation=row, state=state, by=by, **(given | values))


def kinds(lead: Lead) -> list[str]:
    return list(lead.events.order_by("seq").values_list("kind", flat=True))


def test_an_escalation_has_an_owner_and_a_day_and_the_lead_keeps_its_own(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    before = NextAction.objects.get(lead=lead, ended_at__isnull=True)

    row = ask(lead, coordinator, site_lead, target=TargetKey.OWN)

    lead.refresh_from_db()
    assert (row.owner, row.due_at, row.state) == (site_lead, NOW + DAY, S.OPEN)
    assert (row.raised_by, row.raised_at, row.target) == (coordinator, NOW, "own")
    assert lead.owner == coordinator
    assert NextAction.objects.get(lead=lead, ended_at__isnull=True) == before
    event = lead.events.get(kind=EventKind.ESCALATED)
    assert (event.code, event.reason_code, event.subject_id) == ("workload", "site_lead", row.pk)
    assert event.actor == coordinator
    assert event.notes.get().text == row.question
    assert lead.last_movement_at is None or lead.last_movement_at < NOW  # no movement (M2)
    assert list(differences([lead])) == []


@pytest.mark.parametrize(("kind", "level"), list(product(K, L)))
def test_every_kind_is_taken_at_its_levels_and_refused_at_others(
    kind: EscalationKind, level: EscalationLevel, lead: Lead, coordinator: User, site_lead: User
) -> None:
    if level in levels_of(kind):
        assert ask(lead, coordinator, site_lead, kind=kind, level=level).level == level
        return
    with pytest.raises(InvalidInput) as refusal:
        ask(lead, coordinator, site_lead, kind=kind, level=level)
    assert refusal.value.field == "level"
    assert not Escalation.objects.exists()
    assert EventKind.ESCALATED not in kinds(lead)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "weather"}, "kind"),
        ({"level": "moon"}, "level"),
        ({"target": "speed"}, "target"),
        ({"question": ""}, "question"),
        ({"question": " \n\t "}, "question"),
        ({"question": "x" * 301}, "question"),
        ({"question": "a\x00b"}, "question"),
        ({"due_at": NOW}, "due_at"),
        ({"due_at": NOW - DAY}, "due_at"),
        ({"due_at": NOW + 61 * DAY}, "due_at"),
        ({"due_at": datetime(2026, 3, 9)}, "due_at"),  # noqa: DTZ001 - the point
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    values: dict[str, Any], field: str, lead: Lead, coordinator: User, site_lead: User
) -> None:
    before = kinds(lead)

    with pytest.raises(InvalidInput) as refusal:
        ask(lead, coordinator, site_lead, **values)

    assert refusal.value.field == field
    assert kinds(lead) == before
    assert not Escalation.objects.exists()


def test_only_who_may_answer_at_a_level_owns_the_question(
    lead: Lead,
    study_site: StudySite,
    coordinator: User,
    site_lead: User,
    reviewer: User,
    sponsor_viewer: User,
    administrator: User,
    outsider: User,
) -> None:
    gone = make_member(Role.SITE_LEAD, study_site.site)
    suspend_user(user=gone, by=site_lead, at=MONDAY)
    people = [coordinator, site_lead, reviewer, sponsor_viewer, administrator, outsider, gone]
    asked = {
        L.SITE_LEAD: (K.COVERAGE, {site_lead}),
        L.STUDY_LEAD: (K.CRITERIA, {site_lead, reviewer}),
        L.SPONSOR: (K.BUDGET, {site_lead}),
    }
    for level, (kind, allowed) in asked.items():
        for person in people:
            if person in allowed:
                row = ask(lead, coordinator, person, kind=kind, level=level)
                finish(row, coordinator, S.WITHDRAWN)
                continue
            with pytest.raises(InvalidInput) as refusal:
                ask(lead, coordinator, person, kind=kind, level=level)
            assert refusal.value.field == "owner"


def test_the_same_question_is_open_once(lead: Lead, coordinator: User, site_lead: User) -> None:
    first = ask(lead, coordinator, site_lead, kind=K.CAPACITY, level=L.SPONSOR)

    with pytest.raises(InvalidInput, match="with the sponsor already"):
        ask(lead, site_lead, site_lead, kind=K.CAPACITY, level=L.SPONSOR)
    ask(lead, coordinator, site_lead, kind=K.CAPACITY, level=L.SITE_LEAD)
    finish(first, site_lead)
    ask(lead, coordinator, site_lead, kind=K.CAPACITY, level=L.SPONSOR)

    assert Escalation.objects.filter(state=S.OPEN).count() == 2


def test_a_second_press_of_the_same_page_is_refused(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    seen = lead.version
    ask(lead, coordinator, site_lead, seen=seen)

    with pytest.raises(LeadChanged):
        ask(lead, coordinator, site_lead, kind=K.COVERAGE, seen=seen)


@pytest.mark.parametrize("who", ["owner", "raiser", "site lead"])
def test_whoever_was_asked_who_asked_and_the_site_lead_write_the_answer_down(
    who: str, lead: Lead, coordinator: User, site_lead: User, reviewer: User
) -> None:
    row = ask(lead, coordinator, reviewer, kind=K.CLINICAL, level=L.STUDY_LEAD)
    by = {"owner": reviewer, "raiser": coordinator, "site lead": site_lead}[who]

    finish(row, by, outcome="Goes ahead with the dose as it is.")

    row.refresh_from_db()
    assert (row.state, row.ended_by, row.ended_at) == (S.ANSWERED, by, NOW + HOUR)
    assert row.outcome == "Goes ahead with the dose as it is."
    event = lead.events.get(kind=EventKind.ESCALATION_ENDED)
    assert (event.code, event.reason_code) == ("answered", "clinical")
    assert event.notes.get().text == row.outcome


def test_nobody_else_ends_it_and_an_answer_needs_words_and_it_ends_once(
    lead: Lead, study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    colleague = make_member(Role.COORDINATOR, study_site)
    row = ask(lead, coordinator, site_lead)

    with pytest.raises(InvalidInput, match="Only whoever"):
        finish(row, colleague)
    with pytest.raises(InvalidInput) as refusal:
        finish(row, site_lead, outcome="  ")
    assert refusal.value.field == "outcome"
    with pytest.raises(InvalidInput):
        finish(row, site_lead, S.OPEN)
    row.refresh_from_db()
    assert row.state == S.OPEN
    finish(row, coordinator, S.WITHDRAWN, outcome="")
    with pytest.raises(LeadChanged, match="withdrawn already"):
        finish(row, site_lead)


def test_closing_a_lead_withdraws_what_was_asked_and_an_undo_brings_it_back(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    row = ask(lead, coordinator, site_lead)
    kept = ask(lead, coordinator, site_lead, kind=K.OWNERSHIP)
    finish(kept, site_lead)
    lead.refresh_from_db()
    now = timezone.now()

    close_lead(
        lead=lead, code=CloseCode.PT_NOT_INTERESTED, by=coordinator, at=now, seen=lead.version
    )

    row.refresh_from_db()
    kept.refresh_from_db()
    assert (row.state, row.ended_by, row.outcome) == (S.WITHDRAWN, coordinator, "")
    assert kept.state == S.ANSWERED
    with pytest.raises(InvalidInput, match="closed lead"):
        ask(lead, coordinator, site_lead, at=now, due_at=now + DAY)
    undo_action(action_id=lead.events.latest("seq").action_id, by=coordinator, at=now)
    row.refresh_from_db()
    lead.refresh_from_db()
    assert (row.state, row.ended_at) == (S.OPEN, None)
    assert list(differences([lead])) == []


def test_an_undone_escalation_is_gone_and_its_entry_stays(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    now = timezone.now()
    row = ask(lead, coordinator, site_lead, at=now, due_at=now + DAY)
    event = lead.events.get(kind=EventKind.ESCALATED)

    undo_action(action_id=event.action_id, by=coordinator, at=now)

    assert not Escalation.objects.exists()
    assert Escalation.everything.get().pk == row.pk
    with pytest.raises(LeadChanged, match="undone"):
        finish(row, site_lead, at=now)


def test_whoever_was_asked_is_removed_only_when_nothing_waits_for_her_answer(
    lead: Lead, coordinator: User, site_lead: User, reviewer: User, administrator: User
) -> None:
    row = ask(lead, coordinator, reviewer, kind=K.CONSENT, level=L.STUDY_LEAD)

    with pytest.raises(Refusal, match="1 open escalation must be answered or withdrawn first"):
        remove_user(user=reviewer, by=administrator, at=NOW + HOUR)
    suspend_user(user=reviewer, by=administrator, at=NOW + HOUR)  # never waits (D22)
    finish(row, site_lead)
    remove_user(user=reviewer, by=administrator, at=NOW + 2 * HOUR)

    reviewer.refresh_from_db()
    assert reviewer.removed_at == NOW + 2 * HOUR
