"""Closing, reopening and knock-outs over HTTP, as coordinator and site lead do them (9, LC11)."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import Stage
from recruitment.services.sub_reasons import add_sub_reason
from tests.factories.recruitment import StudyStaffFactory, make_lead
from tests.journeys.closing_steps import page_of, silent
from tests.recruitment.views.lead_steps import HOUR, log, post, words_of

SignIn = Callable[[User], Client]


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, two hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def test_s09_not_proceeding_on_criteria_is_refused_until_a_prescreen_or_a_review_exists(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    decider = StudyStaffFactory(study_site=study_site)
    client = as_user(coordinator)
    close = {"reason": "crit_age_other", "decided_by": decider.pk}
    at_once = post(client, "lead_close", lead, **close)
    log(client, lead, "reached")

    too_early = post(client, "lead_close", lead, **close)

    assert at_once.status_code == too_early.status_code == 422
    assert "New inquiry cannot become Not qualified" in words_of(at_once)
    assert "needs a completed prescreen or a study-team review first" in words_of(too_early)
    assert lead.stage == Stage.CONTACTED
    assert not lead.close_reasons.exists()


def test_s15_closing_offers_no_reason_that_judges_and_the_main_reason_is_mandatory(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    html = client.get(reverse("lead", args=[lead.number])).content.decode()

    response = post(client, "lead_close", lead, reason="")
    unknown = post(client, "lead_close", lead, reason="not_eligible")

    assert "eligible" not in " ".join(CloseCode.labels).lower()
    assert 'value="not_eligible"' not in html
    assert response.status_code == unknown.status_code == 422
    assert "Choose the main reason for closing." in words_of(response)
    assert "Choose a reason from the list." in words_of(unknown)
    assert lead.stage == Stage.NEW_INQUIRY


def test_at_most_eight_reasons_stand_before_more(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    html = as_user(coordinator).get(reverse("lead", args=[lead.number])).content.decode()
    form = html[html.index('id="do-close"') :]
    shown, more = form.split("<summary>More</summary>", 1)

    assert shown.count('name="reason"') == 8
    assert more[: more.index("</details>")].count('name="reason"') > 8
    assert 'value="crit_medication"' not in form[: form.index("</form>")]
    assert 'value="rec_unobtainable"' not in form[: form.index("</form>")]


def test_main_contributing_and_detail_all_show_on_the_closed_lead(
    lead: Lead, study_site: StudySite, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    detail = add_sub_reason(
        study=study_site.study,
        under="close",
        code="burden_travel",
        label="No bus in the evening",
        by=administrator,
        at=timezone.now(),
    )
    client = as_user(coordinator)

    response = post(
        client,
        "lead_close",
        lead,
        reason="burden_travel",
        sub_reason=detail.pk,
        contributing_1="burden_cost",
        contributing_2="burden_caregiver",
        note="Said so on the phone",
    )

    assert response.status_code == 302
    page = page_of(client, lead)
    told = "Travel or distance too much (No bus in the evening); also Cost or reimbursement concern"
    assert told in page
    assert "Caregiver or family constraints" in page
    assert "Said so on the phone" in page


def test_three_same_or_unfit_contributing_reasons_are_refused_at_their_field(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)

    twice = post(client, "lead_close", lead, reason="burden_travel", contributing_1="burden_travel")

    assert twice.status_code == 422
    assert "is named twice" in words_of(twice)
    assert lead.stage == Stage.NEW_INQUIRY


def test_could_not_reach_is_refused_with_what_is_missing_until_a_site_lead_says_why(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    lead = silent(study_site, coordinator, attempts=2, days_ago=3)
    client = as_user(coordinator)
    page = page_of(client, lead)

    refused = post(client, "lead_close", lead, reason="contact_unreached")
    not_hers = post(client, "lead_close", lead, reason="contact_unreached", override="No time")
    saved = post(
        as_user(site_lead), "lead_close", lead, reason="contact_unreached", override="Study ends"
    )

    assert "would count under slow follow-up" in page
    assert refused.status_code == not_hers.status_code == 422
    assert "2 of 5 attempts made; call-back window ends" in words_of(refused)
    assert "Only a site lead may override this" in words_of(not_hers)
    assert saved.status_code == 302
    assert lead.events.filter(kind="gate_overridden", code="unreached").count() == 1


def test_a_knock_out_answer_closes_from_the_first_call_and_names_who_decided(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    nobody = post(client, "lead_knock_out", lead, reason="crit_medication")
    StudyStaffFactory(
        study_site=study_site, name="Priya Raman", decides="prescreening", user=coordinator
    )

    saved = post(
        client,
        "lead_knock_out",
        lead,
        reason="crit_medication",
        channel="phone",
        result="reached",
    )

    assert nobody.status_code == 422
    assert "Name who on the study team decided" in words_of(nobody)
    assert saved.status_code == 302
    assert lead.stage == Stage.NOT_QUALIFIED
    page = page_of(client, lead)
    assert "decided by Priya Raman" in page
    assert "recorded by Priya Raman" in page
    assert "The prescreen stopped at a knock-out answer." in page
