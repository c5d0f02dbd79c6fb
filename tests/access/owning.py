"""Rows for owners, hand-offs, the team and leave."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from recruitment.models import Alert, Leave
from recruitment.rules.work_codes import AlertKind
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY

STAFF = ("coordinator", "site_lead", "reviewer")
WORKERS = ("coordinator", "site_lead")


def _number(world: Any) -> dict[str, Any]:
    return {"number": world.lead.number}


def _work(answer: int = 422) -> Row:
    """An empty form, or one about a hand-off that is not there."""
    return Row("post", only(answer, *WORKERS) | {"reviewer": 403}, kwargs=_number)


def _coordinator(world: Any) -> dict[str, Any]:
    return {"pk": world.people["coordinator"].pk}


def _alert(world: Any) -> dict[str, Any]:
    alert = Alert.objects.create(
        study_site=world.study_site,
        kind=AlertKind.SUSPENDED,
        about=world.people["coordinator"],
        leads=1,
        made_at=MONDAY,
    )
    return {"pk": alert.pk}


def _leave(world: Any) -> dict[str, Any]:
    now, user = timezone.now(), world.people["coordinator"]
    leave = Leave.objects.filter(user=user).first() or Leave.objects.create(
        user=user,
        starts_at=now + timedelta(days=2),
        ends_at=now + timedelta(days=4),
        recorded_at=now,
        recorded_by=user,
    )
    return {"pk": leave.pk}


TEAM = only(200, "site_lead")
LEAVE = only(200, "coordinator", "site_lead", "administrator")
ROWS: dict[str, Row] = {
    "lead_assign": Row(
        "post",
        only(422, "site_lead") | {"coordinator": 403, "reviewer": 403},
        kwargs=_number,
    ),
    "lead_release": _work(),
    "lead_handoff": Row("get", only(200, *WORKERS) | {"reviewer": 403}, kwargs=_number),
    "lead_handoff_accept": _work(),
    "lead_handoff_decline": _work(),
    "lead_handoff_withdraw": _work(),
    "lead_handoff_return": _work(),
    "handoffs": Row("get", only(200, *STAFF, "outsider")),
    "handoffs_accept": Row("post", only(422, *STAFF, "outsider")),
    "team": Row("get", TEAM),
    "team_person": Row("get", TEAM, kwargs=_coordinator),
    "team_out_today": Row("get", TEAM, kwargs=_coordinator),
    "alert_seen": Row("post", only(302, "site_lead"), kwargs=_alert),
    "leave_add": Row("get", LEAVE, kwargs=_coordinator),
    "leave_change": Row("get", LEAVE, kwargs=_leave),
    "leave_cancel": Row(
        "post", only(302, "coordinator", "site_lead", "administrator"), kwargs=_leave
    ),
}
