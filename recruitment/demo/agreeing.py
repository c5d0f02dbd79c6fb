"""What the demo's weekly reviews decide about an item: invented words, owners and days."""

from collections.abc import Mapping
from datetime import date, datetime
from random import Random
from typing import Any

from recruitment.demo.desks import Desk
from recruitment.models import AgendaItem
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.rules.weekly.codes import DONE_WHEN, OF_LEADS, DoneWhen, Ending, ItemKind
from recruitment.rules.weekly.endings import TWICE, Decision
from trialsnest.lib.zones import DAY, local_time

K, B = ItemKind, BlockerCategory
ACTIONS: Mapping[ItemKind, tuple[str, ...]] = {
    K.STALE_UNNAMED: (
        "Call each of the leads named here and write down why it stopped.",
        "Ring these leads this week, in the evening too.",
    ),
    K.STALE_REASON: (
        "Give each of these leads a next step with a day, and do it.",
        "Take an hour on two mornings for these leads alone.",
    ),
    K.STALE_RISK: ("Move these leads on before their date.",),
    K.WEAK_SOURCE: (
        "Speak with the source about whom the study is looking for.",
        "Make the words of the announcement clearer about who can take part.",
    ),
    K.REPEATED_BLOCKER: (
        "Settle this for each of the leads named here, the oldest first.",
        "Find one way through this that holds for all of these leads.",
    ),
    K.READY_NO_SLOT: (
        "Open visit times on a second weekday and offer them to these leads.",
        "Ask the clinic for a room in the afternoons and book these leads.",
    ),
    K.BREACHED_PROMISE: ("Call everybody who was promised a call, before anything else.",),
    K.OVERDUE: (
        "Clear what is past due on these leads.",
        "Share out what is past due and work it off in the mornings.",
    ),
    K.PUT_OFF: ("Decide for each of these leads whether the step is still the right one.",),
    K.UNOWNED: ("Give each of these leads an owner.",),
    K.MISSED_TARGET: (
        "Keep the first hour of the day free for this.",
        "Look at this every noon and share out what would be late.",
    ),
    K.OTHER_CLOSE: ("Choose a reason from the list before closing; ask when none fits.",),
}
"""What is agreed about an item of each kind. Items of other kinds are gone through without one."""
ON_BLOCKERS: Mapping[BlockerCategory, tuple[str, ...]] = {
    B.MISSING_RECORDS: (
        "Ring the clinics for the records that are missing, not only write to them.",
        "Ask the family doctors for a letter while the records are on their way.",
    ),
    B.MEDICATION_REVIEW: ("Bring all open questions on medication to the study team at once.",),
    B.CRITERIA_AMBIGUITY: ("Ask the study team to decide how the criterion is read.",),
    B.PENDING_REVIEW: ("Agree two fixed times a week at which the study team decides.",),
    B.PATIENT_DECIDING: ("Ask each of them what is still open, and agree on a day to decide.",),
    B.TRAVEL: ("Arrange the journey for each of these leads.",),
    B.VISIT_CAPACITY: ("Open visit times on a second weekday.",),
}
OF_THE_LEAD = frozenset({K.WEAK_SOURCE, K.READY_NO_SLOT, K.MISSED_TARGET, K.OTHER_CLOSE})
"""What the site's lead takes on; the rest is for who works at the desk."""
MOST_CONSIDERED = 5  # of the most important items some are acted on
MOST_TICKED = 4  # leads that an action is about
SIGNS: Mapping[ItemKind, DoneWhen] = {K.STALE_UNNAMED: DoneWhen.CONTACTED}
"""What shows that an action is done, where its form proposes another sign."""
ACCEPTED = ("Is being worked on already.", "No change needed yet; look again.")
PASSED: Mapping[ItemKind, str] = {
    K.STALE_UNNAMED: "Each has its day in the queue.",
    K.STALE_REASON: "Each has its day in the queue.",
    K.STALE_RISK: "Each has its day in the queue.",
    K.WEAK_SOURCE: "Too early to judge; more leads are needed.",
    K.REPEATED_BLOCKER: "Each is stopped in its own way; no step frees them all.",
    K.READY_NO_SLOT: "Dates are offered as slots come free.",
    K.BREACHED_PROMISE: "Will be called first today.",
    K.OVERDUE: "Will be cleared from the queue today.",
    K.PUT_OFF: "The step is still the right one.",
    K.UNOWNED: "Are claimed from the queue today.",
    K.UNACCEPTED_HANDOFF: "Will be answered today.",
    K.MISSED_TARGET: "A busy week; nothing to change yet.",
    K.PAUSED_WORK: "Each pause has its reason.",
    K.OVERRIDE: "It was right, and its reason is on record.",
    K.OTHER_CLOSE: "The notes say enough.",
}
COVERED = "The open action on it goes on covering it."
AGAIN, LATER, DROPPED = "go on", "put off", "drop"
TURNS: Mapping[str, int] = {AGAIN: 5, LATER: 3, DROPPED: 2}  # how often an open action ends so
DUE_IN = (3, 6)  # days; before the next review


