"""A wrong stage or close reason corrected: both stand in the log, the true one counts (AU4)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import IllegalMove, InvalidInput
from recruitment.rules.stages import Stage
from recruitment.services.corrections import correct_stage
from recruitment.services.moves import move_lead
from tests.factories.recruitment import MONDAY, make_lead
from tests.recruitment.services.corrected import milestone, plan_of

AT = MONDAY + timedelta(hours=1)
SOON = AT + timedelta(hours=2)
NEXT_WEEK = AT + timedelta(days=7)


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def _moved(lead: Lead, by: User, to: Stage) -> None:
    move_lead(lead=lead, to=to, by=by, at=AT, seen=lead.version, plan=plan_of(AT))
    lead.refresh_from_db()


def test_a_stage_corrected_keeps_both_in_the_log_and_the_true_one_counts(
    lead: Lead, coordinator: User
) -> None:
    _moved(lead, coordinator, Stage.NO_RESPONSE)

    correct_stage(
        lead=lead,
        to=Stage.CONTACTED,
        reason="She had answered.",
        by=coordinator,
        at=NEXT_WEEK,
        seen=lead.version,
        plan=plan_of(NEXT_WEEK),
    )

    lead.refresh_from_db()
    changes = lead.events.filter(kind=EventKind.STAGE_CHANGED).order_by("seq")
    assert [(e.from_stage, e.to_stage, e.code) for e in changes] == [
        (Stage.NEW_INQUIRY, Stage.NO_RESPONSE, ""),
        (Stage.NEW_INQUIRY, Stage.CONTACTED, "corrected"),
    ]
    assert (lead.stage, lead.stage_entered_at) == (Stage.CONTACTED, AT)
    assert list(differences([lead])) == []


def test_a_lead_that_never_moved_is_put_back_where_it_was(lead: Lead, coordinator: User) -> None:
    _moved(lead, coordinator, Stage.CONTACTED)

    correct_stage(
        lead=lead, to=Stage.NEW_INQUIRY, reason="", by=coordinator, at=SOON, seen=lead.version
    )

    lead.refresh_from_db()
    assert lead.stage == Stage.NEW_INQUIRY
    assert lead.next_actions.filter(ended_at__isnull=True).count() == 1
    assert list(differences([lead])) == []


def test_a_close_corrected_to_open_asks_for_the_next_action(lead: Lead, coordinator: User) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="src_duplicate",
        by=coordinator,
        at=AT,
        seen=lead.version,
    )
    lead.refresh_from_db()

    def correct(plan: Plan | None) -> None:
        correct_stage(
            lead=lead,
            to=Stage.NEW_INQUIRY,
            reason="Another person.",
            by=coordinator,
            at=SOON,
            seen=lead.version,
            plan=plan,
        )

    with pytest.raises(InvalidInput, match="what happens next"):
        correct(None)
    correct(plan_of(SOON))

    lead.refresh_from_db()
    assert lead.stage == Stage.NEW_INQUIRY
    assert milestone(lead, "closed") is None
    assert milestone(lead, "reopened") is None
    assert list(differences([lead])) == []


def test_a_wrong_close_reason_is_corrected_by_a_new_one(lead: Lead, coordinator: User) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="src_duplicate",
        by=coordinator,
        at=AT,
        seen=lead.version,
    )
    lead.refresh_from_db()

    correct_stage(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="Chose the wrong line.",
        close_reason="pt_not_interested",
        by=coordinator,
        at=NEXT_WEEK,
        seen=lead.version,
    )

    lead.refresh_from_db()
    last = lead.events.filter(kind=EventKind.STAGE_CHANGED).order_by("-seq").first()
    assert last is not None
    assert (last.reason_code, last.occurred_at) == ("pt_not_interested", AT)
    assert list(differences([lead])) == []


def test_a_correction_keeps_to_the_moves_that_were_allowed_then(
    lead: Lead, coordinator: User
) -> None:
    _moved(lead, coordinator, Stage.CONTACTED)

    with pytest.raises(IllegalMove, match="Allowed from here"):
        correct_stage(
            lead=lead,
            to=Stage.READY_TO_SCHEDULE,
            reason="",
            by=coordinator,
            at=SOON,
            seen=lead.version,
            plan=plan_of(SOON),
        )
    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED
