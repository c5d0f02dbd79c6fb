"""The rows of clocks are what the log folds to, whatever was done; and can be written anew."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from recruitment.models import Clock, Lead, StudySite
from recruitment.rules.clock_codes import ClockOutcome
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Channel, ContactResult
from recruitment.services.blockers import open_blocker, redate_blocker, resolve_blocker
from recruitment.services.closing import close_lead
from recruitment.services.corrections import void_entry
from recruitment.services.folding import Rebuilt, clock_differences, rebuild_clocks
from recruitment.services.outreach import log_outreach
from recruitment.services.reopening import reopen_lead
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_lead
from tests.factories.stages import bring_to

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
B, T = BlockerCategory, TargetKey


def agrees(lead: Lead) -> Lead:
    """The lead as it stands, row and log being at one."""
    lead.refresh_from_db()
    assert list(clock_differences([lead])) == []
    return lead


def outcome(lead: Lead, target: TargetKey, run: int = 1) -> str:
    return Clock.objects.get(lead=lead, target=target, run=run).outcome


def last_action(lead: Lead) -> Any:
    return lead.events.latest("seq").action_id


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    made: Lead = make_lead(study_site, owner=coordinator, by=coordinator)
    return agrees(made)


@pytest.mark.slow
@pytest.mark.parametrize("stage", Stage)
def test_on_the_way_to_any_stage_the_clocks_follow_the_log(
    study_site: StudySite, coordinator: User, stage: Stage
) -> None:
    made = make_lead(study_site, owner=coordinator, by=coordinator)
    bring_to(stage, made, coordinator)
    assert Clock.objects.filter(lead=agrees(made)).exists()


def call(lead: Lead, by: User, *, at: Any, happened: Any = None) -> None:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        plan=Plan(ActionType.CALL, at + DAY),
        by=by,
        at=at,
        occurred_at=happened,
        seen=None,
    )


@pytest.mark.slow
def test_an_undo_and_a_void_take_back_what_a_clock_was_told(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    call(lead, coordinator, at=MONDAY + HOUR)
    assert outcome(agrees(lead), T.FIRST_RESPONSE) == ClockOutcome.MET
    undo_action(action_id=last_action(lead), by=coordinator, at=MONDAY + 2 * HOUR)
    assert outcome(agrees(lead), T.FIRST_RESPONSE) == ""

    call(lead, coordinator, at=MONDAY + 5 * DAY, happened=MONDAY + 2 * HOUR)
    clock = Clock.objects.get(lead=agrees(lead), target=T.FIRST_RESPONSE)
    assert (clock.outcome, clock.ended_at) == (ClockOutcome.MET, MONDAY + 2 * HOUR)
    call(lead, coordinator, at=MONDAY + 6 * DAY)
    early = lead.events.filter(kind=EventKind.OUTREACH_LOGGED).exclude(voided_by__isnull=False)
    void_entry(
        lead=agrees(lead),
        event=early.earliest("seq"),
        reason="It was another person.",
        by=site_lead,
        at=MONDAY + 6 * DAY + HOUR,
        seen=None,
    )
    clock = Clock.objects.get(lead=agrees(lead), target=T.FIRST_RESPONSE)
    assert (clock.outcome, clock.ended_at) == (ClockOutcome.MET_LATE, MONDAY + 6 * DAY)


@pytest.mark.slow
def test_blockers_and_their_undo_pause_and_go_on(lead: Lead, coordinator: User) -> None:
    blocker = open_blocker(
        lead=lead,
        category=B.CONTACT_PERMISSION,
        review_by=MONDAY + 2 * DAY,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
    )
    paused = Clock.objects.get(lead=agrees(lead), target=T.FIRST_RESPONSE)
    assert paused.paused_until == MONDAY + 2 * DAY
    redate_blocker(
        blocker=blocker,
        review_by=MONDAY + 3 * DAY,
        reason="She asked for a day more.",
        by=coordinator,
        at=MONDAY + 2 * HOUR,
        seen=lead.version,
    )
    undo_action(action_id=last_action(agrees(lead)), by=coordinator, at=MONDAY + 2 * HOUR)
    resolve_blocker(
        blocker=blocker,
        resolution="She agreed.",
        by=coordinator,
        at=MONDAY + 3 * HOUR,
        seen=agrees(lead).version,
    )
    clock = Clock.objects.get(lead=agrees(lead), target=T.FIRST_RESPONSE)
    assert clock.paused_until == MONDAY + 3 * HOUR
    undo_action(action_id=last_action(lead), by=coordinator, at=MONDAY + 4 * HOUR)
    clock = Clock.objects.get(lead=agrees(lead), target=T.FIRST_RESPONSE)
    assert clock.paused_until == MONDAY + 2 * DAY


@pytest.mark.slow
def test_a_close_its_undo_and_a_reopening_keep_row_and_log_together(
    lead: Lead, coordinator: User
) -> None:
    def close(at: Any) -> None:
        code = "pt_not_interested"
        close_lead(lead=lead, code=code, by=coordinator, at=at, seen=None)

    close(MONDAY + HOUR)
    assert outcome(agrees(lead), T.FIRST_RESPONSE) == ClockOutcome.NOT_APPLICABLE
    undo_action(action_id=last_action(lead), by=coordinator, at=MONDAY + 2 * HOUR)
    assert outcome(agrees(lead), T.FIRST_RESPONSE) == ""
    close(MONDAY + 5 * DAY)
    assert outcome(agrees(lead), T.FIRST_RESPONSE) == ClockOutcome.MISSED
    reopen_lead(
        lead=lead,
        to=Stage.NEW_INQUIRY,
        plan=Plan(ActionType.CALL, MONDAY + 7 * DAY),
        by=coordinator,
        at=MONDAY + 6 * DAY,
        seen=None,
    )
    assert outcome(agrees(lead), T.FIRST_RESPONSE) == ClockOutcome.MISSED
    assert outcome(lead, T.FIRST_RESPONSE, run=2) == ""


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    """A lead in every stage."""
    made = [make_lead(study_site, owner=coordinator, by=coordinator) for _ in Stage]
    for lead, stage in zip(made, Stage, strict=True):
        bring_to(stage, lead, coordinator)
    return made


@pytest.mark.slow
def test_an_installation_without_clocks_gets_them_from_its_logs(leads: list[Lead]) -> None:
    known = sorted(Clock.objects.values_list("lead", "target", "subject_id", "run", "due_at"))
    Clock.objects.all().delete()
    Lead.objects.update(times_stale=0, risk_at=None, stale_at=None)

    said = io.StringIO()
    call_command("rebuild_clocks", stdout=said)

    assert f"{len(leads)} leads folded, {len(known)} clocks written" in said.getvalue()
    assert list(clock_differences()) == []
    again = sorted(Clock.objects.values_list("lead", "target", "subject_id", "run", "due_at"))
    assert again == known
    assert rebuild_clocks() == Rebuilt(len(leads), 0, 0)


SPOILED: dict[str, Any] = {
    "due_at": MONDAY + 100 * DAY,
    "warn_at": MONDAY,
    "amount": 9,
    "unit": "days",
    "started_at": MONDAY - DAY,
    "told_at": MONDAY - DAY,
    "anchor_at": MONDAY,
    "pauses": [[1, "travel", MONDAY.isoformat(), None]],
    "paused_at": MONDAY,
    "run": 7,
}


@pytest.mark.slow
@pytest.mark.parametrize("column", SPOILED)
def test_a_clock_that_says_otherwise_is_found_and_put_right(lead: Lead, column: str) -> None:
    rows = Clock.objects.filter(lead=lead, target=T.FIRST_RESPONSE)
    rows.update(flagged_for=MONDAY)
    rows.update(**{column: SPOILED[column]})

    found = list(clock_differences())

    assert found
    assert all(difference.lead_number == lead.number for difference in found)
    with pytest.raises(CommandError, match="1 leads checked"):
        call_command("check_projection", stdout=io.StringIO())
    rebuild_clocks()
    assert list(clock_differences()) == []
    kept = Clock.objects.get(lead=lead, target=T.FIRST_RESPONSE)
    assert kept.flagged_for == (MONDAY if column != "run" else None)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("stale_at", None),
        ("risk_at", MONDAY),
        ("times_stale", 3),
        ("recover_from", MONDAY),
        ("recover_by", MONDAY),
        ("is_held", True),
        ("stale_flagged_for", MONDAY),
    ],
)
def test_a_deadline_that_says_otherwise_is_found_and_put_right(
    lead: Lead, column: str, value: object
) -> None:
    Lead.objects.filter(pk=lead.pk).update(**{column: value})
    assert column in [difference.column for difference in clock_differences([lead])]
    rebuild_clocks()
    agrees(lead)
