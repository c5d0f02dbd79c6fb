"""Rows for trying other targets."""

from typing import Any

from tests.access.roles import Row, only


def _place(world: Any) -> dict[str, Any]:
    return {"pk": world.study_site.pk}


LED = only(200, "site_lead", "administrator") | {"coordinator": 403, "reviewer": 403}

ROWS: dict[str, Row] = {"what_if": Row("get", LED, _place)}
