"""A study's own words that forms offer: sub-reasons of close reasons and blockers (CL4)."""

from functools import lru_cache
from typing import Literal

from recruitment.models import Study, SubReason

Under = Literal["close", "blocker"]


def sub_reasons_for(study: Study, under: Under) -> list[SubReason]:
    """The sub-reasons in use under close codes or blocker categories, by code.

    One statement the first time, then none: the memory is keyed by the study's
    `settings_version`, which every change of a sub-reason raises.
    """
    return [row for row in _in_use(study.pk, study.settings_version) if row.under == under]


@lru_cache(maxsize=1024)
def _in_use(study_id: int, version: int) -> tuple[SubReason, ...]:
    found = SubReason.objects.filter(study=study_id, retired_at__isnull=True)
    return tuple(found.order_by("code", "label"))


def retired_sub_reasons(study: Study) -> list[SubReason]:
    """Every wording that is no longer offered, newest first. One statement."""
    found = SubReason.objects.filter(study=study, retired_at__isnull=False)
    return list(found.select_related("retired_by").order_by("-retired_at"))
