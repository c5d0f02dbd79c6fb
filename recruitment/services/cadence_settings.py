"""A study's contact cadence, published version by version (CD1)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Cadence as CadenceRow
from recruitment.models import CadenceStep, Study
from recruitment.rules.cadence import Cadence
from recruitment.rules.stages import Stage
from recruitment.services.cadences import read_cadence
from recruitment.services.calendars import read_rest_days
from recruitment.services.projected import project_deadlines
from recruitment.services.settings import check_seen, lock, raise_version, record


@transaction.atomic
def publish_cadence(
    study: Study, cadence: Cadence, *, by: User | None, at: datetime, seen: int | None = None
) -> Cadence:
    """Write `cadence` as the study's next version; attempts before keep the one they ran under.

    `cadence` has checked itself. `seen` is the newest change of the study's settings that the
    caller's page knew; raises SettingMoved when there is a later one. May run twice: the same
    cadence again writes nothing. Another call-back window counts at once for leads in it (D17).
    `at` is UTC.
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
    if cadence.call_back_days != before.call_back_days:
        project_deadlines(
            locked,
            Stage.NO_RESPONSE,
            rest_days=read_rest_days(locked.pk),
            call_back=cadence.call_back_window,
        )
    return read_cadence(locked.pk)