def may_be_acted_on(item: AgendaItem) -> bool:
    """Whether the demo knows an action for such an item, and its leads where it needs some."""
    kind = ItemKind(item.kind)
    return kind in ACTIONS and (_sign(kind) not in OF_LEADS or item.value > 0)


def decide(
    item: AgendaItem, desk: Desk, *, acts: bool, is_known: bool, at: datetime, rng: Random
) -> Decision:
    """How the item ends: an open action is gone on with, put off, dropped or escalated.

    With `acts` a new one is agreed on any other item; `is_known` where an open one is about the
    same thing. `at` is UTC.
    """
    today = local_time(at, desk.zone).date()
    if item.carried is not None:
        return _open_still(item, desk, today, rng)
    if is_known:
        return Decision(Ending.CLOSE, COVERED)
    if not acts:
        return _passed(item, today, rng)
    kind = ItemKind(item.kind)
    return Decision(
        Ending.ACT,
        _words(kind, item.code, rng),
        owner=desk.lead.pk if kind in OF_THE_LEAD else desk.choose_worker(rng).user.pk,
        due_on=_day(desk, today, rng),
        **_shown_by(item, _sign(kind)),
    )


def _open_still(item: AgendaItem, desk: Desk, today: date, rng: Random) -> Decision:
    """An action of an earlier review that is not done."""
    old = item.carried
    assert old is not None  # noqa: S101  (the caller looked)
    turn = rng.choices(list(TURNS), weights=list(TURNS.values()))[0]
    if turn == DROPPED:
        return Decision(Ending.CLOSE, "It would not help any more.")
    escalates = item.times_carried >= TWICE and turn == LATER
    if turn == LATER and not escalates:
        words = "Could not be done this week; look again."
        return Decision(Ending.ACCEPT, words, relook_on=today + 7 * DAY)
    return Decision(
        Ending.ESCALATE if escalates else Ending.ACT,
        old.words,
        owner=desk.lead.pk if escalates else old.owner_id,
        due_on=_day(desk, today, rng),
        **_shown_by(item, DoneWhen(old.done_when), goal=old.goal),
    )


def _passed(item: AgendaItem, today: date, rng: Random) -> Decision:
    """An item that is gone through without an action."""
    if rng.random() < 0.5:
        return Decision(Ending.ACCEPT, rng.choice(ACCEPTED), relook_on=today + 7 * DAY)
    return Decision(Ending.CLOSE, PASSED.get(ItemKind(item.kind), "Was talked over."))


def _words(kind: ItemKind, code: str, rng: Random) -> str:
    if kind == K.REPEATED_BLOCKER and code in ON_BLOCKERS:
        return rng.choice(ON_BLOCKERS[BlockerCategory(code)])
    return rng.choice(ACTIONS[kind])


def _sign(kind: ItemKind) -> DoneWhen:
    """What shows that an action on it is done."""
    return SIGNS.get(kind, DONE_WHEN[kind][0])


def _day(desk: Desk, today: date, rng: Random) -> date:
    """A working day before the next review."""
    day = today + rng.randint(*DUE_IN) * DAY
    while not desk.calendar.works_on(day) and day > today:
        day -= DAY
    return day


def _shown_by(item: AgendaItem, sign: DoneWhen, *, goal: int | None = None) -> Mapping[str, Any]:
    """The sign with what it needs: the most urgent leads, or half the figure of today."""
    leads = item.leads.order_by("position").values_list("lead", flat=True)
    return {
        "done_when": sign,
        "goal": (item.value // 2 if goal is None else goal) if sign == DoneWhen.FEWER else None,
        "leads": tuple(leads[:MOST_TICKED]) if sign in OF_LEADS else (),
    }
