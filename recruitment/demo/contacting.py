"""The first part of a lead's way: from receipt to an answer, or to nobody answering."""

from recruitment.demo.cases import Case, Story, WayEnds
from recruitment.demo.desks import MINUTE
from recruitment.demo.recovering import close_unreached
from recruitment.demo.shares import one_of
from recruitment.models import Blocker, ContactPermission
from recruitment.rules.cadence import DEFAULT, next_attempt
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult, PermissionState
from recruitment.services.next_actions import complete_action
from recruitment.services.ownership import claim_lead

MOST_ATTEMPTS = DEFAULT.max_attempts
IN_REVIEW = 0.5  # of those whose call-back window ended: closed in a review of stale leads
ANSWERS_EACH_TIME = 0.45  # of those who ever answer; funnel-figures G
UNANSWERED = {
    ContactResult.NO_ANSWER: 46.0,
    ContactResult.VOICEMAIL: 42.0,
    ContactResult.BUSY: 7.0,
    ContactResult.WRONG_PERSON: 5.0,
}


def first_look(case: Case, *, routed: bool) -> Story:
    """Somebody takes the lead, and puts aside what is no inquiry."""
    # Log-normal, median about 3 working hours; the worker's own pace comes on top.
    delay = min(case.rng.lognormvariate(1.1, 1.05), 22) * case.worker.member.tempo
    moment = case.desk.hours(case.now, delay)
    if not routed:
        if case.chance(0.35):  # nobody feels responsible for a day or more
            moment = case.desk.hours(moment, case.rng.uniform(8, 38))
        yield from case.until(moment)
        claim_lead(lead=case.lead, by=case.worker.user, at=case.now)
        moment = case.now + case.rng.uniform(2, 50) * MINUTE
    yield from case.until(case.desk.at_work(moment, case.rng))
    junk = _junk(case)
    if junk is not None:
        case.close(junk)


def _junk(case: Case) -> CloseCode | None:
    if case.known_from is not None and case.known_from.desk is case.desk:
        return CloseCode.SRC_DUPLICATE
    if case.arrival.typed_by_hand:
        return None
    roll = case.rng.random()
    if roll < 0.012:
        return CloseCode.SRC_SPAM
    return CloseCode.SRC_OUT_OF_AREA if roll < 0.03 else None


def ask_permission(case: Case) -> Story:
    """Nobody wrote down why this person may be contacted: the partner is asked first."""
    while True:
        plan = Plan(
            ActionType.MESSAGE,
            case.desk.days(case.now, 3) + case.rng.randint(1, 40) * MINUTE,
            detail="Ask the partner for the permission in writing",
        )
        case.act(complete_action, plan=plan, result="No answer from the partner yet")
        yield from case.attend(plan.due_at)
        if case.chance(0.5):
            break
    blocker = Blocker.objects.get(lead=case.lead, resolved_at__isnull=True)
    case.resolve(blocker, "The partner sent the permission")
    yield from case.working(0.5, 6)


def seek(case: Case) -> Story:
    """Attempts by the cadence until she answers; a lead that nobody answers for is closed."""
    reached = case.chance(case.rates.reached)
    answers_on = 1
    while answers_on < MOST_ATTEMPTS and not case.chance(ANSWERS_EACH_TIME):
        answers_on += 1
    calls_first = reached and answers_on > 1 and case.chance(0.3)
    invalid = not reached and case.chance(case.rates.invalid / (1 - case.rates.reached))
    for attempt in range(1, MOST_ATTEMPTS + 1):
        if reached and attempt == answers_on:
            return
        if invalid and attempt == 2:
            yield from _invalid(case)
        plan = _attempt(case, attempt)
        if plan.type == ActionType.DECIDE_CLOSE:
            yield from _call_back_window(case, plan)
            return
        if calls_first and attempt == answers_on - 1:
            midway = case.now + case.rng.uniform(0.2, 0.8) * (plan.due_at - case.now)
            yield from case.until(case.desk.at_work(midway, case.rng))
            case.calls_us = True
            return
        yield from case.attend(plan.due_at)


def _call_back_window(case: Case, plan: Plan) -> Story:
    """The cadence is used up: a few call back within two weeks, the others are closed."""
    if case.chance(0.12):
        later = case.now + case.rng.uniform(0.05, 0.9) * (plan.due_at - case.now)
        yield from case.until(case.desk.at_work(later, case.rng))
        case.calls_us = True
        return
    yield from case.until(plan.due_at)
    yield from case.attend(case.now)
    worker = case.worker.user
    in_review = case.chance(IN_REVIEW)
    if in_review and close_unreached(case.lead, by=worker, at=case.now, desk=case.desk):
        raise WayEnds(CloseCode.CONTACT_UNREACHED)
    case.close(CloseCode.CONTACT_UNREACHED)


def _invalid(case: Case) -> Story:
    """The number belongs to somebody else, or the address does not exist."""
    by_phone = case.usual_channel == Channel.PHONE
    result = ContactResult.WRONG_NUMBER if by_phone else ContactResult.UNDELIVERABLE
    case.contact(result, case.plan(ActionType.DECIDE_CLOSE, 1))
    yield from case.working(0.5, 7)
    case.close(CloseCode.CONTACT_INVALID)


def _attempt(case: Case, number: int) -> Plan:
    """One attempt that nobody answered, and what the cadence says comes next."""
    plan = next_attempt(
        number,
        cadence=DEFAULT,
        at=case.now,
        calendar=case.desk.calendar,
        where=case.where,
        permitted=case.permitted,
    )
    channel = _channel(case, number)
    result = one_of(UNANSWERED, case.rng) if channel == Channel.PHONE else ContactResult.SENT
    last = plan.type == ActionType.DECIDE_CLOSE
    case.contact(result, plan, channel=channel, to=Stage.NO_RESPONSE if last else None)
    return plan


def _channel(case: Case, number: int) -> Channel:
    """The usual one, and on the way every other that the person agreed to (CD2, D27)."""
    usual = case.usual_channel
    agreed = set(
        ContactPermission.objects.filter(
            person=case.lead.person_id, state=PermissionState.YES
        ).values_list("channel", flat=True)
    )
    kinds = {Channel.EMAIL: case.enquirer.emails, Channel.TEXT: case.enquirer.phones}
    others = [c for c, points in kinds.items() if points and c in agreed and c != usual]
    if 2 <= number < 2 + len(others):
        return others[number - 2]
    if number == 4 and case.enquirer.emails and case.chance(0.4):
        return Channel.EMAIL
    return usual
