"""Taking closed leads back into work, and closing at a knock-out answer (LC11, D26)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import DoNotContact, Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult
from recruitment.services.closing import close_lead
from recruitment.services.corrections import correct_stage
from recruitment.services.knock_outs import close_at_knock_out
from recruitment.services.log import change
from recruitment.services.moves import move_lead
from recruitment.services.reopening import reopen_lead
from tests.factories.recruitment import MONDAY, StudyStaffFactory, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
C = CloseCode


def closed(study_site: StudySite, by: User, code: CloseCode) -> Lead:
    lead = make_lead(study_site)
    close_lead(lead=lead, code=code, by=by, at=MONDAY + HOUR, seen=None)
    lead.refresh_from_db()
    return lead


def reopen(
    lead: Lead, by: User, after: timedelta, to: Stage = Stage.NEW_INQUIRY, **more: object
) -> None:
    at = MONDAY + HOUR + after
    plan = Plan(ActionType.DECIDE_CLOSE, at + DAY)
    reopen_lead(lead=lead, to=to, plan=plan, by=by, at=at, seen=None, **more)  # type: ignore[arg-type]
    lead.refresh_from_db()
    assert list(differences([lead])) == []


@pytest.mark.parametrize("to", [Stage.NEW_INQUIRY, Stage.COORDINATOR_REVIEW])
def test_a_coordinator_reopens_within_thirty_days(
    study_site: StudySite, coordinator: User, to: Stage
) -> None:
    lead = closed(study_site, coordinator, C.BURDEN_COST)

    reopen(lead, coordinator, 30 * DAY, to=to, note="Called about it")

    assert lead.stage == to
    assert lead.milestones.filter(code="reopened").exists()


def test_later_only_a_site_lead_reopens(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = closed(study_site, coordinator, C.BURDEN_COST)

    with pytest.raises(Refusal, match="only a site lead"):
        reopen(lead, coordinator, 31 * DAY)
    reopen(lead, site_lead, 31 * DAY)

    assert lead.stage == Stage.NEW_INQUIRY


@pytest.mark.parametrize("code", [C.SRC_DUPLICATE, C.SRC_SPAM])
def test_duplicates_and_spam_are_a_site_leads(
    study_site: StudySite, coordinator: User, site_lead: User, code: CloseCode
) -> None:
    lead = closed(study_site, coordinator, code)

    with pytest.raises(Refusal, match="only a site lead"):
        reopen(lead, coordinator, DAY)
    reopen(lead, site_lead, DAY)


def test_after_do_not_contact_the_person_comes_back_and_it_is_lifted(
    study_site: StudySite, coordinator: User
) -> None:
    lead = closed(study_site, coordinator, C.CONTACT_DNC)

    with pytest.raises(InvalidInput) as refusal:
        reopen(lead, coordinator, DAY)
    reopen(lead, coordinator, DAY, renewed="Wrote to us on her own")

    assert refusal.value.field == "renewed"
    assert not DoNotContact.objects.filter(lifted_at__isnull=True).exists()


def test_nobody_who_died_is_taken_up_again_in_any_study(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    earlier = closed(study_site, coordinator, C.BURDEN_COST)
    lead = make_lead(study_site, person=earlier.person)
    close_lead(lead=lead, code=C.DECEASED, by=coordinator, at=MONDAY + 2 * HOUR, seen=None)

    for row in (earlier, lead):
        with pytest.raises(Refusal, match="not reopened"):
            reopen(row, site_lead, DAY, renewed="A relative called")


def test_a_lead_that_is_open_or_goes_to_a_closed_stage_is_not_reopened(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    with pytest.raises(InvalidInput, match="open already"):
        reopen(lead, coordinator, DAY)
    lead = closed(study_site, coordinator, C.BURDEN_COST)
    with pytest.raises(InvalidInput, match="stage to reopen to"):
        reopen(lead, coordinator, DAY, to=Stage.ENROLLED)


def test_an_enrollment_is_corrected_by_a_site_lead_with_a_reason_alone(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = enrolled(study_site, coordinator)
    at = MONDAY + 20 * DAY
    plan = Plan(ActionType.RECORD_OUTCOME, at + DAY)

    def correct(by: User, reason: str) -> None:
        correct_stage(
            lead=lead,
            to=Stage.SCREENED,
            reason=reason,
            by=by,
            at=at,
            seen=None,  # type: ignore[arg-type]
            plan=plan,
        )

    for by, reason in ((coordinator, "Wrong lead"), (site_lead, "")):
        with pytest.raises(Refusal):
            correct(by, reason)
    with pytest.raises(Refusal):
        reopen(lead, site_lead, 20 * DAY, to=Stage.SCREENED)
    correct(site_lead, "Wrong lead")

    lead.refresh_from_db()
    assert lead.stage == Stage.SCREENED
    assert lead.events.filter(kind="gate_overridden", code="final").count() == 1
    assert not lead.milestones.filter(code="enrolled").exists()
    assert list(differences([lead])) == []


def enrolled(study_site: StudySite, by: User) -> Lead:
    """A lead that the study team enrolled, with the events alone that lead there."""
    lead = make_lead(study_site)
    decider = StudyStaffFactory(study_site=study_site)
    with change(lead, by=by, at=MONDAY + DAY, seen=None) as work:
        for source, to in (
            (Stage.NEW_INQUIRY, Stage.CONTACTED),
            (Stage.CONTACTED, Stage.SCREENED),
        ):
            work.add(EventKind.STAGE_CHANGED, from_stage=source, to_stage=to, decided_by=decider)
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.ENROLLED,
        by=by,
        at=MONDAY + 10 * DAY,
        seen=lead.version,
        decided_by=decider,
    )
    lead.refresh_from_db()
    return lead


# Knock-out --------------------------------------------------------------------------------------


def knock_out(lead: Lead, by: User, **more: object) -> None:
    values = {"code": C.CRIT_AGE_OTHER, "decided_by": None} | more
    close_at_knock_out(lead=lead, by=by, at=MONDAY + DAY, seen=None, **values)  # type: ignore[arg-type]
    lead.refresh_from_db()
    assert list(differences([lead])) == []


def test_a_knock_out_on_the_first_call_writes_every_milestone_in_one_step(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    delegate = StudyStaffFactory(study_site=study_site, decides="prescreening", user=coordinator)

    knock_out(lead, coordinator, channel=Channel.PHONE, result=ContactResult.REACHED)

    assert lead.stage == Stage.NOT_QUALIFIED
    codes = set(lead.milestones.values_list("code", flat=True))
    assert codes >= {
        "first_attempt",
        "first_two_way_contact",
        "prescreen_started",
        "prescreen_completed",
        "reviewed",
        "closed",
    }
    last = lead.events.get(to_stage="not_qualified")
    assert (last.decided_by, last.actor, last.reason_code) == (
        delegate,
        coordinator,
        "crit_age_other",
    )
    assert lead.events.filter(action_id=last.action_id).count() >= 7
    moves = list(
        lead.events.filter(kind="stage_changed")
        .order_by("seq")
        .values_list("from_stage", "to_stage")
    )
    assert moves == [("new_inquiry", "contacted"), ("contacted", "not_qualified")]
    review = lead.events.get(kind="answers_reviewed")
    assert (review.code, review.reason_code) == ("not_proceeding", "conflict")


def test_a_knock_out_in_answers_that_were_filled_in_needs_no_contact(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    decider = StudyStaffFactory(study_site=study_site)

    knock_out(lead, coordinator, decided_by=decider)

    assert lead.stage == Stage.NOT_QUALIFIED
    assert not lead.milestones.filter(code="first_two_way_contact").exists()
    assert lead.came_from == Stage.COORDINATOR_REVIEW


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({}, "decided_by"),
        ({"code": C.CRIT_LABS}, "reason"),
        ({"code": C.BURDEN_COST}, "reason"),
        ({"channel": Channel.PHONE}, "result"),
        ({"result": ContactResult.REACHED}, "channel"),
        ({"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER}, "result"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_a_knock_out_names_what_is_missing_and_writes_nothing(
    study_site: StudySite, coordinator: User, more: dict[str, object], field: str
) -> None:
    lead = make_lead(study_site)
    before = lead.version

    with pytest.raises(InvalidInput) as refusal:
        knock_out(lead, coordinator, **more)

    lead.refresh_from_db()
    assert refusal.value.field == field
    assert (lead.version, lead.stage) == (before, Stage.NEW_INQUIRY)


def test_somebody_who_is_not_delegated_does_not_decide_a_knock_out(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)
    StudyStaffFactory(
        study_site=study_site, decides="prescreening", user=coordinator, is_active=False
    )

    with pytest.raises(InvalidInput, match="Name who"):
        knock_out(lead, coordinator)


def test_a_lead_past_study_team_review_has_no_knock_out(
    study_site: StudySite, coordinator: User
) -> None:
    lead = closed(study_site, coordinator, C.BURDEN_COST)

    with pytest.raises(Refusal, match="before study-team review"):
        knock_out(lead, coordinator, decided_by=StudyStaffFactory(study_site=study_site))
