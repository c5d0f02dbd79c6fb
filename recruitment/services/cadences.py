"""A study's contact cadence, read once per change of settings (CD1)."""

from functools import lru_cache

from recruitment.models import Cadence as CadenceRow
from recruitment.models import Study
from recruitment.rules.cadence import DEFAULT, Cadence, Step
from recruitment.rules.vocabulary import Channel


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
    row = CadenceRow.objects.filter(study_id=study_id).order_by("-version").first()
    if row is None:
        return DEFAULT
    steps = row.steps.values_list("channel", "business_days", "time_of_day")
    return Cadence(
        tuple(Step(Channel(channel), days, clock) for channel, days, clock in steps),
        max_attempts=row.max_attempts,
        call_back_days=row.call_back_days,
        key=row.pk,
        version=row.version,
    )
