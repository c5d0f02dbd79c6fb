"""Entries about one thing are voided from the last to the first, also those of one action (AU4)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite, StudyStaff
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import PrescreenState
from recruitment.services.corrections import void_entry
from recruitment.services.knock_outs import close_at_knock_out
from recruitment.services.prescreens import record_prescreen
from tests.factories.recruitment import MONDAY, StudyStaffFactory, make_lead

AT = MONDAY + timedelta(hours=1)
SOON = AT + timedelta(hours=1)


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def _void(lead: Lead, by: User, state: PrescreenState) -> None:
    lead.refresh_from_db()
    wrong = lead.events.get(kind=EventKind.PRESCREEN_CHANGED, code=state)
    void_entry(lead=lead, event=wrong, reason="", by=by, at=SOON, seen=lead.version)
    lead.refresh_from_db()


def _check(lead: Lead, state: PrescreenState) -> None:
    rows = [row.state for row in lead.prescreens.all()]
    assert lead.prescreen == state
    assert rows == ([state] if state != PrescreenState.NOT_STARTED else [])
    assert list(differences([lead])) == []


def test_an_entry_is_voided_once_the_later_one_was(lead: Lead, coordinator: User) -> None:
    for state in (PrescreenState.SENT, PrescreenState.STARTED):
        lead.refresh_from_db()
        record_prescreen(lead=lead, state=state, by=coordinator, at=AT, seen=lead.version)

    _void(lead, coordinator, PrescreenState.STARTED)
    _check(lead, PrescreenState.SENT)
    _void(lead, coordinator, PrescreenState.SENT)
    _check(lead, PrescreenState.NOT_STARTED)


def test_of_two_entries_of_one_action_each_is_voided_by_itself(
    lead: Lead, coordinator: User, study_site: StudySite
) -> None:
    decider: StudyStaff = StudyStaffFactory(study_site=study_site)
    close_at_knock_out(
        lead=lead,
        code=CloseCode.CRIT_AGE_OTHER,
        decided_by=decider,
        by=coordinator,
        at=AT,
        seen=lead.version,
    )

    with pytest.raises(InvalidInput, match="void that one first"):
        _void(lead, coordinator, PrescreenState.STARTED)
    _void(lead, coordinator, PrescreenState.COMPLETE)
    _check(lead, PrescreenState.STARTED)
    _void(lead, coordinator, PrescreenState.STARTED)
    _check(lead, PrescreenState.NOT_STARTED)
