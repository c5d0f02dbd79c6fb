"""What of a lead's log can be voided or corrected (AU4)."""

from collections.abc import Iterable

from recruitment.models import Lead, LeadEvent, Study, stage_words
from recruitment.models.log import standing
from recruitment.queries.stage_labels import label_of
from recruitment.rules.event_words import event_words
from recruitment.rules.events import EventKind
from recruitment.rules.stage_words import hidden_stages
from recruitment.rules.stages import Stage, allowed_moves
from recruitment.rules.undoing import VOIDABLE
from trialsnest.lib.words import clock, day_short, local

LATEST = 20  # entries offered


def voidable_entries(
    lead: Lead, shown: Iterable[LeadEvent] | None = None
) -> list[tuple[LeadEvent, str]]:
    """The latest entries that can be voided one by one, with their words.

    One statement; none where the entries that the page shows, latest first, are handed in.
    """
    if shown is None:
        rows = LeadEvent.objects.filter(lead=lead, kind__in=VOIDABLE, voided_by__isnull=True)
        events = list(rows.select_related("actor").order_by("-seq")[:LATEST])
    else:
        events = [event for event in shown if event.kind in VOIDABLE and _stands(event)]
    zone, study = lead.study_site.site.time_zone, lead.study_site.study
    return [(event, _words(event, zone, study)) for event in events[:LATEST]]


def stage_to_correct(lead: Lead, log: Iterable[LeadEvent] | None = None) -> list[Stage]:
    """Where the last stage change could have led instead; first where the lead stood before.

    Empty when it never moved. One statement; none where the log, oldest first, is handed in.
    """
    moves = {EventKind.STAGE_CHANGED, EventKind.VOIDED}
    if log is None:
        log = LeadEvent.objects.filter(lead=lead, kind__in=moves).order_by("seq")
    log = [event for event in standing(log) if event.kind in moves]
    if not log:
        return []
    wrong = log[-1]
    came = Stage(wrong.from_stage)
    hidden = hidden_stages(stage_words(lead.study_site.study))
    others = [
        stage
        for stage in allowed_moves(came, hidden=hidden)
        if stage not in {wrong.to_stage, Stage.SCHEDULED}
    ]
    return [came, *others]


def _stands(event: LeadEvent) -> bool:
    return getattr(event, "voided_by", None) is None


def _words(event: LeadEvent, zone: str, study: Study) -> str:
    there = local(event.occurred_at, zone)
    said = event_words(
        event.kind,
        code=event.code,
        reason_code=event.reason_code,
        to_stage=event.to_stage,
        to_label=label_of(study, event.to_stage) if event.to_stage else "",
    )
    who = f", {event.actor.name}" if event.actor else ""
    return f"{day_short(there)} {clock(there)}: {said}{who}"
