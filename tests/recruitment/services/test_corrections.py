"""Nothing is edited away: wrong entries are voided or corrected, and all that follows (AU4)."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadEvent, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.undoing import VOIDABLE
from recruitment.rules.vocabulary import (
    Channel,
    ContactResult,
    PrescreenState,
    RecordsType,
)
from recruitment.services.corrections import void_entry
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from recruitment.services.records import name_records
from recruitment.services.records_lists import NamedRecord
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.services.corrected import milestone, plan_of

AT = MONDAY + timedelta(hours=1)
SOON = AT + timedelta(hours=2)
NEXT_WEEK = AT + timedelta(days=7)


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
        plan=plan_of(at),
    )
    lead.refresh_from_db()
    kinds = [EventKind.OUTREACH_LOGGED, EventKind.CONTACT_RECEIVED]
    found = lead.events.filter(kind__in=kinds).order_by("-seq").first()
    assert found is not None
    return found


def test_voiding_a_contact_takes_its_milestone_back_and_the_next_one_takes_over(
    lead: Lead, coordinator: User
) -> None:
    wrong = _log(lead, coordinator, ContactResult.REACHED, AT)
    _log(lead, coordinator, ContactResult.REACHED, SOON)
    assert milestone(lead, "first_two_way_contact") == AT

    void_entry(lead=lead, event=wrong, reason="", by=coordinator, at=SOON, seen=lead.version)

    assert milestone(lead, "first_two_way_contact") == SOON
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
    assert milestone(lead, "first_attempt") is None
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
