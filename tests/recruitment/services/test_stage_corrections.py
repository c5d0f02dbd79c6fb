"""A wrong stage or close reason corrected: both stand in the log, the true one counts (AU4)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
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


def _closed(lead: Lead, by: User) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="src_duplicate",
        by=by,
        at=AT,
        seen=lead.version,
    )
    lead.refresh_from_db()


def _correct(lead: Lead, to: Stage, by: User, *, at: datetime = SOON, **values: Any) -> None:
    """The stage is corrected, and the row says what the log says."""
    given = {"reason": ""} | values
    correct_stage(lead=lead, to=to, by=by, at=at, seen=lead.version, **given)
    lead.refresh_from_db()
    assert list(differences([lead])) == []


def test_a_stage_corrected_keeps_both_in_the_log_and_the_true_one_counts(
    lead: Lead, coordinator: User
) -> None:
    _moved(lead, coordinator, Stage.NO_RESPONSE)

    plan = plan_of(NEXT_WEEK)
    reason = "She had answered."
    _correct(lead, Stage.CONTACTED, coordinator, at=NEXT_WEEK, reason=reason, plan=plan)

    changes = lead.events.filter(kind=EventKind.STAGE_CHANGED).order_by("seq")
    assert [(e.from_stage, e.to_stage, e.code) for e in changes] == [
        (Stage.NEW_INQUIRY, Stage.NO_RESPONSE, ""),
        (Stage.NEW_INQUIRY, Stage.CONTACTED, "corrected"),
    ]
    assert (lead.stage, lead.stage_entered_at) == (Stage.CONTACTED, AT)


def test_a_lead_that_never_moved_is_put_back_where_it_was(lead: Lead, coordinator: User) -> None:
    _moved(lead, coordinator, Stage.CONTACTED)

    _correct(lead, Stage.NEW_INQUIRY, coordinator)

    assert lead.stage == Stage.NEW_INQUIRY
    assert lead.next_actions.filter(ended_at__isnull=True).count() == 1


def test_a_close_corrected_to_open_asks_for_the_next_action(lead: Lead, coordinator: User) -> None:
    _closed(lead, coordinator)

    reason = "Another person."
    with pytest.raises(InvalidInput, match="what happens next"):
        _correct(lead, Stage.NEW_INQUIRY, coordinator, reason=reason)
    _correct(lead, Stage.NEW_INQUIRY, coordinator, reason=reason, plan=plan_of(SOON))

    assert lead.stage == Stage.NEW_INQUIRY
    assert milestone(lead, "closed") is None
    assert milestone(lead, "reopened") is None


def test_a_wrong_close_reason_is_corrected_by_a_new_one(lead: Lead, coordinator: User) -> None:
    _closed(lead, coordinator)

    _correct(
        lead,
        Stage.CLOSED_OTHER,
        coordinator,
        at=NEXT_WEEK,
        reason="Chose the wrong line.",
        close_reason="pt_not_interested",
    )

    last = lead.events.filter(kind=EventKind.STAGE_CHANGED).order_by("-seq").first()
    assert last is not None
    assert (last.reason_code, last.occurred_at) == ("pt_not_interested", AT)


def test_a_correction_keeps_to_the_moves_that_were_allowed_then(
    lead: Lead, coordinator: User
) -> None:
    _moved(lead, coordinator, Stage.CONTACTED)

    with pytest.raises(IllegalMove, match="Allowed from here"):
        _correct(lead, Stage.READY_TO_SCHEDULE, coordinator, plan=plan_of(SOON))
    lead.refresh_from_db()
    assert lead.stage == Stage.CONTACTED
