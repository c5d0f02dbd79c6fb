"""Believable inputs for report tests: one study at one site, made up from a seed.

Every name here is invented; the same seed gives the same leads.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from recruitment.rules.closing import CloseCode
from recruitment.rules.events import MilestoneCode
from recruitment.rules.stages import Bucket
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, BlockerCategory, Party, RecordsState
from reporting.figures.inputs import (
    NO_RESPONSE,
    ActionFacts,
    BlockerFacts,
    Happening,
    Header,
    Inputs,
    LastReport,
    LeadFacts,
    Moment,
    SourceFacts,
    Turn,
    TurnKind,
)
from reporting.figures.work_facts import TargetFacts, WeekSlots

M, B = MilestoneCode, Bucket
WEEK = timedelta(weeks=1)
ACTIVATED = datetime(2026, 7, 27, 10, tzinfo=UTC)  # Monday 06:00 in New York, in summer
CUT_OFF = ACTIVATED + 16 * WEEK + timedelta(hours=1)  # and in winter
HEADER = Header(
    study="WREN-2",
    study_title="A Study of Evening Light in Adults With Chronic Hand Eczema",
    registry_id="NCT00000000",
    sponsor="Halden Therapeutics",
    site_label="Site 014",
    zone="America/New_York",
    number=16,
    revision="A",
    period_start=CUT_OFF - WEEK,
    cut_off=CUT_OFF,
    as_of=CUT_OFF + timedelta(hours=3),
    previous_cut_off=CUT_OFF - WEEK,
    next_cut_off=CUT_OFF + WEEK,
    issued_by_role="Site lead",
    site_zone="America/New_York",
    site_hours="Mon to Fri 09:00 to 17:00",
    next_review_on=date(2026, 11, 17),
)
SOURCES = {
    SourceFacts("referral", "Clinician referral", "referral"): 0.75,
    SourceFacts("database", "Site database", "database"): 0.65,
    SourceFacts("social", "Paid social, autumn campaign", "paid"): 0.35,
    SourceFacts("page", "Study page", "web"): 0.45,
    SourceFacts("flyer", "Flyers in waiting rooms", "walk_in"): 0.5,
    SourceFacts("patients", "Patient group", "partner"): 0.7,
}
WEIGHTS = (22, 38, 96, 30, 8, 17)
BLOCKERS = (
    (BlockerCategory.MISSING_RECORDS, Party.RECORDS_PROVIDER, 10),
    (BlockerCategory.PATIENT_AVAILABILITY, Party.PATIENT, 6),
    (BlockerCategory.MEDICATION_REVIEW, Party.STUDY_TEAM, 3),
    (BlockerCategory.VISIT_CAPACITY, Party.VISIT_CAPACITY, 3),
)
STAGE_ACTION = {
    B.NEW_INQUIRY: ActionType.CALL,
    B.AWAITING_PRESCREEN: ActionType.FINISH_PRESCREEN,
    B.COORDINATOR_REVIEW: ActionType.REVIEW_PRESCREEN,
    B.CONTACTED: ActionType.CALL,
    B.RECORDS_NEEDED: ActionType.CHASE_RECORDS,
    B.READY_TO_SCHEDULE: ActionType.OFFER_DATES,
    B.SCHEDULED: ActionType.CONFIRM_VISIT,
    B.AWAITING_OUTCOME: ActionType.RECORD_OUTCOME,
    B.STALE: ActionType.DECIDE_CLOSE,
}
CLOSES = (
    (CloseCode.CONTACT_UNREACHED, 12),
    (CloseCode.PT_NOT_INTERESTED, 8),
    (CloseCode.BURDEN_TRAVEL, 6),
    (CloseCode.BURDEN_SCHEDULE, 4),
    (CloseCode.CRIT_DIAGNOSIS, 5),
    (CloseCode.CRIT_MEDICATION, 3),
    (CloseCode.SRC_OUT_OF_AREA, 2),
    (CloseCode.SRC_DUPLICATE, 2),
    (CloseCode.SRC_SPAM, 1),
)
STEPS = (
    (M.FIRST_ATTEMPT, 0.96, 1.0, B.NEW_INQUIRY),
    (M.FIRST_TWO_WAY_CONTACT, 1.0, 2.0, B.CONTACTED),
    (M.PRESCREEN_COMPLETED, 0.75, 3.0, B.AWAITING_PRESCREEN),
    (M.REVIEWABLE, 0.65, 2.0, B.COORDINATOR_REVIEW),
    (M.READY_TO_SCHEDULE, 0.62, 9.0, B.RECORDS_NEEDED),
    (M.VISIT_SCHEDULED, 0.9, 3.0, B.READY_TO_SCHEDULE),
    (M.VISIT_ATTENDED, 0.8, 7.0, B.SCHEDULED),
    (M.ENROLLED, 0.55, 9.0, B.AWAITING_OUTCOME),
)
"""Milestone, its chance, the mean days it takes, and the bucket of those still on the way."""


def lead(rng: random.Random, at: datetime, cut_off: datetime) -> LeadFacts:
    """One lead received at `at`, as it stood at `cut_off`; recorded at once, late now and then."""
    source = rng.choices(list(SOURCES), WEIGHTS)[0]
    quality, milestones, bucket = SOURCES[source], dict[str, Moment](), B.NEW_INQUIRY
    now = at
    for code, chance, days, waiting in STEPS:
        bucket = waiting
        odds = quality if code == M.FIRST_TWO_WAY_CONTACT else chance
        now += timedelta(days=rng.expovariate(1 / days))
        if now >= cut_off:
            return _open(rng, LeadFacts(source, _told(rng, at), bucket, milestones), cut_off)
        if rng.random() > odds:
            return _stopped(
                rng, LeadFacts(source, _told(rng, at), bucket, milestones), now, cut_off
            )
        milestones[code.value] = _told(rng, now)
    moment = milestones[M.ENROLLED.value]
    turn = Turn(TurnKind.ENROLLED, moment.occurred_at, moment.recorded_at)
    return LeadFacts(source, _told(rng, at), B.CLOSED, milestones, (turn,))


def _told(rng: random.Random, at: datetime) -> Moment:
    """Recorded within minutes, and a day later one time in thirty; before the report's as-of."""
    told = at + timedelta(minutes=5) + timedelta(days=rng.random() < 1 / 30)
    return Moment(at, min(told, HEADER.as_of))


