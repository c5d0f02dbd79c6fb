"""Rows for the queue's filters and saved views, and for why a lead ranks where it does."""

from typing import Any

from recruitment.models.desk import SavedView
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY

STAFF = ("coordinator", "site_lead", "reviewer")


def _view(world: Any) -> dict[str, Any]:
    view = SavedView.objects.filter(owner=world.people["coordinator"]).first()
    view = view or SavedView.objects.create(
        owner=world.people["coordinator"],
        site=world.study_site.site,
        name="Mine",
        query="tab=mine",
        made_at=MONDAY,
    )
    return {"pk": view.pk}


ROWS: dict[str, Row] = {
    "queue_filters": Row("get", only(200, *STAFF, "outsider")),
    "saved_view_add": Row("get", only(200, *STAFF, "outsider")),
    "saved_view": Row("get", only(200, "coordinator"), kwargs=_view),
    "saved_view_delete": Row("post", only(302, *STAFF, "outsider"), kwargs=_view),
    "lead_rank": Row("get", only(200, *STAFF), kwargs=lambda world: {"number": world.lead.number}),
}
