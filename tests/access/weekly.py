"""Rows for the weekly review, which its site's leads hold."""

from typing import Any

from recruitment.services.asks import raise_ask
from tests.access.roles import Row, only
from tests.recruitment.asks.held import ASKED, question
from tests.recruitment.weekly.held import held_open

STAFF = ("coordinator", "site_lead", "reviewer")


def _review(world: Any) -> dict[str, Any]:
    return {"pk": held_open(world.study_site, world.people["site_lead"]).pk}


def _item(world: Any) -> dict[str, Any]:
    return _review(world) | {"position": 1}


def _action(world: Any) -> dict[str, Any]:
    return {"pk": 1}


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
    "weekly_review_complete": Row("post", only(302, "site_lead"), kwargs=_review),
    "weekly_review_correct": Row("post", only(422, "site_lead"), kwargs=_review),
    "weekly_action_done": Row("post", only(404), kwargs=_action),
    "asks": Row("get", only(200, *STAFF, "outsider")),
    "ask_new": Row("get", only(200, "site_lead") | LEAD, kwargs=_place),
    "ask": Row("get", only(200, *STAFF), kwargs=_ask),
    "ask_answer": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "ask_settle": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "ask_redate": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
    "ask_withdraw": Row("post", only(422, "site_lead") | LEAD, kwargs=_ask),
}
