"""A study's contact cadence, read once per change of settings (CD1)."""

from datetime import time
from functools import lru_cache

from django.db.models import QuerySet

from recruitment.models import Cadence as CadenceRow
from recruitment.models import CadenceStep, Study
from recruitment.rules.cadence import DEFAULT, Cadence, Step
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.prepared import prepared


def cadence_of(study: Study) -> Cadence:
    """The cadence that a study runs under; that of D27 until one is published (CD1).

    Two statements the first time, then none: the memory is keyed by the study's
    `settings_version`, which publishing raises.
    """
    return _cadence(study.pk, study.settings_version)


@lru_cache(maxsize=1024)
def _cadence(study_id: int, version: int) -> Cadence:
    return read_cadence(study_id)


def read_cadence(study_id: int) -> Cadence:
    """The newest version as the tables have it now, also inside a change; it is not remembered."""
    rows = _newest(study=study_id)
    if not rows:
        return DEFAULT
    row = rows[0]
    steps = _steps(cadence=row.pk)
    return Cadence(
        tuple(Step(Channel(channel), days, clock) for channel, days, clock in steps),
        max_attempts=row.max_attempts,
        call_back_days=row.call_back_days,
        key=row.pk,
        version=row.version,
    )


@prepared
def _newest(*, study: int) -> QuerySet[CadenceRow]:
    return CadenceRow.objects.filter(study=study).order_by("-version")[:1]


@prepared
def _steps(*, cadence: int) -> QuerySet[CadenceStep, tuple[str, int, time | None]]:
    rows = CadenceStep.objects.filter(cadence=cadence).order_by("position")
    return rows.values_list("channel", "business_days", "time_of_day")
