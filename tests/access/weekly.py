"""Rows for the weekly review, which its site's leads hold."""

from typing import Any

from tests.access.roles import Row, only
from tests.recruitment.weekly.held import held_open

STAFF = ("coordinator", "site_lead", "reviewer")


def _review(world: Any) -> dict[str, Any]:
    return {"pk": held_open(world.study_site, world.people["site_lead"]).pk}


def _item(world: Any) -> dict[str, Any]:
    return _review(world) | {"position": 1}


def _action(world: Any) -> dict[str, Any]:
    return {"pk": 1}


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
    "weekly_action_done": Row("post", only(404), kwargs=_action),
}
