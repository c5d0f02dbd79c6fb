"""The study team's tray: who asked, what answers, the decision, and back to the tray (S7, LC7)."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Review, StudyBlocker, StudySite
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party
from recruitment.rules.work_codes import AnswersDecision, FitSignal
from recruitment.services.blockers import open_blocker
from recruitment.services.reviews import request_review
from tests.factories.recruitment import StudyStaffFactory, make_lead
from tests.factories.stages import bring_to
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]


def asked(study_site: StudySite, by: User, days: int = 5) -> Lead:
    """A lead about which the study team was asked."""
    lead = make_lead(study_site, owner=by, received_at=timezone.now() - timedelta(days=days))
    steps = bring_to(Stage.COORDINATOR_REVIEW, lead, by)
    steps.review(
        decision=AnswersDecision.TO_STUDY_TEAM, fit=FitSignal.TO_CLARIFY, note="Takes a new pill."
    )
    if not Review.objects.filter(lead=lead).exists():
        request_review(
            lead=lead,
            plan=Plan(ActionType.AWAIT_REVIEW, timezone.now() + timedelta(days=1)),
            by=by,
            at=timezone.now(),
            seen=lead.version,
        )
    lead.refresh_from_db()
    return lead


def decide(client: Client, lead: Lead, **data: object) -> object:
    lead.refresh_from_db()
    values = {"seen": lead.version, "decision": "proceed", "due": "proposed"} | data
    return client.post(reverse("review_decide", args=[lead.number]), values)


def test_the_tray_shows_who_asked_since_when_and_what_was_seen_in_the_answers(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    first, second = asked(study_site, coordinator, 9), asked(study_site, coordinator, 5)

    said = words_of(as_user(reviewer).get(reverse("review_tray")))

    assert "2 reviews wait" in said
    assert said.index(first.number) < said.index(second.number)
    assert "by Priya Raman" in said
    assert "Question to clarify" in said
    assert "Takes a new pill." in said


def test_several_are_decided_one_after_the_other_and_each_leads_back_to_the_tray(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    leads = [asked(study_site, coordinator) for _ in range(3)]
    reader, client = StudyStaffFactory(study_site=study_site, user=reviewer), as_user(reviewer)
    page = client.get(reverse("review_decide", args=[leads[0].number])).content.decode()
    assert f'value="{reader.pk}" selected' in page
    more = {"decision": "more_needed"}
    closes = {"decision": "not_proceeding", "to": "not_qualified", "reason": "crit_medication"}

    for lead, data in zip(leads, ({}, more, closes), strict=True):
        saved = decide(client, lead, decided_by=reader.pk, **data)
        assert saved.status_code == 302
        assert saved["Location"] == reverse("review_tray")

    decisions = [lead.reviews.get().decision for lead in leads]
    assert decisions == ["proceed", "more_needed", "not_proceeding"]
    assert {lead.reviews.get().recorded_by for lead in leads} == {reviewer}
    leads[2].refresh_from_db()
    assert leads[2].stage == Stage.NOT_QUALIFIED
    assert "No review waits" in words_of(client.get(reverse("review_tray")))


def test_a_decision_without_its_decider_is_refused_beside_what_it_is_about(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    lead = asked(study_site, coordinator)

    refused = decide(as_user(reviewer), lead)

    assert refused.status_code == 422
    assert "Name who on the study team decided." in words_of(refused)
    assert "Takes a new pill." in words_of(refused)
    assert lead.reviews.get().decision == ""


def test_a_page_of_yesterday_is_refused_and_shows_the_lead_as_it_is_now(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    lead = asked(study_site, coordinator)
    reader = StudyStaffFactory(study_site=study_site)
    late = decide(as_user(reviewer), lead, seen=lead.version - 1, decided_by=reader.pk)

    assert late.status_code == 409
    assert "A colleague was first" in words_of(late)
    assert lead.reviews.get().decision == ""
    decide(as_user(reviewer), lead, decided_by=reader.pk)
    gone = as_user(coordinator).get(reverse("review_decide", args=[lead.number]))
    assert gone["Location"] == reverse("review_tray")


def test_the_sheet_lists_reviews_and_decisions_by_how_long_they_wait_and_names_nobody(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    lead = asked(study_site, coordinator)
    other = make_lead(study_site, owner=coordinator, received_at=timezone.now() - timedelta(days=8))
    open_blocker(
        lead=other,
        category=BlockerCategory.MEDICATION_REVIEW,
        review_by=timezone.now() + timedelta(days=2),
        by=coordinator,
        at=timezone.now(),
        seen=other.version,
    )
    assert other.blockers.get().waiting_on == Party.STUDY_TEAM

    said = words_of(as_user(reviewer).get(reverse("team_waits")))

    assert "Site use only" in said
    assert said.index(lead.number) < said.index(other.number)
    assert "Medication review" in said
    assert lead.person.last_name not in said


def test_what_staff_wrote_about_a_lead_stands_on_the_sheet_only_when_it_is_asked_for(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    open_blocker(
        lead=lead,
        category=BlockerCategory.MEDICATION_REVIEW,
        review_by=timezone.now() + timedelta(days=2),
        detail="Ask Mrs. Quackenbush about her dose",
        by=coordinator,
        at=timezone.now(),
        seen=lead.version,
    )
    StudyBlocker.objects.create(
        study_site=study_site,
        category=BlockerCategory.MEDICATION_REVIEW,
        waiting_on=Party.STUDY_TEAM,
        opened_at=timezone.now(),
        review_by=timezone.now() + timedelta(days=7),
        detail="Amendment 3",
    )

    sheet = words_of(as_user(reviewer).get(reverse("team_waits")))
    copy = words_of(as_user(reviewer).get(reverse("team_waits"), {"words": "yes"}))

    assert "Quackenbush" not in sheet
    assert "Amendment 3" in sheet, "of a study as a whole, so of nobody"
    assert "Ask Mrs. Quackenbush about her dose" in copy


def test_another_sites_reviews_are_not_in_the_tray_and_cannot_be_decided(
    study_site: StudySite, coordinator: User, outsider: User, as_user: SignIn
) -> None:
    lead, client = asked(study_site, coordinator), as_user(outsider)

    assert lead.number not in words_of(client.get(reverse("review_tray")))
    assert lead.number not in words_of(client.get(reverse("team_waits")))
    assert client.get(reverse("review_decide", args=[lead.number])).status_code == 404
