"""A tab of yesterday: every form about a lead refuses it with the lead as it is, and saves nothing.

A second Enter is the same: the first one has changed the lead. The forms and the addresses are
found from the code and from the table of who may open what.
"""

from collections.abc import Callable
from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import tests.access
from accounts.models import User
from recruitment.models import Lead, LeadEvent, Role, StudySite
from recruitment.services.notes import add_note
from tests.access.roles import Row
from tests.factories.recruitment import make_lead, make_member
from tests.recruitment.forms_found import lead_kinds
from tests.recruitment.views.lead_steps import words_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
KINDS = lead_kinds()
BY_VERSION = sorted(name for name, kind in KINDS.items() if kind.minds_changes)
OTHERWISE = {
    "lead_note": "its page's own key; a note changes nothing that somebody else saw",
    "lead_claim": "who has the lead already is named",
    "review_decide": "the form of lead_review_decide on a page of its own",
    "lead_draft": "a draft replaces itself",
    "own_draft": "a draft replaces itself",
    "lead_add": "its page's own key",
    "message_pass_on": "its page's own key",
    "message_answer": "the first answer stands",
    "leads_bulk": "the version of each lead, and its page's own key",
    "close_out_move": "the version of each lead",
    "leads_close": "the version of each lead",
    "leads_closed": "the version of each lead",
    "recovery_several": "the version of each lead",
    "handoffs_accept": "an offer is accepted once",
    "action_undo": "an action is undone once",
    "escalation_acknowledge": "an escalation is acknowledged once",
}
"""Addresses that take no version of a lead, and what makes a second press harmless there."""


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now())


def _rows() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for module in iter_modules(tests.access.__path__):
        found |= getattr(import_module(f"tests.access.{module.name}"), "ROWS", {})
    return found


def _about_a_lead(name: str, row: Row) -> bool:
    return name.startswith(("lead_", "review_", "leads_")) and row.method == "post"


def test_every_address_that_changes_a_lead_is_held_to_its_version_or_by_something_else() -> None:
    sent = {name for name, row in _rows().items() if _about_a_lead(name, row)}
    assert len(BY_VERSION) > 30
    assert sent - {*BY_VERSION} - {*OTHERWISE} == set()
    assert {name for name in KINDS if name not in BY_VERSION} <= {*OTHERWISE}


@pytest.mark.parametrize("name", [*BY_VERSION, "review_decide"])
def test_a_form_of_an_older_page_is_answered_with_the_lead_as_it_is(
    name: str, lead: Lead, study_site: StudySite, coordinator: User, as_user: Callable[..., Client]
) -> None:
    perms = KINDS.get(name, KINDS["lead_review_decide"]).perms
    reader = coordinator
    if "work_leads" not in perms:
        role = Role.SITE_LEAD if "lead_site" in perms else Role.REVIEWER
        reader = make_member(role, study_site.site if role == Role.SITE_LEAD else study_site)
    peer = make_member(Role.COORDINATOR, study_site, name="Tom Baker")
    old = lead.version
    add_note(lead=lead, text="Rang at noon", by=peer, at=timezone.now())
    before = LeadEvent.objects.filter(lead=lead).count()

    answer = as_user(reader).post(reverse(name, args=[lead.number]), {"seen": old})

    assert answer.status_code == 409
    said = words_of(answer)
    assert "Tom Baker was first" in said or "answered or withdrawn already" in said
    lead.refresh_from_db()
    assert f'name="seen" value="{lead.version}"' in answer.content.decode()
    assert LeadEvent.objects.filter(lead=lead).count() == before
