"""The gate before scheduling through the services: what holds, what is let pass, what is asked."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import LeadNote, Person, ReadinessItem, StudySite
from recruitment.queries.overrides import overrides
from recruitment.queries.projection import differences
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    BlockerCategory,
    Party,
    RecordsState,
    VisitResult,
)
from recruitment.rules.work_codes import ReadinessItemCode
from recruitment.services.blockers import open_blocker
from recruitment.services.gates import GateClosed
from recruitment.services.overrides import NotSiteLead
from recruitment.services.visits import end_visit
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.services.gate_steps import set_records

S = Stage
WHY = "The sponsor's physician saw the scans on the phone."


@pytest.fixture
def steps(study_site: StudySite, coordinator: User) -> Steps:
    """A lead whose answers were reviewed and whose lab results were asked for."""
    steps = bring_to(S.RECORDS_NEEDED, make_lead(study_site), coordinator)
    set_records(steps.lead, RecordsState.REQUESTED)
    return steps


def _block(steps: Steps, category: BlockerCategory, party: Party | None = None) -> None:
    open_blocker(
        category=category,
        waiting_on=party,
        review_by=steps.at + timedelta(days=3),
        **steps.common(),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("state", list(RecordsState))
def test_records_that_are_not_through_hold_a_lead_back(steps: Steps, state: RecordsState) -> None:
    set_records(steps.lead, state)
    through = state in {RecordsState.REVIEWED, RecordsState.WAIVED, RecordsState.NOT_REQUIRED}

    if through:
        steps.move(S.READY_TO_SCHEDULE)
    else:
        with pytest.raises(GateClosed, match="Lab results") as refusal:
            steps.move(S.READY_TO_SCHEDULE)
        assert [lack.code for lack in refusal.value.lacks] == ["records"]
    steps.lead.refresh_from_db()
    assert steps.lead.stage == (S.READY_TO_SCHEDULE if through else S.RECORDS_NEEDED)
    assert list(differences([steps.lead])) == []


def test_s32_a_site_lead_overrides_with_a_reason_and_the_week_lists_it(
    steps: Steps, site_lead: User
) -> None:
    steps.by = site_lead

    steps.move(S.READY_TO_SCHEDULE, override=WHY)

    lead = steps.lead
    assert lead.stage == S.READY_TO_SCHEDULE
    event = lead.events.get(kind="gate_overridden")
    assert (event.code, event.reason_code, event.actor) == (
        "ready_to_schedule",
        "records",
        site_lead,
    )
    said = LeadNote.objects.get(event=event).text
    assert said.startswith(WHY)
    assert "Lab results" in said
    week = {"start": MONDAY - timedelta(days=1), "end": MONDAY + timedelta(days=6)}
    (listed,) = overrides([lead.study_site], **week)
    assert (listed.lead_number, listed.by) == (lead.number, site_lead.name)
    assert (listed.gate, listed.missing) == ("Ready to schedule", ("Records",))
    assert listed.reason == said
    assert (
        overrides([lead.study_site], start=week["end"], end=week["end"] + timedelta(days=7)) == []
    )
    assert overrides([StudySiteFactory()], **week) == []


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("", "waits for this"),
        ("   ", "waits for this"),
        ("ok", "in a few words"),
        ("x" * 301, "300"),
    ],
)
def test_an_override_without_a_reason_is_refused_and_writes_nothing(
    steps: Steps, site_lead: User, reason: str, words: str
) -> None:
    steps.by = site_lead
    before = steps.lead.version

    with pytest.raises(InvalidInput, match=words) as refusal:
        steps.move(S.READY_TO_SCHEDULE, override=reason)

    assert refusal.value.field == "override"
    steps.lead.refresh_from_db()
    assert steps.lead.version == before


def test_only_a_site_lead_of_this_study_overrides(steps: Steps, reviewer: User) -> None:
    for somebody in (steps.by, reviewer):
        steps.by = somebody
        with pytest.raises(NotSiteLead, match="Only a site lead"):
            steps.move(S.READY_TO_SCHEDULE, override=WHY)


def test_an_override_of_nothing_is_not_written(steps: Steps) -> None:
    set_records(steps.lead, RecordsState.REVIEWED)

    steps.move(S.READY_TO_SCHEDULE, override=WHY)

    assert not steps.lead.events.filter(kind="gate_overridden").exists()


def test_what_was_let_pass_holds_for_the_booking_until_the_lead_goes_back(
    steps: Steps, site_lead: User, coordinator: User
) -> None:
    steps.by = site_lead
    steps.move(S.READY_TO_SCHEDULE, override=WHY)
    steps.by = coordinator

    steps.book()
    assert steps.lead.stage == S.SCHEDULED
    end_visit(
        result=VisitResult.PATIENT_CANCELED,
        plan=steps.plan(),
        **steps.common(),  # type: ignore[arg-type]
    )
    steps.book()
    end_visit(
        result=VisitResult.SITE_CANCELED,
        plan=steps.plan(),
        **steps.common(),  # type: ignore[arg-type]
    )
    steps.move(S.RECORDS_NEEDED)

    with pytest.raises(GateClosed, match="Lab results"):
        steps.move(S.READY_TO_SCHEDULE)


def test_a_blocker_is_looked_at_again_before_a_booking(steps: Steps, site_lead: User) -> None:
    steps.by = site_lead
    set_records(steps.lead, RecordsState.REVIEWED)
    _block(steps, BlockerCategory.PATIENT_DECIDING)
    steps.move(S.READY_TO_SCHEDULE, override=WHY)

    with pytest.raises(GateClosed, match="Deciding"):
        steps.book()


def test_a_blocker_that_does_not_pause_holds_nobody_back(steps: Steps) -> None:
    set_records(steps.lead, RecordsState.REVIEWED)
    _block(steps, BlockerCategory.VISIT_CAPACITY, Party.VISIT_CAPACITY)

    steps.move(S.READY_TO_SCHEDULE)

    assert steps.lead.stage == S.READY_TO_SCHEDULE


def test_a_visit_that_was_not_held_leads_back_whatever_came_since(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(S.SCHEDULED, make_lead(study_site), coordinator)
    set_records(steps.lead, RecordsState.NEEDED)
    _block(steps, BlockerCategory.PATIENT_DECIDING)

    end_visit(
        result=VisitResult.PATIENT_CANCELED,
        plan=steps.plan(),
        **steps.common(),  # type: ignore[arg-type]
    )

    steps.lead.refresh_from_db()
    assert steps.lead.stage == S.READY_TO_SCHEDULE


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"place": ""}, "where the visit takes place"),
        ({"place": "   "}, "where the visit takes place"),
        ({"preparation_sent": False}, "how to prepare"),
    ],
)
def test_a_visit_stands_with_place_and_preparation(
    study_site: StudySite, coordinator: User, values: dict[str, object], words: str
) -> None:
    steps = bring_to(S.READY_TO_SCHEDULE, make_lead(study_site), coordinator)

    with pytest.raises(GateClosed, match=words):
        steps.book(**values)

    steps.lead.refresh_from_db()
    assert steps.lead.stage == S.READY_TO_SCHEDULE
    assert not steps.lead.visits.exists()


def test_s35_booking_without_the_interpreter_arranged_is_refused_or_overridden(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    steps = bring_to(S.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
    Person.objects.filter(pk=steps.lead.person_id).update(needs_interpreter=True)

    with pytest.raises(GateClosed, match="Arrange the interpreter"):
        steps.book()
    with pytest.raises(NotSiteLead):
        steps.book(override=WHY)
    assert steps.lead.stage == S.READY_TO_SCHEDULE
    steps.by = site_lead
    steps.book(override="Her daughter interprets, and the study allows it.")

    assert steps.lead.stage == S.SCHEDULED
    event = steps.lead.events.get(kind="gate_overridden")
    assert (event.code, event.reason_code) == ("scheduled", "language")


def test_an_interpreter_that_is_arranged_lets_the_visit_stand(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(S.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
    Person.objects.filter(pk=steps.lead.person_id).update(needs_interpreter=True)

    steps.book(interpreter_arranged=True)

    assert steps.lead.stage == S.SCHEDULED


def test_an_item_of_the_checklist_that_is_not_clear_holds_the_booking_back(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(S.READY_TO_SCHEDULE, make_lead(study_site), coordinator)
    ReadinessItem.objects.create(
        lead=steps.lead, code=ReadinessItemCode.TRAVEL, state="not_clear", changed_at=steps.at
    )

    with pytest.raises(GateClosed, match="Clear up first: Travel or transport"):
        steps.book()
