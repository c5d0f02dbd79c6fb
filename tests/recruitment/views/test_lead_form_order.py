"""Which form of a lead's page comes first, and which are folded under "More"."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Lead, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.views.lead_forms import NEXT, RARE
from tests.recruitment.views.lead_steps import at_stage, post

SignIn = Callable[[User], Client]
FOLDED = 'id="do-more"'


def _keys(html: str) -> list[str]:
    return re.findall(r'<details class="sheet work" id="do-([\w-]+)"', html)


def _page(client: Client, lead: Lead) -> tuple[list[str], list[str], str]:
    """The keys of the forms shown, of those under More, and the page."""
    html = client.get(reverse("lead", args=[lead.number])).content.decode()
    shown, _, more = html.partition(FOLDED)
    return _keys(shown), _keys(more), html


@pytest.mark.parametrize(
    ("stage", "first"), [(Stage.SCREENED, "enroll"), (Stage.NEW_INQUIRY, "move")]
)
def test_what_the_next_action_asks_for_comes_first(
    stage: Stage, first: str, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead, _ = at_stage(study_site, coordinator, stage)

    shown, more, html = _page(as_user(coordinator), lead)

    assert next(key for key in shown if key != "recover") == first
    assert html.count(">Next</span>") <= 1
    assert {"void", "person", "opt-out"} <= set(more)
    assert {"close", "note", "block", "action"} <= set(shown)
    assert len(shown + more) == len(set(shown + more))


def test_a_rare_form_that_was_refused_stands_open_and_not_under_more(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead, _ = at_stage(study_site, coordinator, Stage.CONTACTED)

    response = post(as_user(coordinator), "lead_void", lead, event="", reason="Typed words")

    shown, _, more = response.content.decode().partition(FOLDED)
    assert response.status_code == 422
    assert "Typed words" in shown
    assert 'id="do-void"' not in more


def test_every_action_names_forms_and_a_call_has_the_pad() -> None:
    kinds = {kind for forms in NEXT.values() for kind in forms} | RARE

    assert set(ActionType) - set(NEXT) == {ActionType.CALL, ActionType.MESSAGE}
    assert all(issubclass(kind, LeadForm) and kind.key for kind in kinds)
