"""A call keeps to the hours for contact on the person's clock, whichever verb plans it (OA9)."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment import services
from recruitment.models import ContactPermission, Lead
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    PermissionState,
    PrescreenState,
    RecordsType,
    ReviewDecision,
    VisitResult,
)
from recruitment.rules.work_codes import (
    AnswersDecision,
    Authorization,
    FitSignal,
    PushBack,
    RecordsResult,
)
from recruitment.services.answers import review_answers
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.closing import close_lead
from recruitment.services.corrections import correct_stage
from recruitment.services.moves import move_lead
from recruitment.services.next_actions import complete_action, set_next_action
from recruitment.services.opt_outs import opt_out
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from recruitment.services.records import (
    authorize_release,
    chase_record,
    drop_record,
    give_up_record,
    name_records,
    receive_record,
    request_record,
    review_record,
    waive_record,
)
from recruitment.services.records_lists import NamedRecord
from recruitment.services.reopening import reopen_lead
from recruitment.services.reviews import decide_review, request_review
from recruitment.services.verbs import hints_of
from recruitment.services.visits import book_visit, end_visit, offer_dates, reschedule_visit
from tests.factories.stages import Steps, bring_to
from trialsnest.lib.zones import instant_of, local_time

S = Stage
DAY = timedelta(days=1)
NEW_YORK = "America/New_York"
Verb = Callable[..., Any]
Values = Callable[[Steps], dict[str, Any]]


@dataclass(frozen=True)
class Way:
    """How a verb that takes a plan is used: where the lead stands, and what it is given."""

    stage: Stage
    values: Values
    before: tuple[Callable[[Steps], object], ...] = ()

    def prepared(self, lead: Lead, by: User) -> Steps:
        """The lead, brought to where the verb can be used."""
        steps = bring_to(self.stage, lead, by)
        for step in self.before:
            step(steps)
        steps.common()
        return steps

    def given(self, steps: Steps) -> dict[str, Any]:
        """What the verb is given, the plan left out."""
        common = {"by": steps.by, "at": steps.at, "seen": steps.lead.version}
        return common | self.values(steps)


def _of_lead(**values: Any) -> Values:
    return lambda steps: {"lead": steps.lead} | values


def _decided(**values: Any) -> Values:
    return lambda steps: {"lead": steps.lead, "decided_by": steps.decided_by} | values


def _in_nine_days(**values: Any) -> Values:
    return lambda steps: {"lead": steps.lead, "starts_at": steps.at + 9 * DAY} | values


def _named(steps: Steps) -> None:
    name_records(items=[NamedRecord(RecordsType.LABS)], **steps.common())  # type: ignore[arg-type]


def _asked(steps: Steps) -> None:
    request_record(how="fax", type=RecordsType.LABS, **steps.common())  # type: ignore[arg-type]


def _came(steps: Steps) -> None:
    receive_record(type=RecordsType.LABS, **steps.common())  # type: ignore[arg-type]


def _stopped(steps: Steps) -> None:
    open_blocker(category=BlockerCategory.INTERPRETER, **steps.common())  # type: ignore[arg-type]


def _to_decide(steps: Steps) -> None:
    plan = Plan(ActionType.DECIDE_CLOSE, steps.at + 2 * DAY)
    set_next_action(plan=plan, push_back=PushBack.ASKED, **steps.common())  # type: ignore[arg-type]


def _with_team(steps: Steps) -> None:
    plan = Plan(ActionType.AWAIT_REVIEW, steps.at + 2 * DAY)
    request_review(plan=plan, **steps.common())  # type: ignore[arg-type]


LABS = {"type": RecordsType.LABS}
FITS = {"decision": AnswersDecision.PROCEED, "fit": FitSignal.NO_CONFLICT}
PROCEEDS = {"decision": ReviewDecision.PROCEED, "to": S.RECORDS_NEEDED}
NO_ANSWER = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER, "sure": True}
WAYS: dict[Verb, Way] = {
    move_lead: Way(S.CONTACTED, _of_lead(to=S.AWAITING_PRESCREEN)),
    record_prescreen: Way(S.CONTACTED, _of_lead(state=PrescreenState.SENT)),
    review_answers: Way(S.COORDINATOR_REVIEW, _of_lead(**FITS)),
    request_review: Way(S.COORDINATOR_REVIEW, _of_lead()),
    decide_review: Way(S.COORDINATOR_REVIEW, _decided(**PROCEEDS), (_with_team,)),
    open_blocker: Way(S.CONTACTED, _of_lead(category=BlockerCategory.INTERPRETER)),
    resolve_blocker: Way(
        S.CONTACTED,
        lambda steps: {"blocker": steps.lead.blockers.get(), "resolution": "Somebody was found."},
        (_stopped,),
    ),
    name_records: Way(S.CONTACTED, _of_lead(items=[NamedRecord(RecordsType.LABS)])),
    authorize_release: Way(
        S.CONTACTED, _of_lead(**LABS, authorization=Authorization.ASKED), (_named,)
    ),
    request_record: Way(S.CONTACTED, _of_lead(**LABS, how="fax"), (_named,)),
    chase_record: Way(S.CONTACTED, _of_lead(**LABS, how=Channel.EMAIL), (_named, _asked)),
    receive_record: Way(S.CONTACTED, _of_lead(**LABS), (_named, _asked)),
    review_record: Way(
        S.CONTACTED,
        _of_lead(**LABS, result=RecordsResult.SUFFICIENT),
        (_named, _asked, _came),
    ),
    waive_record: Way(S.CONTACTED, _decided(**LABS, reason="Not for her."), (_named,)),
    give_up_record: Way(S.CONTACTED, _of_lead(**LABS, reason="It is gone."), (_named, _asked)),
    drop_record: Way(S.CONTACTED, _of_lead(**LABS), (_named,)),
    offer_dates: Way(S.READY_TO_SCHEDULE, _of_lead()),
    book_visit: Way(S.READY_TO_SCHEDULE, _in_nine_days(place="Room 2", preparation_sent=True)),
    reschedule_visit: Way(S.SCHEDULED, _in_nine_days()),
    end_visit: Way(S.SCHEDULED, _of_lead(result=VisitResult.SITE_CANCELED)),
    log_outreach: Way(S.CONTACTED, _of_lead(**NO_ANSWER)),
    set_next_action: Way(S.CONTACTED, _of_lead(push_back=PushBack.ASKED)),
    complete_action: Way(S.CONTACTED, _of_lead(result="She goes on."), (_to_decide,)),
    correct_stage: Way(S.AWAITING_PRESCREEN, _of_lead(to=S.CONTACTED, reason="Wrong line.")),
    reopen_lead: Way(S.CLOSED_OTHER, _of_lead(to=S.CONTACTED)),
}
every_verb = pytest.mark.parametrize("verb", WAYS, ids=lambda verb: verb.__name__)


def _there(steps: Steps, hour: int) -> datetime:
    """An hour of the day after tomorrow in New York, where the person lives; UTC."""
    return instant_of(local_time(steps.at + 2 * DAY, NEW_YORK).date(), time(hour), NEW_YORK)


def test_every_verb_that_takes_a_plan_is_held_to_the_hours_here() -> None:
    found = set()
    for module in pkgutil.iter_modules(services.__path__, f"{services.__name__}."):
        for verb in vars(importlib.import_module(module.name)).values():
            inner = getattr(verb, "__wrapped__", None)
            if inner is not None and "plan" in hints_of(inner) and verb.__name__[0] != "_":
                found.add(verb)

    assert found == set(WAYS)


@every_verb
def test_s40_no_verb_plans_a_call_in_the_night(verb: Verb, lead: Lead, coordinator: User) -> None:
    steps = WAYS[verb].prepared(lead, coordinator)
    events = lead.events.count()
    night = Plan(ActionType.CALL, _there(steps, 3))

    with pytest.raises(InvalidInput, match=r"outside the hours .* 09:00 New York") as refusal:
        verb(**WAYS[verb].given(steps), plan=night)

    assert refusal.value.field == "due_at"
    assert lead.events.count() == events
    by_day = Plan(ActionType.CALL, _there(steps, 10))
    verb(**WAYS[verb].given(steps), plan=by_day)
    assert lead.next_actions.get(ended_at__isnull=True).due_at == by_day.due_at


@every_verb
def test_a_time_that_was_promised_may_lie_in_the_evening(
    verb: Verb, lead: Lead, coordinator: User
) -> None:
    steps = WAYS[verb].prepared(lead, coordinator)
    plan = Plan(ActionType.CALL, _there(steps, 20), is_promised=True)

    verb(**WAYS[verb].given(steps), plan=plan)

    assert lead.next_actions.get(ended_at__isnull=True).due_at == plan.due_at


def test_a_message_is_held_to_the_hours_where_it_may_be_a_text(
    lead: Lead, coordinator: User
) -> None:
    steps = bring_to(S.CONTACTED, lead, coordinator)
    night = Plan(ActionType.MESSAGE, _there(steps, 3))

    steps.move(S.AWAITING_PRESCREEN, plan=night)
    ContactPermission.objects.create(
        person=lead.person, channel=Channel.TEXT, state=PermissionState.YES, at=steps.at
    )

    with pytest.raises(InvalidInput, match="outside the hours for contact"):
        steps.move(S.CONTACTED, plan=night)


def test_a_text_is_planned_for_somebody_who_wants_no_e_mail(lead: Lead, coordinator: User) -> None:
    steps = bring_to(S.CONTACTED, lead, coordinator)
    opt_out(
        how="said so",
        scope=Scope.CHANNEL,
        channel=Channel.EMAIL,
        **steps.common(),  # type: ignore[arg-type]
    )

    steps.move(S.AWAITING_PRESCREEN, plan=Plan(ActionType.MESSAGE, _there(steps, 10)))

    assert lead.next_actions.get(ended_at__isnull=True).type == ActionType.MESSAGE


def test_no_verb_plans_a_call_to_somebody_who_wants_none(lead: Lead, coordinator: User) -> None:
    steps = bring_to(S.CONTACTED, lead, coordinator)
    opt_out(
        how="said so",
        scope=Scope.CHANNEL,
        channel=Channel.PHONE,
        **steps.common(),  # type: ignore[arg-type]
    )

    with pytest.raises(InvalidInput, match="asked not to be contacted") as refusal:
        steps.move(S.AWAITING_PRESCREEN, plan=Plan(ActionType.CALL, _there(steps, 10)))
    assert refusal.value.field == "action"


def test_who_comes_back_by_own_wish_is_called_though_the_opt_out_stood_until_now(
    lead: Lead, coordinator: User
) -> None:
    steps = bring_to(S.CONTACTED, lead, coordinator)
    close_lead(code=CloseCode.CONTACT_DNC, **steps.common())  # type: ignore[arg-type]
    plan = Plan(ActionType.CALL, _there(steps, 10))

    reopen_lead(to=S.CONTACTED, renewed="Wrote to us.", plan=plan, **steps.common())  # type: ignore[arg-type]

    assert lead.next_actions.get(ended_at__isnull=True).type == ActionType.CALL
