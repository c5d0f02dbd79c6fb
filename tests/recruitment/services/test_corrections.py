"""Nothing is edited away: wrong entries are voided or corrected, and all that follows (AU4)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadEvent, Milestone, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import IllegalMove, InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.undoing import VOIDABLE
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PrescreenState,
    RecordsType,
)
from recruitment.services.corrections import correct_stage, void_entry
from recruitment.services.moves import move_lead
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from recruitment.services.records import name_records
from recruitment.services.records_lists import NamedRecord
from tests.factories.recruitment import MONDAY, make_lead

AT = MONDAY + timedelta(hours=1)
SOON = AT + timedelta(hours=2)
NEXT_WEEK = AT + timedelta(days=7)


def _plan(at: datetime) -> Plan:
    return Plan(ActionType.CALL, at + timedelta(days=1))


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def _log(lead: Lead, by: User, result: ContactResult, at: datetime) -> LeadEvent:
    lead.refresh_from_db()
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=result,
        by=by,
        at=at,
        seen=lead.version,
        plan=_plan(at),
    )
    lead.refresh_from_db()
    kinds = [EventKind.OUTREACH_LOGGED, EventKind.CONTACT_RECEIVED]
    found = lead.events.filter(kind__in=kinds).order_by("-seq").first()
    assert found is not None
    return found


def _milestone(lead: Lead, code: str) -> datetime | None:
    found = Milestone.objects.filter(lead=lead, code=code).select_related("event").first()
    return found.event.occurred_at if found else None


def test_voiding_a_contact_takes_its_milestone_back_and_the_next_one_takes_over(
    lead: Lead, coordinator: User
) -> None:
    wrong = _log(lead, coordinator, ContactResult.REACHED, AT)
    _log(lead, coordinator, ContactResult.REACHED, SOON)
    assert _milestone(lead, "first_two_way_contact") == AT

    void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)

    assert _milestone(lead, "first_two_way_contact") == SOON
    assert lead.attempts_made.count() == 1
    assert list(differences([lead])) == []


def test_voiding_the_only_contact_leaves_no_milestone_and_no_attempt(
    lead: Lead, coordinator: User
) -> None:
    wrong = _log(lead, coordinator, ContactResult.NO_ANSWER, AT)
    assert lead.attempts == 1

    void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)

    lead.refresh_from_db()
    assert (lead.attempts, lead.last_action_at) == (0, None)
    assert _milestone(lead, "first_attempt") is None
    assert list(differences([lead])) == []


def test_voiding_a_prescreen_entry_gives_the_state_before_it(lead: Lead, coordinator: User) -> None:
    for hours, state in enumerate((PrescreenState.STARTED, PrescreenState.COMPLETE)):
        lead.refresh_from_db()
        record_prescreen(
            lead=lead,
            state=state,
            by=coordinator,
            at=AT + timedelta(hours=hours),
            seen=lead.version,
        )
    lead.refresh_from_db()
    wrong = lead.events.get(code=PrescreenState.COMPLETE)

    void_entry(
        lead=lead, event=wrong, reason="Wrong lead.", by=coordinator, at=SOON, seen=lead.version
    )

    lead.refresh_from_db()
    assert lead.prescreen == PrescreenState.STARTED
    assert lead.prescreens.get().state == PrescreenState.STARTED
    assert list(differences([lead])) == []


def test_voiding_the_first_entry_of_a_record_takes_the_record_off(
    lead: Lead, coordinator: User
) -> None:
    name_records(
        lead=lead, items=[NamedRecord(RecordsType.LABS)], by=coordinator, at=AT, seen=lead.version
    )
    lead.refresh_from_db()
    wrong = lead.events.get(kind=EventKind.RECORDS_CHANGED)

    void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)

    assert lead.records_items.count() == 0
    assert list(differences([lead])) == []


def test_an_entry_that_a_later_one_built_on_is_not_voided_first(
    lead: Lead, coordinator: User
) -> None:
    for state in (PrescreenState.STARTED, PrescreenState.COMPLETE):
        lead.refresh_from_db()
        record_prescreen(lead=lead, state=state, by=coordinator, at=AT, seen=lead.version)
    lead.refresh_from_db()
    wrong = lead.events.get(code=PrescreenState.STARTED)

    with pytest.raises(InvalidInput, match="void that one first"):
        void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)
    lead.refresh_from_db()
    assert lead.prescreen == PrescreenState.COMPLETE


@pytest.mark.parametrize("late", [False, True], ids=["on the day", "a week later"])
def test_a_correction_after_a_day_says_why(lead: Lead, coordinator: User, late: bool) -> None:
    wrong = _log(lead, coordinator, ContactResult.NO_ANSWER, AT)
    at = NEXT_WEEK if late else SOON

    def void(reason: str) -> None:
        void_entry(lead=lead, event=wrong, reason=reason, by=coordinator, at=at, seen=lead.version)

    if late:
        with pytest.raises(InvalidInput, match="more than a day old") as refused:
            void("  ")
        assert refused.value.field == "reason"
        void("Logged on the wrong lead.")
    else:
        void("")
    assert lead.events.filter(kind=EventKind.VOIDED).count() == 1


@pytest.mark.parametrize("kind", sorted(set(EventKind) - VOIDABLE))
def test_every_other_kind_is_corrected_in_its_own_way(
    kind: EventKind, lead: Lead, coordinator: User
) -> None:
    event = lead.events.first()
    assert event is not None
    event.kind = kind

    with pytest.raises(InvalidInput, match="not voided by itself"):
        void_entry(lead=lead, event=event, reason="x", by=coordinator, at=SOON, seen=lead.version)


def test_an_entry_is_voided_once(lead: Lead, coordinator: User) -> None:
    wrong = _log(lead, coordinator, ContactResult.NO_ANSWER, AT)
    void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)
    lead.refresh_from_db()

    with pytest.raises(InvalidInput, match="voided already"):
        void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)


def test_an_entry_of_another_lead_is_refused(
    lead: Lead, coordinator: User, study_site: StudySite
) -> None:
    wrong = _log(make_lead(study_site), coordinator, ContactResult.NO_ANSWER, AT)

    with pytest.raises(InvalidInput):
        void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)


def _moved(lead: Lead, by: User, to: Stage) -> None:
    move_lead(lead=lead, to=to, by=by, at=AT, seen=lead.version, plan=_plan(AT))
    lead.refresh_from_db()


def test_a_stage_corrected_keeps_both_in_the_log_and_the_true_one_counts(
    lead: Lead, coordinator: User
) -> None:
    _moved(lead, coordinator, Stage.NO_RESPONSE)

    correct_stage(
        lead=lead,
        to=Stage.CONTACTED,
        reason="She had answered.",
        by=coordinator,
        at=NEXT_WEEK,
        seen=lead.version,
        plan=_plan(NEXT_WEEK),
    )

    lead.refresh_from_db()
    changes = lead.events.filter(kind=EventKind.STAGE_CHANGED).order_by("seq")
    assert [(e.from_stage, e.to_stage, e.code) for e in changes] == [
        (Stage.NEW_INQUIRY, Stage.NO_RESPONSE, ""),
        (Stage.NEW_INQUIRY, Stage.CONTACTED, "corrected"),
    ]
    assert (lead.stage, lead.stage_entered_at) == (Stage.CONTACTED, AT)
    assert list(differences([lead])) == []


def test_a_lead_that_never_moved_is_put_back_where_it_was(lead: Lead, coordinator: User) -> None:
    _moved(lead, coordinator, Stage.CONTACTED)

    correct_stage(
        lead=lead, to=Stage.NEW_INQUIRY, reason="", by=coordinator, at=SOON, seen=lead.version
    )

    lead.refresh_from_db()
    assert lead.stage == Stage.NEW_INQUIRY
    assert lead.next_actions.filter(ended_at__isnull=True).count() == 1
    assert list(differences([lead])) == []


def test_a_close_corrected_to_open_asks_for_the_next_action(lead: Lead, coordinator: User) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="src_duplicate",
        by=coordinator,
        at=AT,
        seen=lead.version,
    )
    lead.refresh_from_db()

    def correct(plan: Plan | None) -> None:
        correct_stage(
            lead=lead,
            to=Stage.NEW_INQUIRY,
            reason="Another person.",
            by=coordinator,
            at=SOON,
            seen=lead.version,
            plan=plan,
        )

    with pytest.raises(InvalidInput, match="what happens next"):
        correct(None)
    correct(_plan(SOON))

    lead.refresh_from_db()
    assert lead.stage == Stage.NEW_INQUIRY
    assert _milestone(lead, "closed") is None
    assert _milestone(lead, "reopened") is None
    assert list(differences([lead])) == []


def test_a_wrong_close_reason_is_corrected_by_a_new_one(lead: Lead, coordinator: User) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="src_duplicate",
        by=coordinator,
        at=AT,
        seen=lead.version,
    )
    lead.refresh_from_db()

    correct_stage(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="Chose the wrong line.",
        close_reason="pt_not_interested",
        by=coordinator,
        at=NEXT_WEEK,
        seen=lead.version,
    )

    lead.refresh_from_db()
    last = lead.events.filter(kind=EventKind.STAGE_CHANGED).order_by("-seq").first()
    assert last is not None
    assert (last.reason_code, last.occurred_at) == ("pt_not_interested", AT)
    assert list(differences([lead])) == []


def test_a_correction_keeps_to_the_moves_that_were_allowed_then(
    lead: Lead, coordinator: User
) -> None:
    _moved(lead, coordinator, Stage.CONTACTED)

    with pytest.raises(IllegalMove, match="Allowed from here"):
        correct_stage(
            lead=lead,
            to=Stage.READY_TO_SCHEDULE,
            reason="",
            by=coordinator,
            at=SOON,
            seen=lead.version,
            plan=_plan(SOON),
        )
    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED
