"""A lead's whole way, put together from its parts."""

from recruitment.demo.cases import Case, Story, WayEnds
from recruitment.demo.contacting import ask_permission, first_look, seek
from recruitment.demo.conversing import converse
from recruitment.demo.releasing import wait_for_release
from recruitment.demo.screening import outcome, review, schedule
from recruitment.demo.shares import COMES_BACK
from recruitment.models import Lead
from recruitment.rules.closing import CloseCode
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactBasis,
    ContactResult,
    PrescreenState,
)
from recruitment.services.moves import move_lead

ROUTED = 0.6  # leads that have an owner from the first second; the others are claimed
RETURNS = 0.07  # of those closed for a reason that passes


def live(case: Case) -> Story:
    """From the moment the site has the inquiry to the end of its way."""
    routed = case.chance(ROUTED)
    case.receive(routed=routed)
    if case.desk.paused_at is not None and case.now >= case.desk.paused_at:
        return  # the study is halted, and the lead stays in the holding tray
    try:
        yield from wait_for_release(case)
        yield from first_look(case, routed=routed)
        if case.basis == ContactBasis.MISSING:
            yield from ask_permission(case)
        yield from seek(case)
        yield from _proceed(case)
    except WayEnds as end:
        reason = end.reason
    if reason in COMES_BACK and case.chance(RETURNS):
        yield from _come_back(case)


def _proceed(case: Case) -> Story:
    yield from converse(case)
    yield from review(case)
    yield from schedule(case)
    yield from outcome(case)


def _come_back(case: Case) -> Story:
    """Somebody whose lead was closed calls, and the lead is reopened."""
    yield from case.working(30, 130)
    case.act(move_lead, to=Stage.COORDINATOR_REVIEW, plan=case.plan(ActionType.CALL, 1))
    yield from case.within(1, 3)
    plan = case.plan(ActionType.CALL, 2)
    case.contact(ContactResult.CALLED_US, plan, channel=Channel.PHONE, to=Stage.CONTACTED)
    yield from case.attend(plan.due_at)
    try:
        if Lead.objects.get(pk=case.lead.pk).prescreen == PrescreenState.COMPLETE:
            yield from _think_again(case)
        else:
            yield from _proceed(case)
    except WayEnds:
        return


def _think_again(case: Case) -> Story:
    """Somebody whose answers are known already talks it over once more, and declines for good."""
    case.contact(ContactResult.REACHED, case.plan(ActionType.DECIDE_CLOSE, 1))
    yield from case.within(1, 6)
    case.close(CloseCode.PT_NOT_INTERESTED)
