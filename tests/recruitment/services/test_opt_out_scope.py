"""What an opt-out ends is asked where it might end more than is meant (DN3, D25)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import DoNotContact, Lead, Visit
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import Channel, ContactResult
from recruitment.services.closing import close_lead
from recruitment.services.opt_outs import opt_out
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASK = "choose what the opt-out ends"


def _another_lead(lead: Lead) -> None:
    make_lead(StudySiteFactory(), person=lead.person)


def _booked_visit(lead: Lead) -> None:
    Visit.objects.create(lead=lead, starts_at=MONDAY + 9 * DAY, booked_at=MONDAY)


more = pytest.mark.parametrize("more", [_another_lead, _booked_visit])


def _said(lead: Lead, by: User) -> dict[str, Any]:
    return {"lead": lead, "by": by, "at": MONDAY + HOUR, "seen": lead.version}


def _log(lead: Lead, by: User, **values: Any) -> None:
    given = {"channel": Channel.PHONE, "result": ContactResult.OPTED_OUT} | values
    log_outreach(**(_said(lead, by) | given))


@more
def test_a_spoken_opt_out_without_its_scope_is_refused_where_there_is_more(
    lead: Lead, coordinator: User, more: Callable[[Lead], None]
) -> None:
    more(lead)
    seen = lead.version

    with pytest.raises(InvalidInput, match=ASK) as logged:
        _log(lead, coordinator)
    with pytest.raises(InvalidInput, match=ASK) as recorded:
        opt_out(how="Said so.", **_said(lead, coordinator))

    assert (logged.value.field, recorded.value.field) == ("scope", "scope")
    lead.refresh_from_db()
    assert (lead.version, DoNotContact.objects.count()) == (seen, 0)
    _log(lead, coordinator, scope=Scope.STUDY)
    assert set(DoNotContact.objects.values_list("scope", flat=True)) == {"study"}
    assert list(differences([lead])) == []


def test_a_closed_lead_beside_it_asks_nothing(lead: Lead, coordinator: User) -> None:
    other = make_lead(lead.study_site, person=lead.person)
    close_lead(code=CloseCode.SRC_DUPLICATE, **_said(other, coordinator))

    opt_out(how="Said so.", **_said(lead, coordinator))

    assert set(DoNotContact.objects.values_list("scope", flat=True)) == {"organisation"}


@more
def test_a_keyword_by_text_ends_texts_without_a_question(
    lead: Lead, coordinator: User, more: Callable[[Lead], None]
) -> None:
    more(lead)

    _log(lead, coordinator, channel=Channel.TEXT)

    assert set(DoNotContact.objects.values_list("scope", "channel")) == {("channel", "text")}


def test_a_scope_nobody_knows_is_refused(lead: Lead, coordinator: User) -> None:
    with pytest.raises(InvalidInput) as refusal:
        opt_out(how="Said so.", scope="galaxy", **_said(lead, coordinator))  # type: ignore[arg-type]

    assert refusal.value.field == "scope"


def test_a_close_as_asked_not_to_be_contacted_waits_for_the_scope(
    lead: Lead, coordinator: User
) -> None:
    _another_lead(lead)

    with pytest.raises(InvalidInput, match="Record the opt-out first") as refusal:
        close_lead(code=CloseCode.CONTACT_DNC, **_said(lead, coordinator))
    opt_out(how="Said so.", scope=Scope.STUDY, **_said(lead, coordinator))
    lead.refresh_from_db()
    close_lead(code=CloseCode.CONTACT_DNC, **_said(lead, coordinator))

    assert refusal.value.field == "reason"
    lead.refresh_from_db()
    assert lead.stage == Stage.CLOSED_OTHER
    assert set(DoNotContact.objects.values_list("scope", flat=True)) == {"study"}


@more
def test_the_form_chooses_nothing_beforehand_and_says_why(
    lead: Lead, coordinator: User, as_user: SignIn, more: Callable[[Lead], None]
) -> None:
    client, chosen = as_user(coordinator), 'value="organisation" checked'
    url = f"/leads/{lead.number}/"
    before = client.get(url).content.decode()

    more(lead)
    after = client.get(url).content.decode()
    answer = client.post(f"{url}opt-out/", {"seen": lead.version, "how": "Said so."})

    said = "Ask what it ends: this person has another open lead or a booked visit."
    assert (chosen in _squeezed(before), said in before) == (True, False)
    assert (chosen in _squeezed(after), said in after) == (False, True)
    assert answer.status_code == 422
    assert "Choose what it ends." in answer.content.decode()
    assert not DoNotContact.objects.exists()


def test_the_contact_form_shows_the_question_at_its_field(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    _another_lead(lead)
    sent = {"seen": lead.version, "outcome": "opted_out", "channel": "phone", "due": "proposed"}

    answer = as_user(coordinator).post(f"/leads/{lead.number}/contact/", sent)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert ASK in page
    assert not DoNotContact.objects.exists()


def _squeezed(page: str) -> str:
    return " ".join(page.split()).replace(' id="opt-out-scope_0"', "").replace(" required", "")
