"""The second part of a lead's way: what is agreed with somebody who answered, and the prescreen."""

from recruitment.demo.blocking import maybe_blocked
from recruitment.demo.cases import LAST_DAYS, Case, Story
from recruitment.demo.desks import HOUR, MINUTE
from recruitment.demo.shares import DECLINES, IN_CONVERSATION, one_of
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.services.prescreens import record_prescreen

ASKS_FOR_A_TIME = 0.16
ASKS_OF_LATE = 0.85  # in the last days, so that call-backs are due on the demo's own day
BY_PHONE = 0.52  # of those who do the prescreen; the others get it to fill in
FILLS_IN = 0.6  # of those who got it, without being reminded


def converse(case: Case) -> Story:
    """She answered: a later call, a decline, or the prescreen. Ends in Coordinator review."""
    asks = ASKS_OF_LATE if case.desk.now - case.now < LAST_DAYS else ASKS_FOR_A_TIME
    if not case.calls_us and case.usual_channel == Channel.PHONE and case.chance(asks):
        yield from _call_back(case)
    if not case.chance(case.rates.prescreened):
        yield from _decline(case)
    elif case.chance(BY_PHONE):
        yield from _prescreen_by_phone(case)
    else:
        yield from _prescreen_sent(case)


def answer(case: Case, plan: Plan) -> None:
    """Log that the person was reached, or called."""
    if case.calls_us:
        case.calls_us = False
        case.contact(ContactResult.CALLED_US, plan, channel=Channel.PHONE)
    elif case.usual_channel == Channel.PHONE:
        case.contact(ContactResult.REACHED, plan)
    else:
        case.contact(ContactResult.REPLIED, plan)


def _call_back(case: Case) -> Story:
    """She asks for another time, which then outranks everything else (N4)."""
    asked = case.desk.asked_time(case.now, case.rng)
    case.contact(ContactResult.CALL_LATER, Plan(ActionType.CALL, asked, is_promised=True))
    if case.chance(0.08):  # kept late
        later = asked + case.rng.uniform(30, 300) * MINUTE
        yield from case.until(case.desk.at_work(later, case.rng))
    else:
        yield from case.until(asked + case.rng.uniform(-3, 9) * MINUTE)
    if case.chance(0.15):
        plan = case.plan(ActionType.CALL, 1)
        case.contact(ContactResult.NO_ANSWER, plan)
        yield from case.attend(plan.due_at)


def _decline(case: Case) -> Story:
    """She does not want to, at once or after thinking it over."""
    reason = one_of(DECLINES, case.rng)
    if reason == CloseCode.CONTACT_DNC and not case.calls_us:
        plan = case.plan(ActionType.DECIDE_CLOSE, 1)
        case.contact(ContactResult.OPTED_OUT, plan, scope=Scope.ORGANISATION)
    elif case.chance(0.45):
        answer(case, case.plan(ActionType.CALL, 2))
        yield from maybe_blocked(case, IN_CONVERSATION, 0.7)
        yield from case.attend(case.desk.days(case.now, 2))
        reason = CloseCode.PT_NOT_INTERESTED if reason == CloseCode.CONTACT_DNC else reason
        case.contact(ContactResult.REACHED, case.plan(ActionType.DECIDE_CLOSE, 1))
    else:
        answer(case, case.plan(ActionType.DECIDE_CLOSE, 1))
    yield from case.within(0.5, 6)
    case.close(reason)


def _prescreen_by_phone(case: Case) -> Story:
    """The questions are gone through on the telephone, on the spot or by appointment."""
    if case.chance(0.55):
        answer(case, Plan(ActionType.FINISH_PRESCREEN, case.now + HOUR))
        yield from case.within(9, 30)
    else:
        plan = case.plan(ActionType.FINISH_PRESCREEN, case.rng.randint(1, 5))
        answer(case, plan)
        yield from maybe_blocked(case, IN_CONVERSATION, 0.3)
        yield from case.attend(plan.due_at)
        if case.chance(0.3):
            plan = case.plan(ActionType.FINISH_PRESCREEN, 2)
            case.contact(ContactResult.NO_ANSWER, plan)
            yield from case.attend(plan.due_at)
        case.contact(ContactResult.REACHED, Plan(ActionType.FINISH_PRESCREEN, case.now + HOUR))
        yield from case.within(10, 30)
    _complete(case)


def _prescreen_sent(case: Case) -> Story:
    """The questions are sent; some fill them in, the others are reminded."""
    answer(case, Plan(ActionType.SEND_PRESCREEN, case.desk.hours(case.now, 3)))
    yield from case.within(4, 90)
    plan = case.in_hours(Plan(ActionType.FINISH_PRESCREEN, case.desk.days(case.now, 3)))
    case.act(record_prescreen, state=PrescreenState.SENT, to=Stage.AWAITING_PRESCREEN, plan=plan)
    if case.chance(FILLS_IN):
        yield from case.working(2, 52)
        _complete(case)
        return
    for _ in range(case.rng.randint(1, 3)):
        yield from case.attend(plan.due_at)
        plan = case.plan(ActionType.FINISH_PRESCREEN, case.rng.randint(2, 3))
        case.contact(ContactResult.NO_ANSWER, plan)
    yield from case.attend(plan.due_at)
    case.contact(ContactResult.REACHED, Plan(ActionType.FINISH_PRESCREEN, case.now + HOUR))
    yield from case.within(8, 30)
    if case.chance(0.3):
        case.act(record_prescreen, state=PrescreenState.ABANDONED)
        yield from case.within(1, 4)
        case.close(one_of(DECLINES, case.rng))
    _complete(case)


def _complete(case: Case) -> None:
    case.act(
        record_prescreen,
        state=PrescreenState.COMPLETE,
        to=Stage.COORDINATOR_REVIEW,
        plan=case.plan(ActionType.REVIEW_PRESCREEN, 2),
    )
