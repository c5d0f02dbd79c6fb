"""What the database itself refuses of a weekly review, whoever writes (W1, W5, W9, D34)."""

from typing import Any

import pytest
from django.db import DataError, IntegrityError, models, transaction

from accounts.models import User
from recruitment import models as m
from tests.factories.recruitment import make_lead
from tests.recruitment.weekly.held import DAY, OPENED

MONDAY = OPENED.date()
STUDY = "review of a study"
Made = dict[object, models.Model]


@pytest.fixture
def made(study_site: m.StudySite, site_lead: User) -> Made:
    """One row of each table, as they may be."""
    lead = make_lead(study_site)
    review = m.WeeklyReview.objects.create(
        site=study_site.site,
        monday=MONDAY,
        state="in_progress",
        since=OPENED - 7 * DAY,
        opened_at=OPENED,
        opened_by=site_lead,
    )
    of_study = m.WeeklyReview.objects.create(
        site=study_site.site, study_site=study_site, monday=MONDAY, state="skipped"
    )
    action = m.ReviewAction.objects.create(
        site=study_site.site,
        study_site=study_site,
        kind="unowned",
        words="Take them.",
        owner=site_lead,
        due_on=MONDAY,
        done_when="owned",
        value=4,
        agreed_at=OPENED,
        agreed_by=site_lead,
    )
    item = m.AgendaItem.objects.create(
        review=review,
        position=1,
        lane="ownership",
        kind="unowned",
        study_site=study_site,
        value=4,
    )
    rows: list[models.Model] = [
        review,
        action,
        m.ReviewActionLead.objects.create(action=action, lead=lead),
        item,
        m.AgendaLead.objects.create(item=item, lead=lead, position=1, stage=lead.stage),
        m.LastAction.objects.create(review=review, action=action, is_done=False, total=1, value=4),
        m.ReviewCorrection.objects.create(review=review, words="No.", at=OPENED, by=site_lead),
    ]
    forecast = m.VisitForecast.objects.create(review=review, first_on=MONDAY, booked=2)
    rows += [
        forecast,
        m.ForecastCheck.objects.create(review=review, forecast=forecast, attended=2),
        m.ReviewMovement.objects.create(
            review=review, study_site=study_site, code="received", number=4, before=2
        ),
        m.MeetingStep.objects.create(review=review, part="movement", at=OPENED, by=site_lead),
    ]
    return {type(row): row for row in rows} | {STUDY: of_study}


ENDED: dict[str, Any] = {"ended_at": OPENED, "ended_by_id": "somebody"}
BROKEN: list[tuple[str, object, dict[str, Any]]] = [
    ("agenda_item_kind_is_known", m.AgendaItem, {"kind": "weather"}),
    ("agenda_item_kind_is_known", m.AgendaItem, {"lane": "weather"}),
    ("agenda_item_cannot_end_vague", m.AgendaItem, {"ending": "act"} | ENDED),
    ("agenda_item_cannot_end_vague", m.AgendaItem, {"ending": "accept", "words": "No."} | ENDED),
    ("agenda_item_cannot_end_vague", m.AgendaItem, {"ending": "close"} | ENDED),
    ("agenda_item_cannot_end_vague", m.AgendaItem, {"ending": "close", "words": "No."}),
    ("agenda_item_cannot_end_vague", m.AgendaItem, {"ending": "later", "words": "No."} | ENDED),
    ("agenda_item_cannot_end_vague", m.AgendaItem, {"ended_at": OPENED}),
    ("last_action_done_of", m.LastAction, {"done": 2}),
    ("meeting_step_shows_one_thing", m.MeetingStep, {"part": "item"}),
    ("meeting_step_shows_one_thing", m.MeetingStep, {"part": "weather"}),
    ("review_movement_code_is_known", m.ReviewMovement, {"code": "weather"}),
    ("visit_forecast_is_a_range", m.VisitForecast, {"low": 2}),
    ("visit_forecast_is_a_range", m.VisitForecast, {"high": 2}),
    ("visit_forecast_is_a_range", m.VisitForecast, {"low": 3, "high": 2}),
    ("review_action_has_words", m.ReviewAction, {"words": ""}),
    ("review_action_kind_is_known", m.ReviewAction, {"kind": "weather"}),
    ("review_action_goal_of_its_sign", m.ReviewAction, {"goal": 2}),
    ("review_action_goal_of_its_sign", m.ReviewAction, {"done_when": "fewer"}),
    ("review_action_goal_of_its_sign", m.ReviewAction, {"done_when": "fewer", "goal": 4}),
    ("review_action_goal_of_its_sign", m.ReviewAction, {"done_when": "someday"}),
    ("review_action_ended_has_time", m.ReviewAction, {"state": "done"}),
    ("review_action_ended_has_time", m.ReviewAction, {"ended_at": OPENED}),
    ("weekly_review_monday", m.WeeklyReview, {"monday": MONDAY + DAY}),
    ("weekly_review_state_has_opening", m.WeeklyReview, {"opened_at": None}),
    ("weekly_review_state_has_opening", m.WeeklyReview, {"opened_by": None}),
    ("weekly_review_state_has_opening", m.WeeklyReview, {"since": None}),
    ("weekly_review_state_has_opening", STUDY, {"opened_at": OPENED}),
    ("weekly_review_completed_by_somebody", m.WeeklyReview, {"completed_at": OPENED}),
]
TWICE: list[tuple[str, object, dict[str, Any]]] = [
    ("agenda_item_position_once", m.AgendaItem, {}),
    ("agenda_lead_once", m.AgendaLead, {"position": 2}),
    ("agenda_lead_position_once", m.AgendaLead, {"lead": "another"}),
    ("last_action_once", m.LastAction, {}),
    ("review_action_lead_once", m.ReviewActionLead, {}),
    ("review_movement_once", m.ReviewMovement, {}),
    ("weekly_review_once_a_site", m.WeeklyReview, {}),
    ("weekly_review_once_a_study", STUDY, {}),
]


@pytest.mark.parametrize(("name", "model", "values"), BROKEN)
def test_a_row_that_may_not_be_is_refused(
    made: Made, site_lead: User, name: str, model: object, values: dict[str, Any]
) -> None:
    given = values | ({"ended_by_id": site_lead.pk} if "ended_by_id" in values else {})
    rows = type(made[model])._default_manager.filter(pk=made[model].pk)

    with pytest.raises((IntegrityError, DataError), match=name), transaction.atomic():
        rows.update(**given)


@pytest.mark.parametrize(("name", "model", "values"), TWICE)
def test_what_is_there_once_is_not_there_twice(
    made: Made,
    study_site: m.StudySite,
    name: str,
    model: object,
    values: dict[str, Any],
) -> None:
    row = made[model]
    for field, value in values.items():
        setattr(row, field, make_lead(study_site) if value == "another" else value)
    row.pk = None
    row._state.adding = True

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        row.save()


def test_a_correction_says_something(made: Made, site_lead: User) -> None:
    review = made[m.WeeklyReview]
    with pytest.raises(IntegrityError, match="review_correction_has_words"), transaction.atomic():
        m.ReviewCorrection.objects.create(review=review, words="", at=OPENED, by=site_lead)
