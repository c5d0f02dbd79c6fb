"""How long leads of a study may rest, for all stages at once, with a look before (6.1, D13).

The limits stand with the words of the stages and have their versions; they count at once for the
open leads of a stage.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import Lead, Study
from recruitment.models.stage_settings import read_stage_words
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stage_words import RESTING
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import REST_DAYS
from recruitment.services.cadences import read_cadence
from recruitment.services.calendars import calendar_of, read_rest_days
from recruitment.services.open_work import open_works
from recruitment.services.projected import set_deadlines
from recruitment.services.stage_settings import set_stage_words

READ = 500  # leads looked at together

Limits = Mapping[Stage, int | None]
"""Days by stage, as `rest_unit` counts them; None for the usual ones."""


@dataclass(frozen=True)
class Look:
    """What another limit would do to the open leads of one stage."""

    leads: int = 0
    stale_now: int = 0
    turns_stale: int = 0
    stale_no_more: int = 0


@transaction.atomic
def set_stale_limits(
    *, study: Study, limits: Limits, seen: Mapping[Stage, int], by: User, at: datetime
) -> int:
    """Set the limits that differ, all or none; how many did. May run twice.

    `seen` is the version of each stage that the page showed. `at` is UTC. Raises as
    `set_stage_words`, with the stage's code as the field of an InvalidInput.
    """
    changed = 0
    for stage, days in limits.items():
        if stage not in RESTING:
            raise InvalidInput(f"{stage.label} has no limit in days.", field=stage)
        said = replace(read_stage_words(study.pk)[stage], rest_days=days)
        try:
            changed += set_stage_words(
                study=study, said=said, by=by, at=at, seen=seen[stage], confirmed=True
            )
        except InvalidInput as refusal:
            raise InvalidInput(str(refusal), field=stage) from refusal
    return changed


def look_at_limits(study: Study, limits: Limits, *, at: datetime) -> dict[Stage, Look]:
    """What `limits` would do at `at` (UTC), by stage; nothing is written.

    Two statements for every 500 open leads of these stages, which are read and not locked.
    """
    rest_days = dict(read_rest_days(study.pk))
    rest_days |= {stage: days or REST_DAYS[stage] for stage, days in limits.items()}
    call_back = read_cadence(study.pk).call_back_window
    found = dict.fromkeys(limits, Look())
    for leads in _chunks(study, limits):
        works = open_works(leads)
        for lead in leads:
            was_stale, calendar = _is_stale(lead, at), calendar_of(lead.study_site.site)
            set_deadlines(lead, works[lead.pk], calendar, rest_days=rest_days, call_back=call_back)
            stage, will_be = Stage(lead.stage), _is_stale(lead, at)
            found[stage] = _with(found[stage], was_stale=was_stale, will_be=will_be)
    return found


def _chunks(study: Study, limits: Limits) -> Iterator[list[Lead]]:
    rows = Lead.objects.filter(study_site__study=study, stage__in=list(limits))
    rows, after = rows.select_related("study_site__site").order_by("pk"), 0
    while leads := list(rows.filter(pk__gt=after)[:READ]):
        yield leads
        after = leads[-1].pk


def _is_stale(lead: Lead, at: datetime) -> bool:
    return lead.stale_at is not None and lead.stale_at <= at


def _with(look: Look, *, was_stale: bool, will_be: bool) -> Look:
    return Look(
        leads=look.leads + 1,
        stale_now=look.stale_now + was_stale,
        turns_stale=look.turns_stale + (will_be and not was_stale),
        stale_no_more=look.stale_no_more + (was_stale and not will_be),
    )
