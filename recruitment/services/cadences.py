"""A study's contact cadence: read once per change of settings, and published version by version."""

from datetime import datetime
from functools import lru_cache

from django.db import transaction

from accounts.models import User
from recruitment.models import Cadence as CadenceRow
from recruitment.models import CadenceStep, Study
from recruitment.rules.cadence import DEFAULT, Cadence, Step
from recruitment.rules.vocabulary import Channel
from recruitment.services.settings import check_seen, lock, raise_version, record


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


@transaction.atomic
def publish_cadence(
    study: Study, cadence: Cadence, *, by: User | None, at: datetime, seen: int | None = None
) -> Cadence:
    """Write `cadence` as the study's next version; attempts before keep the one they ran under.

    `cadence` has checked itself. `seen` is the newest change of the study's settings that the
    caller's page knew; raises SettingMoved when there is a later one. May run twice: the same
    cadence again writes nothing. `at` is UTC.
    """
    locked = lock(study)
    if seen is not None:
        check_seen(locked, seen, zone=by.time_zone if by else "UTC")
    before = read_cadence(locked.pk)
    if before.words == cadence.words:
        return before
    row = CadenceRow.objects.create(
        study=locked,
        version=before.version + 1,
        max_attempts=cadence.max_attempts,
        call_back_days=cadence.call_back_days,
        set_at=at,
        set_by=by,
    )
    CadenceStep.objects.bulk_create(
        CadenceStep(
            cadence=row,
            position=position,
            channel=step.channel,
            business_days=step.business_days,
            time_of_day=step.clock,
        )
        for position, step in enumerate(cadence.steps, start=1)
    )
    raise_version(locked)
    record(locked, "cadence", old=before.words, new=cadence.words, by=by, at=at)
    return read_cadence(locked.pk)
