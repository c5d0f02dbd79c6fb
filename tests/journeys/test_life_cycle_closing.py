"""Closing, reopening and knock-outs over HTTP, as coordinator and site lead do them (9, LC11)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services.closing import close_lead
from recruitment.services.moves import move_lead
from recruitment.services.outreach import log_outreach
from recruitment.services.sub_reasons import add_sub_reason
from tests.factories.recruitment import StudyStaffFactory, make_enquirer, make_lead
from tests.recruitment.views.lead_steps import HOUR, log, post, words_of

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    """A new inquiry of the coordinator, two hours old."""
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - 2 * HOUR)


def page_of(client: Client, lead: Lead) -> str:
    return words_of(client.get(reverse("lead", args=[lead.number])))


def silent(study_site: StudySite, by: User, *, attempts: int, days_ago: int) -> Lead:
    """A lead in No response after so many calls, the last of them `days_ago`."""
    begin = timezone.now() - (days_ago + 10) * DAY
    lead = make_lead(study_site, owner=by, received_at=begin)
    for n in range(attempts):
        log_outreach(
            lead=lead,
            channel=Channel.PHONE,
            result=ContactResult.NO_ANSWER,
            by=by,
            at=begin + (10 - attempts + 1 + n) * DAY,
            seen=None,  # type: ignore[arg-type]
            sure=True,
        )
    at = begin + 10 * DAY + HOUR
    plan = Plan(ActionType.DECIDE_CLOSE, at + 14 * DAY)
    move_lead(lead=lead, to=Stage.NO_RESPONSE, by=by, at=at, seen=None, plan=plan)  # type: ignore[arg-type]
    lead.refresh_from_db()
    return lead


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


def test_not_now_shows_its_date_on_the_lead_and_in_the_list(
    lead: Lead, coordinator: User, outsider: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    on = (timezone.now() + 60 * DAY).date()
    missing = post(client, "lead_close", lead, reason="not_now_until")

    saved = post(client, "lead_close", lead, reason="not_now_until", until=on.isoformat())

    assert missing.status_code == 422
    assert "Say from when the person may be asked again." in words_of(missing)
    assert saved.status_code == 302
    assert "asked to be asked again on" in page_of(client, lead)
    listed = words_of(client.get(reverse("leads_not_now")))
    assert lead.number in listed
    assert "Later 1" in listed
    assert lead.number not in words_of(as_user(outsider).get(reverse("leads_not_now")))


def test_who_said_not_now_stands_first_once_the_date_has_come(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    then = timezone.now() - 60 * DAY
    lead = make_lead(study_site, received_at=then - DAY)
    close_lead(
        lead=lead, code=CloseCode.NOT_NOW, by=coordinator, at=then, seen=None, until=then + 30 * DAY
    )

    listed = words_of(as_user(coordinator).get(reverse("leads_not_now")))

    assert "The date has come 1" in listed
    assert lead.number in listed


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


def test_several_leads_close_at_once_and_each_refusal_is_named(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    ready = silent(study_site, coordinator, attempts=5, days_ago=20)
    short = silent(study_site, coordinator, attempts=3, days_ago=20)
    early = silent(study_site, coordinator, attempts=5, days_ago=2)
    client = as_user(coordinator)
    url = reverse("leads_close")
    page = words_of(client.get(url))

    def send(*leads: Lead, **values: str) -> Any:
        chosen = [f"{lead.number}-{lead.version}" for lead in leads]
        return client.post(url, {"leads": chosen, "reason": "contact_unreached"} | values)

    nothing = send()
    alone = send(ready, reason="deceased")
    response = send(ready, short)

    assert ready.number in page
    assert short.number in page
    assert early.number not in page
    assert nothing.status_code == alone.status_code == 422
    assert "Choose at least one lead." in words_of(nothing)
    assert response.status_code == 409
    assert "1 lead closed, 1 lead refused" in words_of(response)
    assert "3 of 5 attempts made" in words_of(response)
    for lead, stage in ((ready, Stage.CLOSED_OTHER), (short, Stage.NO_RESPONSE)):
        lead.refresh_from_db()
        assert lead.stage == stage
        assert list(differences([lead])) == []
    assert send(ready).status_code == 422  # it is in the list no more


def test_a_closed_lead_is_reopened_with_its_next_action(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    post(client, "lead_close", lead, reason="pt_not_interested")
    nowhere = post(client, "lead_reopen", lead, due="proposed")

    saved = post(client, "lead_reopen", lead, to="coordinator_review", due="proposed")

    assert nowhere.status_code == 422
    assert "Choose the stage to reopen to." in words_of(nowhere)
    assert saved.status_code == 302
    assert lead.stage == Stage.COORDINATOR_REVIEW
    assert lead.next_actions.filter(ended_at=None).count() == 1
    assert "Reopened to Coordinator review" in page_of(client, lead)


def test_reopening_after_a_month_is_left_to_the_site_lead(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    then = timezone.now() - 40 * DAY
    lead = make_lead(study_site, received_at=then)
    close_lead(
        lead=lead, code=CloseCode.PT_NOT_INTERESTED, by=coordinator, at=then + HOUR, seen=None
    )
    values = {"to": "coordinator_review", "due": "proposed"}

    refused = post(as_user(coordinator), "lead_reopen", lead, **values)
    saved = post(as_user(site_lead), "lead_reopen", lead, **values)

    assert refused.status_code == 422
    assert "only a site lead reopens it" in words_of(refused)
    assert saved.status_code == 302


def test_after_do_not_contact_both_the_tick_and_how_are_needed(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    post(client, "lead_close", lead, reason="contact_dnc")
    values = {"to": "coordinator_review", "due": "proposed", "renewed": "Wrote to us"}

    unticked = post(client, "lead_reopen", lead, **values)
    saved = post(client, "lead_reopen", lead, came_back="on", **values)

    assert unticked.status_code == 422
    assert "came back by own wish. Say how." in words_of(unticked)
    assert saved.status_code == 302


def test_du3_a_new_inquiry_of_somebody_whose_lead_was_closed_lately_offers_to_reopen(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    somebody = make_enquirer(4711)
    closed = {}
    for code, days in (("pt_not_interested", 60), ("burden_cost", 120)):
        lead = make_lead(study_site, received_at=now - (days + 1) * DAY, enquirer=somebody)
        close_lead(lead=lead, code=CloseCode(code), by=coordinator, at=now - days * DAY, seen=None)
        closed[code] = lead
    values = {
        "study_site": study_site.pk,
        "source": closed["burden_cost"].source.pk,
        "first_name": "Ada",
        "phone": somebody.phones[0],
        "basis": "self_inquiry",
        "may_phone": "yes",
        "may_text": "unknown",
        "may_email": "unknown",
    }

    page = as_user(coordinator).post(reverse("lead_add"), values).content.decode()

    link = '<a href="{}#do-reopen">'
    recent, old = closed["pt_not_interested"], closed["burden_cost"]
    assert link.format(reverse("lead", args=[recent.number])) in page
    assert link.format(reverse("lead", args=[old.number])) not in page
