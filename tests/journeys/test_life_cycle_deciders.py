"""Who decides what before and after consent, over HTTP (LC7, CL3)."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, StudySite, StudyStaff
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from tests.factories.recruitment import StudyStaffFactory, make_lead
from tests.factories.stages import Steps, bring_to
from tests.journeys.gate_pages import page_of
from tests.recruitment.views.lead_steps import post, words_of

SignIn = Callable[[User], Client]
S = Stage


@pytest.fixture
def received_at() -> datetime:
    return (timezone.now() - timedelta(days=12)).replace(microsecond=0)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User, received_at: datetime) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=received_at)


def test_reviewing_the_answers_on_the_page_puts_the_lead_to_the_study_team(
    lead: Lead, coordinator: User, as_user: SignIn
) -> None:
    client = as_user(coordinator)
    assert "Review the answers" not in _titles(client, lead)
    bring_to(S.COORDINATOR_REVIEW, lead, coordinator)
    assert "Review the answers" in _titles(client, lead)

    values = {"fit": "to_clarify", "decision": "to_study_team", "due": "proposed"}
    for missing, words in (
        ("fit", "Say what was seen in the answers."),
        ("decision", "Choose where the review leads."),
    ):
        refused = post(client, "lead_answers_review", lead, **values | {missing: ""})
        assert refused.status_code == 422
        assert words in words_of(refused)
    saved = post(
        client, "lead_answers_review", lead,
        fit="to_clarify", decision="to_study_team", due="proposed", note="Asked about a medicine.",
    )  # fmt: skip

    assert saved.status_code == 302
    assert lead.reviews.get().decision == ""
    assert lead.waiting_on == "study_team"
    said = page_of(client, lead)
    assert "Answers: Question to clarify. For study-team review" in said
    assert "Asked about a medicine." in said
    assert "Wait for the study team" in said


def _titles(client: Client, lead: Lead) -> list[str]:
    context = client.get(reverse("lead", args=[lead.number])).context
    return [form.title for form in context["forms"]]


def test_a_delegated_coordinator_decides_on_the_answers_before_consent(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    delegated = StudyStaffFactory(
        study_site=study_site, name="Priya Raman", role="Coordinator", decides="prescreening"
    )
    bring_to(S.COORDINATOR_REVIEW, lead, coordinator)
    client = as_user(coordinator)

    closed = post(
        client, "lead_answers_review", lead,
        fit="conflict", decision="not_proceeding", to="not_qualified", due="proposed",
        reason="crit_medication", decided_by=delegated.pk,
    )  # fmt: skip

    assert closed.status_code == 302
    assert lead.stage == S.NOT_QUALIFIED
    assert "decided by Priya Raman, Coordinator" in page_of(client, lead)


def test_s71_a_screen_failure_names_who_on_the_study_team_decided_and_the_timeline_shows_both(
    lead: Lead, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    investigator = StudyStaffFactory(study_site=study_site, name="Dr. Ines Quill")
    delegated = StudyStaffFactory(
        study_site=study_site, name="Pat Delegate", decides="prescreening"
    )
    bring_to(S.SCREENED, lead, coordinator)
    client = as_user(coordinator)
    close = {"reason": "crit_labs", "due": "proposed"}

    unnamed = post(client, "lead_close", lead, **close)
    wrong = post(client, "lead_close", lead, **close, decided_by=delegated.pk)
    assert unnamed.status_code == wrong.status_code == 422
    assert "Name who on the study team decided" in words_of(unnamed)
    assert lead.stage == S.SCREENED
    closed = post(client, "lead_close", lead, **close, decided_by=investigator.pk)

    assert closed.status_code == 302
    assert lead.stage == S.NOT_QUALIFIED
    said = page_of(client, lead)
    timeline = said[said.index("Timeline") :]
    assert "Decided by Dr. Ines Quill, Investigator on" in timeline
    assert "recorded by Priya Raman" in timeline


@pytest.mark.parametrize("decides", [code for code, _ in StudyStaff.DECIDES])
def test_an_administrator_chooses_what_a_member_decides(
    study_site: StudySite, administrator: User, as_user: SignIn, decides: str
) -> None:
    values = {"name": "Sam Member", "role": "Coordinator", "is_active": "on", "decides": decides}

    saved = as_user(administrator).post(reverse("study_staff_add", args=[study_site.pk]), values)

    assert saved.status_code == 302
    assert study_site.staff.get().decides == decides
    listed = as_user(administrator).get(reverse("study_staff_list", args=[study_site.pk]))
    assert study_site.staff.get().get_decides_display() in words_of(listed)


def test_an_unknown_way_of_deciding_is_refused(
    study_site: StudySite, administrator: User, as_user: SignIn
) -> None:
    values = {"name": "Sam Member", "role": "Coordinator", "is_active": "on", "decides": "all"}

    refused = as_user(administrator).post(reverse("study_staff_add", args=[study_site.pk]), values)

    assert refused.status_code == 422
    assert not study_site.staff.exists()


def test_who_is_delegated_for_prescreening_decides_nothing_after_consent(
    lead: Lead, study_site: StudySite, coordinator: User
) -> None:
    delegated = StudyStaffFactory(study_site=study_site, decides="prescreening")
    steps: Steps = bring_to(S.SCREENED, lead, coordinator)
    for to, reason in (
        (S.ENROLLED, ""),
        (S.NOT_QUALIFIED, CloseCode.CRIT_LABS),
        (S.CLOSED_OTHER, CloseCode.CONSENT_DECLINED),
    ):
        with pytest.raises(InvalidInput, match="name who on the study team decided") as refusal:
            steps.move(to, reason=reason, decided_by=delegated)
        assert refusal.value.field == "decided_by"
    steps.book()
    with pytest.raises(InvalidInput, match="name who on the study team decided"):
        steps.move(S.NOT_QUALIFIED, reason=CloseCode.CRIT_LABS, decided_by=delegated)
