"""Rows for closing, reopening and a study's own reasons."""

from typing import Any

from recruitment.models import SubReason
from recruitment.services.sub_reasons import add_sub_reason
from tests.access.leads import STAFF, WORKERS, _work
from tests.access.roles import Row, only
from tests.factories.recruitment import MONDAY

ADMIN = only(200, "administrator")


def _study(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.study.pk}


def _reason(world: Any) -> dict[str, Any]:
    row = SubReason.objects.first() or add_sub_reason(
        study=world.study_site.study,
        under="close",
        code="burden_travel",
        label="No bus in the evening",
        by=world.people["administrator"],
        at=MONDAY,
    )
    return {"pk": row.pk}


ROWS: dict[str, Row] = {
    "lead_close": _work(*WORKERS),
    "lead_knock_out": _work(*WORKERS),
    "lead_enroll": _work(*WORKERS),
    "lead_reopen": _work(*WORKERS),
    "leads_close": Row("get", only(200, *WORKERS, "outsider") | {"reviewer": 403}),
    "leads_not_now": Row("get", only(200, *STAFF, "outsider")),
    "sub_reason_list": Row("get", ADMIN, _study),
    "sub_reason_add": Row("get", ADMIN, lambda world: {"study": world.study_site.study.pk}),
    "sub_reason_edit": Row("get", ADMIN, _reason),
    "sub_reason_retire": Row("post", only(302, "administrator"), _reason),
}
