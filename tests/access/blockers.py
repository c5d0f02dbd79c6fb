"""Rows for what holds many leads: blockers, halts (its site lead's) and lists."""

from typing import Any

from recruitment.models import StudyBlocker
from recruitment.rules.vocabulary import BlockerCategory, Party
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY

WORKERS = ("coordinator", "site_lead")
READ = only(200, *WORKERS) | {"reviewer": 403}


def _place(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.pk}


def _blocker(world: Any) -> dict[str, Any]:
    row, _ = StudyBlocker.objects.get_or_create(
        study_site=world.study_site,
        category=BlockerCategory.VISIT_CAPACITY,
        defaults={"waiting_on": Party.VISIT_CAPACITY, "opened_at": MONDAY},
    )
    return {"pk": row.pk}


def _lead(status: int) -> dict[str, int]:
    """What a site lead gets; whoever only works there may not."""
    return only(status, "site_lead") | {"coordinator": 403, "reviewer": 403}


ROWS: dict[str, Row] = {
    "lists": Row("get", only(200, *WORKERS, "outsider")),
    "list_release": Row("get", READ, kwargs=_place),
    "blockers": Row("get", only(200, *WORKERS, "outsider")),
    "study_site_blockers": Row("get", READ, kwargs=_place),
    "study_blocker": Row("get", READ, kwargs=_blocker),
    "study_blocker_open": Row("get", _lead(200), kwargs=_place),
    "study_halt": Row("get", READ | {"administrator": 200}, kwargs=_place),
    "study_halt_end": Row("post", _lead(302) | {"administrator": 302}, kwargs=_place),
    "study_blocker_resolve": Row("post", _lead(422), kwargs=_blocker),
    "study_blocker_redate": Row("post", _lead(422), kwargs=_blocker),
    "study_blocker_link": Row("post", _lead(422), kwargs=_blocker),
}
