"""A study's own words that forms offer: sub-reasons of close reasons and blockers (CL4)."""

from typing import Literal

from recruitment.models import Study, SubReason


def sub_reasons_for(study: Study, under: Literal["close", "blocker"]) -> list[SubReason]:
    """The sub-reasons in use under close codes or blocker categories, by code. One statement."""
    found = SubReason.objects.filter(study=study, under=under, retired_at__isnull=True)
    return list(found.order_by("code", "label"))


def retired_sub_reasons(study: Study) -> list[SubReason]:
    """Every wording that is no longer offered, newest first. One statement."""
    found = SubReason.objects.filter(study=study, retired_at__isnull=False)
    return list(found.select_related("retired_by").order_by("-retired_at"))
