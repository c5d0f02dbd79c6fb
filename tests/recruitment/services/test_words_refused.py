"""Words that are missing or over their limit are refused by every verb and form."""

import inspect
import re
from collections.abc import Iterator

import pytest
from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField
from recruitment.forms.lead_form import LeadForm
from recruitment.models import Lead, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.services.moves import move_lead
from recruitment.views import lead_context
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.services.every_verb import (
    AT,
    HOUR,
    all_services,
    arguments_of,
    is_checked,
    refusal_of,
)

LONG = "x" * 5000
VERBS = {
    name: service
    for name, service in all_services()
    if is_checked(service) and not isinstance(inspect.unwrap(service), type)
}


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    lead = make_lead(study_site, owner=coordinator)
    plan = Plan(ActionType.CALL, AT + HOUR)
    common = {"lead": lead, "by": coordinator, "at": MONDAY, "seen": lead.version}
    move_lead(to=Stage.CONTACTED, plan=plan, **common)
    lead.refresh_from_db()
    return lead


NEEDED = [
    ("blockers.redate_blocker", "reason"),
    ("blockers.resolve_blocker", "resolution"),
    ("blockers.turn_blocker", "reason"),
    ("handoffs.offer_handoff", "context"),
    ("next_actions.complete_action", "result"),
    ("opt_outs.lift_opt_out", "how"),
    ("opt_outs.opt_out", "how"),
    ("people.add_contact_point", "reason"),
    ("people.correct_person", "reason"),
    ("people.end_contact_point", "reason"),
    ("people.replace_contact_point", "reason"),
    ("reassigning.give_lead", "reason"),
    ("reassigning.reassign_leads", "reason"),
    ("study_blockers.redate_study_blocker", "reason"),
    ("study_blockers.resolve_study_blocker", "resolution"),
]
LIMITED = [
    *NEEDED,
    ("answers.review_answers", "note"),
    ("closing.close_lead", "note"),
    ("corrections.correct_stage", "reason"),
    ("corrections.void_entry", "reason"),
    ("handoffs.offer_handoff", "promised"),
    ("handoffs.offer_handoff", "wanted"),
    ("knock_outs.close_at_knock_out", "note"),
    ("moves.move_lead", "note"),
    ("next_actions.set_next_action", "reason"),
    ("outreach.log_outreach", "note"),
    ("outreach.log_outreach", "wording"),
    ("ownership.assign_lead", "reason"),
    ("prescreens.record_prescreen", "version"),
    ("reopening.reopen_lead", "note"),
]


@pytest.mark.parametrize(("name", "argument"), NEEDED)
def test_words_that_are_needed_are_asked_for(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    refusal = refusal_of(
        VERBS[name], arguments_of(VERBS[name], lead, coordinator) | {argument: "  "}
    )

    assert refusal.field == argument


@pytest.mark.parametrize(("name", "argument"), LIMITED)
def test_words_over_their_limit_are_refused(
    name: str, argument: str, lead: Lead, coordinator: User
) -> None:
    refusal = refusal_of(
        VERBS[name], arguments_of(VERBS[name], lead, coordinator) | {argument: LONG}
    )

    assert refusal.field == argument
    assert re.fullmatch(r"At most [\d,]+ characters.", str(refusal))


def _forms(kind: type[LeadForm] = LeadForm) -> Iterator[type[LeadForm]]:
    for form in kind.__subclasses__():
        yield form
        yield from _forms(form)


def test_every_text_of_a_leads_forms_is_cleaned_and_has_its_limit() -> None:
    assert lead_context.forms_for is not None  # the forms are all there
    loose = [
        (form.__name__, name)
        for form in _forms()
        for name, field in form.base_fields.items()
        if not field.widget.is_hidden
        and (type(field) is forms.CharField or not getattr(field, "max_length", 1))
    ]

    assert loose == []


def test_every_text_of_a_leads_forms_refuses_control_characters() -> None:
    texts = [
        field
        for form in _forms()
        for field in form.base_fields.values()
        if isinstance(field, LineField)
    ]
    assert len(texts) > 40

    for field in texts:
        with pytest.raises(forms.ValidationError, match="cannot be printed"):
            field.clean("a\x07b")