def _stopped(rng: random.Random, found: LeadFacts, now: datetime, cut_off: datetime) -> LeadFacts:
    """No answer, or a close some days later; some come back."""
    if M.FIRST_TWO_WAY_CONTACT.value not in found.milestones:
        found = replace(
            found,
            bucket=B.STALE,
            milestones=dict(found.milestones) | {NO_RESPONSE: _told(rng, now)},
        )
    closed_at = now + timedelta(days=rng.uniform(3, 16))
    if closed_at >= cut_off:
        return _open(rng, found, cut_off)
    weights = [weight for _, weight in CLOSES]
    code = rng.choices([code for code, _ in CLOSES], weights)[0]
    moment = _told(rng, closed_at)
    turn = Turn(
        TurnKind.CLOSED,
        moment.occurred_at,
        moment.recorded_at,
        code.value,
        slow_first_response=rng.random() < 0.3,
    )
    back = closed_at + timedelta(days=9)
    if rng.random() < 0.06 and back < cut_off:
        again = Turn(TurnKind.REOPENED, back, back + timedelta(minutes=5))
        return _open(rng, replace(found, turns=(turn, again)), cut_off)
    return replace(found, bucket=B.CLOSED, turns=(turn,))


def _open(rng: random.Random, found: LeadFacts, cut_off: datetime) -> LeadFacts:
    bucket = B.STALE if rng.random() < 0.12 else Bucket(found.bucket)
    records, blockers = "", tuple[BlockerFacts, ...]()
    if Bucket(found.bucket) == B.RECORDS_NEEDED:
        states = [RecordsState.NEEDED, RecordsState.REQUESTED, RecordsState.RECEIVED]
        records = rng.choices(states, (2, 6, 1))[0].value
    if rng.random() < (0.8 if records else 0.2):
        category, party, _ = BLOCKERS[0] if records else rng.choice(BLOCKERS)
        opened = cut_off - timedelta(days=rng.uniform(1, 25))
        blockers = (BlockerFacts(category.value, party.value, opened),)
    action = ActionFacts(
        STAGE_ACTION[bucket].value, cut_off + timedelta(hours=rng.uniform(-2, 120))
    )
    return replace(
        found,
        bucket=bucket.value,
        records=records,
        blockers=blockers,
        action=action,
        is_owned=found.received.occurred_at.minute % 9 > 0,
        running=2 if blockers else 1,
        paused=1 if blockers else 0,
    )


def worked(found: LeadFacts, cut_off: datetime) -> LeadFacts:
    """The lead with its targets, its visits and its stale spells, as its milestones suggest."""
    happened, targets = dict[str, tuple[Moment, ...]](), []
    done = found.milestones
    for key, start, end, days in (
        (TargetKey.FIRST_RESPONSE, found.received, done.get(M.FIRST_ATTEMPT), 1),
        (TargetKey.PRESCREEN_REVIEW, done.get(M.PRESCREEN_COMPLETED), done.get(M.REVIEWABLE), 2),
    ):
        if start is not None:
            due = start.occurred_at + timedelta(days=days)
            outcome = "" if end is None else "met" if end.occurred_at <= due else "met_late"
            targets.append(TargetFacts(key.value, due, outcome))
    for what, code in (
        (Happening.VISIT_BOOKED, M.VISIT_SCHEDULED),
        (Happening.VISIT_ATTENDED, M.VISIT_ATTENDED),
        (Happening.WENT_STALE, NO_RESPONSE),
    ):
        if code in done:
            happened[what] = (done[code],)
    ahead = found.bucket == B.SCHEDULED
    return replace(
        found,
        happened=happened,
        targets=tuple(targets),
        taken=(cut_off + timedelta(days=3),) if ahead else (),
        stale_reason="no_response" if NO_RESPONSE in done else "",
    )


def sample_inputs(
    seed: int = 7,
    *,
    leads_per_week: int = 13,
    k: int = 5,
    strict: bool = False,
    header: Header = HEADER,
    is_first: bool = False,
    tells_site_work: bool = False,
) -> Inputs:
    """Inputs of the report that ends at the header's cut-off."""
    rng = random.Random(seed)
    cut_off, leads = header.cut_off, []
    for _ in range(leads_per_week * 16):
        at = ACTIVATED + timedelta(seconds=rng.uniform(0, (cut_off - ACTIVATED).total_seconds()))
        leads.append(worked(lead(rng, at, cut_off), cut_off))
    last = None
    if not is_first:
        last = LastReport(
            header.period_start - WEEK,
            header.period_start,
            header.period_start,
            None,
            stale_is_printed=True,
        )
    return Inputs(
        header=header
        if not is_first
        else replace(header, period_start=ACTIVATED, number=1, previous_cut_off=None),
        k=k,
        leads=tuple(leads),
        cohort_start=cut_off - 8 * WEEK,
        strict=strict,
        tells_site_work=tells_site_work,
        last=last,
        weeks=tuple(WeekSlots(cut_off + n * WEEK, cut_off + (n + 1) * WEEK, 6) for n in range(4)),
    )
