"""Between a lead's row and the state that its log folds to (house.md 4.6)."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from recruitment.models import Lead, NextAction, Study
from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.clock_book import Clocks
from recruitment.rules.clock_facts import deadlines
from recruitment.rules.projection import LeadState, OpenAction, OpenBlocker
from recruitment.rules.stages import Stage
from recruitment.rules.staleness import risk_at, stale_at
from recruitment.rules.vocabulary import ActionType
from recruitment.services.cadences import cadence_of
from recruitment.services.calendars import calendar_of, rest_days_of
from recruitment.services.open_work import OpenWork, open_works
from recruitment.services.ranking import rank


def state_of(
    lead: Lead, action_row: NextAction | None, blockers: Iterable[OpenBlocker]
) -> LeadState:
    """The fold's state, from the projected row and what is open on the lead."""
    action = None
    if action_row is not None:
        action = OpenAction(
            action_row.pk, ActionType(action_row.type), action_row.due_at, action_row.is_promised
        )
    return LeadState(
        seq=lead.version,
        stage=Stage(lead.stage),
        stage_entered_at=lead.stage_entered_at,
        received_at=lead.received_at,
        came_from=Stage(lead.came_from) if lead.came_from else None,
        prescreen=lead.prescreen,
        owner_id=lead.owner_id,
        action=action,
        blockers=tuple(blockers),
        first_action_at=lead.first_action_at,
        last_action_at=lead.last_action_at,
        last_movement_at=lead.last_movement_at,
        attempts=lead.attempts,
        visit_at=lead.visit_at,
        visit_confirmed=lead.visit_confirmed,
        stale_flagged_for=lead.stale_flagged_for,
        times_stale=lead.times_stale,
        recover_from=lead.recover_from,
        recover_by=lead.recover_by,
        is_held=lead.is_held,
    )


def project(
    lead: Lead,
    state: LeadState,
    clocks: Clocks,
    *,
    event_ids: dict[int, int],
    is_whole: bool = False,
) -> None:
    """Set the lead's projected columns from `state`; `event_ids` maps new seqs to event keys.

    `is_whole`: the log was folded from its beginning and `event_ids` knows all of it. Nothing is
    written; PROJECTED names the columns.
    """
    _take(lead, state)
    if is_whole or state.last_action_seq in event_ids:
        lead.last_action_event_id = event_ids.get(state.last_action_seq or 0)
    if is_whole or state.last_movement_seq in event_ids:
        lead.last_movement_event_id = event_ids.get(state.last_movement_seq or 0)
    study_site = lead.study_site
    calendar = calendar_of(study_site.site)
    lead.stale_at = stale_at(
        state,
        calendar,
        rest_days_of(study_site.study),
        cadence_of(study_site.study).call_back_window,
        deadlines(clocks),
    )
    lead.risk_at = risk_at(state, lead.stale_at, calendar)
    rank(lead, state)


def forget_expressions(lead: Lead) -> None:
    """Let what the UPDATE read from other rows be read again where somebody asks for it."""
    for name in READ_BY_DATABASE:
        lead.__dict__.pop(name, None)


def _take(lead: Lead, state: LeadState) -> None:
    """Set the columns that the state says as they are."""
    lead.stage = state.stage
    lead.stage_entered_at = state.stage_entered_at
    lead.came_from = state.came_from or ""
    lead.prescreen = state.prescreen
    lead.owner_id = state.owner_id
    lead.waiting_on = state.waiting_on or ""
    lead.first_action_at = state.first_action_at
    lead.last_action_at = state.last_action_at
    lead.last_movement_at = state.last_movement_at
    lead.attempts = state.attempts
    lead.visit_at = state.visit_at
    lead.visit_confirmed = state.visit_confirmed
    lead.stale_flagged_for = state.stale_flagged_for
    lead.times_stale = state.times_stale
    lead.recover_from = state.recover_from
    lead.recover_by = state.recover_by
    lead.is_held = state.is_held
    lead.version = state.seq


def project_deadlines(
    study: Study, stage: Stage, *, rest_days: Mapping[Stage, int], call_back: timedelta
) -> None:
    """Work out anew when the study's open leads in `stage` turn stale, after other settings.

    `rest_days` and `call_back` are the new ones, which no memory holds before they are committed.
    Locks these leads. Three statements.
    """
    leads = list(
        Lead.objects.select_for_update(of=("self",))
        .filter(study_site__study=study, stage=stage)
        .select_related("study_site__site")
        .order_by("pk")
    )
    works = open_works(leads)
    for lead in leads:
        calendar = calendar_of(lead.study_site.site)
        set_deadlines(lead, works[lead.pk], calendar, rest_days=rest_days, call_back=call_back)
    Lead.objects.bulk_update(leads, ["stale_at", "risk_at"], batch_size=500)


def set_deadlines(
    lead: Lead,
    found: OpenWork,
    calendar: BusinessCalendar,
    *,
    rest_days: Mapping[Stage, int],
    call_back: timedelta,
) -> bool:
    """Set when the lead turns stale, on the row in hand; whether that is another time now."""
    before = (lead.stale_at, lead.risk_at)
    state = state_of(lead, found.action, found.blockers)
    lead.stale_at = stale_at(state, calendar, rest_days, call_back, deadlines(found.clocks))
    lead.risk_at = risk_at(state, lead.stale_at, calendar)
    return before != (lead.stale_at, lead.risk_at)


READ_BY_DATABASE = ("date_at", "dates_offered")
"""What an UPDATE reads from the rows of the lead's work, which are written before it."""

PROJECTED = [
    "next_type",
    "due_at",
    "is_promised",
    "date_at",
    "dates_offered",
    "stage",
    "stage_entered_at",
    "came_from",
    "owner",
    "waiting_on",
    "first_action_at",
    "last_action_at",
    "last_movement_at",
    "last_action_event",
    "last_movement_event",
    "attempts",
    "visit_at",
    "visit_confirmed",
    "stale_at",
    "stale_flagged_for",
    "risk_at",
    "times_stale",
    "recover_from",
    "recover_by",
    "is_held",
    "version",
    "prescreen",
]
