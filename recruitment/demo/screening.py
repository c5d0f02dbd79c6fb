"""The third part of a lead's way: review, records, the visit and the study team's outcome."""

from datetime import datetime

from recruitment.demo.blocking import maybe_blocked
from recruitment.demo.cases import Case, Story, WayEnds
from recruitment.demo.desks import HOUR
from recruitment.demo.shares import (
    AT_PRESCREEN,
    AT_RECORDS,
    AT_SCHEDULING,
    AT_SCREENING,
    IN_REVIEW,
    IN_SCHEDULING,
    MISSED,
    NO_SHOW,
    one_of,
)
from recruitment.models import StudyStaff, week_load
from recruitment.rules.closing import CRITERIA_CODES, CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import AnswersDecision, FitSignal, RecordsResult
from recruitment.services.answers import review_answers
from recruitment.services.moves import move_lead
from recruitment.services.records import (
    chase_record,
    drop_record,
    receive_record,
    request_record,
    review_record,
)
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.visits import (
    book_visit,
    confirm_visit,
    end_visit,
    offer_dates,
    reschedule_visit,
)
from trialsnest.lib.weeks import Week
from trialsnest.lib.zones import DAY

TO_STUDY_TEAM = 0.55
NEEDS_RECORDS = 0.65
WAYS = ("fax", "portal", "by hand")
ROOMS = ("Clinic, room 2", "Clinic, room 4", "Research suite")


def review(case: Case) -> Story:
    """The answers are reviewed; ends with the next stage set."""
    yield from case.attend(case.desk.days(case.now, 2) - case.rng.uniform(0, 9) * HOUR)
    if not case.chance(case.rates.passed):
        _end_at_answers(case, one_of(AT_PRESCREEN, case.rng))
    records = case.chance(NEEDS_RECORDS)
    to = Stage.RECORDS_NEEDED if records else Stage.READY_TO_SCHEDULE
    next_ = ActionType.REQUEST_RECORDS if records else ActionType.OFFER_DATES
    yield from maybe_blocked(case, IN_REVIEW, 0.22)
    if case.chance(TO_STUDY_TEAM):
        yield from _study_team(case, to, next_)
    else:
        case.act(
            review_answers,
            decision=AnswersDecision.PROCEED,
            fit=FitSignal.NO_CONFLICT,
            to=to,
            plan=case.plan(next_, 1),
        )
    if records:
        yield from _records(case)
        case.act(move_lead, to=Stage.READY_TO_SCHEDULE, plan=case.plan(ActionType.OFFER_DATES, 1))


def _end_at_answers(case: Case, reason: CloseCode) -> None:
    """A criterion is decided by who is delegated for prescreening, on the answers (CL3)."""
    if reason not in CRITERIA_CODES:
        case.close(reason)
    case.act(
        review_answers,
        decision=AnswersDecision.NOT_PROCEEDING,
        fit=FitSignal.CONFLICT,
        to=Stage.NOT_QUALIFIED,
        reason=reason,
        decided_by=case.desk.delegated,
    )
    raise WayEnds(reason)


def _study_team(case: Case, to: Stage, next_: ActionType) -> Story:
    """The study team is asked, and decides; at times it wants to know more first."""
    case.act(
        review_answers,
        decision=AnswersDecision.TO_STUDY_TEAM,
        fit=FitSignal.TO_CLARIFY,
        plan=case.plan(ActionType.AWAIT_REVIEW, 3),
    )
    yield from case.working(4, 40)
    if case.chance(0.12):
        _decide(case, ReviewDecision.MORE_NEEDED, plan=case.plan(ActionType.CALL, 1))
        yield from case.attend(case.desk.days(case.now, 1))
        case.contact(ContactResult.REACHED, case.plan(ActionType.REQUEST_REVIEW, 1))
        yield from case.within(5, 60)
        case.act(request_review, plan=case.plan(ActionType.AWAIT_REVIEW, 3))
        yield from case.working(3, 24)
    if case.chance(0.08):
        _decide(
            case,
            ReviewDecision.NOT_PROCEEDING,
            to=Stage.NOT_QUALIFIED,
            reason=CloseCode.CRIT_MEDICATION,
        )
        raise WayEnds(CloseCode.CRIT_MEDICATION)
    _decide(case, ReviewDecision.PROCEED, to=to, plan=case.plan(next_, 1))


def _decide(case: Case, decision: ReviewDecision, **values: object) -> None:
    """The decision is recorded by the reviewer where he signs in, else by the coordinator."""
    decider: StudyStaff = case.decider()
    recorded_by = decider.user or case.worker.user
    case.act(decide_review, decision=decision, decided_by=decider, by=recorded_by, **values)


