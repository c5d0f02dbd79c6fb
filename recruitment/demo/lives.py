"""A lead's whole way, put together from its parts."""

from contextlib import suppress

from recruitment.demo.cases import Case, Story, WayEnds
from recruitment.demo.contacting import ask_permission, first_look, seek
from recruitment.demo.conversing import converse
from recruitment.demo.releasing import wait_for_release
from recruitment.demo.screening import outcome, review, schedule
from recruitment.demo.shares import COMES_BACK
from recruitment.models import Lead
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput
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
REFUSED_CONTACT = frozenset({"channel", "action"})
"""The fields that refusals of a contact, and of a plan for one, are about."""
RETURNS = 0.07  # of those closed for a reason that passes


def live(case: Case) -> Story:
    """From the moment the site has the inquiry to the end of its way."""
    routed = case.chance(ROUTED)
    case.receive(routed=routed)
    if case.desk.paused_at is not None and case.now >= case.desk.paused_at:
        return  # the study is halted, and the lead stays in the holding tray
    try:
        yield from until_let_go(case, _begin(case, routed=routed))
    except WayEnds as end:
        reason = end.reason
    if reason in COMES_BACK and case.chance(RETURNS):
        with suppress(WayEnds):
            yield from until_let_go(case, _come_back(case))


def _begin(case: Case, *, routed: bool) -> Story:
    yield from wait_for_release(case)
    yield from first_look(case, routed=routed)
    if case.basis == ContactBasis.MISSING:
        yield from ask_permission(case)
    yield from seek(case)
    yield from _proceed(case)


def until_let_go(case: Case, story: Story) -> Story:
    """The story; a lead is closed where a contact is refused to who asked, meanwhile and perhaps
    about another study, not to be contacted."""
    try:
        yield from story
    except InvalidInput as refusal:
        if refusal.field not in REFUSED_CONTACT or not case.wants_no_contact:
            raise
        case.close(CloseCode.CONTACT_DNC)


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
    is_known = Lead.objects.get(pk=case.lead.pk).prescreen == PrescreenState.COMPLETE
    yield from _think_again(case) if is_known else _proceed(case)


def _think_again(case: Case) -> Story:
    """Somebody whose answers are known already talks it over once more, and declines for good."""
    case.contact(ContactResult.REACHED, case.plan(ActionType.DECIDE_CLOSE, 1))
    yield from case.within(1, 6)
    case.close(CloseCode.PT_NOT_INTERESTED)
