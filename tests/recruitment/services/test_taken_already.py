"""Who has a lead already: the owner that stands, not one of an entry that was taken back."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Role, StudySite
from recruitment.rules.refusals import LeadChanged
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_lead, make_member

HOUR = timedelta(hours=1)


def test_since_when_somebody_has_a_lead_is_not_read_from_an_entry_that_was_undone(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    peer = make_member(Role.COORDINATOR, study_site, name="Mira Chen")
    lead = make_lead(study_site)
    claim_lead(lead=lead, by=peer, at=MONDAY + HOUR)
    for n, to in enumerate((None, peer)):
        lead.refresh_from_db()
        at = MONDAY + timedelta(hours=3 + n)
        assign_lead(lead=lead, to=to, by=site_lead, at=at, seen=lead.version, reason="Swap")
    for n in range(2):  # both steps of the site lead are taken back, the last one first
        last = lead.events.filter(voided_by__isnull=True, actor=site_lead, kind="owner_set")
        action_id = last.latest("seq").action_id
        undo_action(action_id=action_id, by=site_lead, at=MONDAY + timedelta(hours=4, minutes=n))
    lead.refresh_from_db()
    assert lead.owner == peer

    with pytest.raises(LeadChanged, match=r"Mira Chen has this lead already, since Mon 02 Mar 11"):
        claim_lead(lead=lead, by=coordinator, at=MONDAY + timedelta(hours=5))
