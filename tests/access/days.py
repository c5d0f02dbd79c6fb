"""Rows for the day: what needs a site lead, visits of today, the close of the day, messages."""

from typing import Any

from django.utils import timezone

from recruitment.models import Message
from tests.access.roles import Row, only

STAFF = ("outsider", "coordinator", "site_lead", "reviewer")
WORKERS = ("outsider", "coordinator", "site_lead")


def _message(world: Any) -> dict[str, Any]:
    """A message about the world's lead, whose number nobody else at the site may learn of."""
    message = Message.objects.create(
        site=world.study_site.site,
        taken_at=timezone.now(),
        taken_by=world.people["reviewer"],
        reach="+16175550199",
        lead=world.lead,
    )
    return {"pk": message.pk}


ROWS: dict[str, Row] = {
    "needs_me": Row("get", only(200, "site_lead")),
    "needs_me_list": Row("get", only(200, "site_lead"), kwargs=lambda world: {"which": "unowned"}),
    "visits_today": Row("get", only(200, *WORKERS)),
    "close_out": Row("get", only(200, *WORKERS)),
    "close_out_move": Row("post", only(422, *WORKERS)),
    "messages": Row("get", only(200, *STAFF)),
    "message_pass_on": Row("post", only(422, *STAFF)),
    "message_answer": Row("post", only(302, "coordinator", "site_lead"), kwargs=_message),
}