def _records(case: Case) -> Story:
    """Each item is asked for, chased, received and reviewed; some never come."""
    kinds = case.desk.plan.records
    items = kinds[: case.rng.randint(1, len(kinds))]
    for spare in kinds[len(items) :]:  # named from the study's list, and not needed here
        case.act(drop_record, type=spare, reason="In the referral already")
    yield from case.attend(case.desk.days(case.now, 1))
    for item in items:
        yield from case.within(1, 12)
        plan = case.plan(ActionType.CHASE_RECORDS, 5)
        case.act(request_record, type=item, how=case.rng.choice(WAYS), plan=plan)
    for _ in range(3):
        chased = case.desk.days(case.now, 5)
        if case.chance(0.6):
            yield from case.until(
                case.desk.at_work(case.now + case.rng.random() * (chased - case.now), case.rng)
            )
            break
        yield from case.attend(chased)
        for item in items:
            plan = case.plan(ActionType.CHASE_RECORDS, 5)
            case.act(chase_record, type=item, how=Channel.PHONE, plan=plan)
    else:
        if case.chance(0.5):
            case.close(one_of(AT_RECORDS, case.rng))
    for item in items:
        yield from case.within(1, 12)
        case.act(receive_record, type=item, plan=case.plan(ActionType.REVIEW_RECORDS, 2))
    yield from case.working(1, 14)
    for item in items:
        yield from case.within(1, 12)
        plan = case.plan(ActionType.REVIEW_RECORDS, 1)
        case.act(review_record, type=item, result=RecordsResult.SUFFICIENT, plan=plan)
    yield from case.within(1, 15)


def schedule(case: Case) -> Story:
    """Dates are offered and a visit is booked, until one is attended. Ends in Screened."""
    yield from maybe_blocked(case, IN_SCHEDULING, 0.24)
    yield from case.attend(case.desk.days(case.now, 1))
    if not case.chance(case.rates.scheduled):
        case.act(offer_dates, plan=case.plan(ActionType.CALL, 3))
        yield from case.attend(case.desk.days(case.now, 3))
        case.close(one_of(AT_SCHEDULING, case.rng))
    for _ in range(3):
        case.act(offer_dates, plan=case.plan(ActionType.CALL, 2))
        yield from case.working(0.3, 15)
        starts_at = _slot(case)
        case.act(
            book_visit,
            starts_at=starts_at,
            place=case.rng.choice(ROOMS),
            preparation_sent=True,
            interpreter_arranged=case.lead.person.needs_interpreter,
        )
        if case.chance(0.08):
            yield from case.working(1, 6)
            other = _slot(case)
            if other != starts_at:
                starts_at = other
                case.act(reschedule_visit, starts_at=starts_at)
        attended = case.chance(case.rates.attended)
        yield from _visit(case, starts_at, attended=attended)
        if attended:
            return
        yield from case.attend(case.desk.hours(case.now, 4))
        if case.chance(0.4):
            break
        case.contact(ContactResult.REACHED, case.plan(ActionType.OFFER_DATES, 1))
        yield from case.within(2, 20)
    case.close(CloseCode.SCHED_NOSHOW)


def _slot(case: Case) -> datetime:
    """A time in the first week from about next week on that has a visit slot left (G7)."""
    ahead = case.rng.randint(3, 10)
    while True:
        starts_at = case.desk.slot(case.now, ahead, case.rng)
        week = Week.containing(starts_at, case.desk.zone)
        if week_load(case.desk.study_site, week, at=case.now, but=case.lead).free:
            return starts_at
        ahead += 5


def _visit(case: Case, starts_at: datetime, *, attended: bool) -> Story:
    """The visit is confirmed two days ahead, and its result recorded afterwards."""
    if attended or case.chance(0.55):
        yield from case.attend(starts_at - 2 * DAY)
        if case.now < starts_at:
            case.act(confirm_visit)
    after = starts_at + case.rng.uniform(1.2, 4) * HOUR
    moment = case.desk.hours(after, case.rng.uniform(1, 9)) if case.chance(0.15) else after
    yield from case.until(case.desk.at_work(moment, case.rng))
    happened = starts_at + HOUR
    if attended:
        case.act(
            end_visit,
            result=VisitResult.ATTENDED,
            plan=case.plan(ActionType.RECORD_OUTCOME, case.rng.randint(5, 10)),
            decided_by=case.decider(),
            occurred_at=happened,
        )
        return
    result = one_of(MISSED, case.rng)
    missed = result == VisitResult.NO_SHOW
    case.act(
        end_visit,
        result=result,
        no_show_reason=one_of(NO_SHOW, case.rng) if missed else None,
        plan=Plan(ActionType.MISSED_VISIT, case.desk.hours(case.now, 4)),
        occurred_at=happened,
    )


def outcome(case: Case) -> Story:
    """The study team's outcome comes after some days. Ends the way."""
    yield from case.working(16, 100)
    if case.chance(case.rates.enrolled):
        case.act(move_lead, to=Stage.ENROLLED, decided_by=case.decider())
        raise WayEnds
    case.close(one_of(AT_SCREENING, case.rng), decided=True)
