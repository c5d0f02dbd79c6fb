"""Rows for the weekly review, which its site's leads hold."""

from datetime import time
from typing import Any

from recruitment.models import ReviewAction
from recruitment.rules.patient_groups import ChangeTarget, InputTopic
from recruitment.rules.weekly.codes import DoneWhen, ItemKind
from recruitment.services.asks import raise_ask
from recruitment.services.patient_groups import record_patient_change
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY
from tests.recruitment.asks.held import ASKED, question
from tests.recruitment.weekly.held import held_open

STAFF = ("coordinator", "site_lead", "reviewer")


def _review(world: Any) -> dict[str, Any]:
    return {"pk": held_open(world.study_site, world.people["site_lead"]).pk}


def _item(world: Any) -> dict[str, Any]:
    return _review(world) | {"position": 1}


def _action(world: Any) -> dict[str, Any]:
    return {"pk": 1}


def _held_at_a_time(world: Any) -> dict[str, Any]:
    site = world.study_site.site
    site.review_weekday, site.review_at = 1, time(10)
    site.save()
    return _review(world)


def _own_action(world: Any) -> dict[str, Any]:
    action = ReviewAction.objects.create(
        site=world.study_site.site,
        study_site=world.study_site,
        kind=ItemKind.UNOWNED,
        words="Take them.",
        owner=world.people["coordinator"],
        due_on=MONDAY.date(),
        done_when=DoneWhen.SAID,
        value=1,
        agreed_at=MONDAY,
        agreed_by=world.people["site_lead"],
    )
    return {"pk": action.pk}


def _paper(world: Any) -> dict[str, Any]:
    return _review(world) | {"size": "a4"}


def _patient_change(world: Any) -> dict[str, Any]:
    made = record_patient_change(
        study_site=world.study_site,
        topic=InputTopic.COSTS,
        target=ChangeTarget.BURDEN,
        words="Parking is told of before the first visit.",
        on=MONDAY.date(),
        by=world.people["site_lead"],
        at=MONDAY,
    )
    return {"pk": made.pk}


def _ask(world: Any) -> dict[str, Any]:
    asked, led = question(), world.people["site_lead"]
    place = world.study_site
    return {"pk": raise_ask(study_site=place, asked=asked, owner=led, by=led, at=ASKED).ask.pk}


def _place(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.pk}


LEAD = {"coordinator": 403, "reviewer": 403}


def _site(world: Any) -> dict[str, Any]:
    return {"site": world.study_site.site_id}


ROWS: dict[str, Row] = {
    "weekly_reviews": Row("get", only(200, *STAFF, "outsider")),
    "weekly_review_open": Row("post", only(302, "site_lead"), data=_site),
    "weekly_review": Row("get", only(200, "site_lead"), kwargs=_review),
    "weekly_item": Row("post", only(422, "site_lead"), kwargs=_item),
    "weekly_item_draft": Row("post", only(200, "site_lead"), kwargs=_item),
    "weekly_item_draft_throw": Row("get", only(200, "site_lead"), kwargs=_item),
    "weekly_meeting": Row("get", only(302, "site_lead"), kwargs=_review),
    "weekly_meeting_go": Row("post", only(302, "site_lead"), kwargs=_review),
    "weekly_meeting_pulse": Row("get", only(200, "site_lead"), kwargs=_review),
    "weekly_review_complete": Row("post", only(302, "site_lead"), kwargs=_review),
    "weekly_review_correct": Row("post", only(422, "site_lead"), kwargs=_review),
    "weekly_pack": Row("get", only(200, "site_lead"), kwargs=_review),
    "weekly_pack_pdf": Row("get", only(200, "site_lead"), kwargs=_paper),
    "weekly_calendar": Row("get", only(200, "site_lead"), kwargs=_held_at_a_time),
    "weekly_own_calendar": Row("get", only(200, *STAFF, "outsider")),
    "weekly_action_calendar": Row("get", only(200, "coordinator"), kwargs=_own_action),
    "weekly_action_done": Row("post", only(404), kwargs=_action),
    "asks": Row("get", only(200, *STAFF, "outsider")),
    "ask_new": Row("get", only(200, "site_lead") | LEAD, kwargs=_place),
    "ask_draft": Row("post", only(200, "site_lead") | LEAD, kwargs=_place),
    "ask_draft_throw": Row("get", only(200, "site_lead") | LEAD, kwargs=_place),
    "ask": Row("get", only(200, *STAFF), kwargs=_ask),
    "ask_answer": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "ask_settle": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "ask_redate": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "ask_withdraw": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "patient_changes": Row("get", only(200, *STAFF, "outsider")),
    "patient_change_add": Row("get", only(200, "site_lead") | LEAD, kwargs=_place),
    "patient_change_void": Row("post", only(302, "site_lead") | LEAD, kwargs=_patient_change),
}
