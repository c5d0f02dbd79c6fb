"""How an item may end: what each way needs, and what two carries demand (D34, W5, W7)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from recruitment.rules.refusals import InvalidInput
from recruitment.rules.weekly.codes import DONE_WHEN, OF_LEADS, DoneWhen, Ending, ItemKind

TWICE = 2  # carries after which a review chooses do, drop or escalate (W7)
MAX_WORDS = 300  # characters of an action or a reason
LONGEST = 92  # days ahead that an action may be due, or an accepted item be looked at again


@dataclass(frozen=True)
class Decision:
    """What was decided about one item; `due_on` and `relook_on` are days of the site.

    `owner` is the key of who does it. `fewer_than` is the number the figure has to come down to,
    for that sign alone.
    """

    ending: Ending
    words: str
    owner: int | None = None
    due_on: date | None = None
    relook_on: date | None = None
    done_when: DoneWhen | None = None
    goal: int | None = None
    leads: Collection[int] = ()

    @property
    def is_action(self) -> bool:
        """Whether somebody has something to do."""
        return self.ending in {Ending.ACT, Ending.ESCALATE}


def endings_of(kind: ItemKind, times_carried: int) -> Sequence[Ending]:
    """The ways an item may end. Carried twice: do, drop or escalate, and nothing else (W7)."""
    if kind == ItemKind.CARRIED_ACTION and times_carried >= TWICE:
        return (Ending.ACT, Ending.CLOSE, Ending.ESCALATE)
    return (Ending.ACT, Ending.ACCEPT, Ending.CLOSE)


def check_decision(
    decision: Decision, kind: ItemKind, *, times_carried: int, today: date, value: int
) -> None:
    """Raise InvalidInput, naming the field, unless the item may end so. `today` is the site's."""
    if decision.ending not in endings_of(kind, times_carried):
        raise InvalidInput(
            "It was carried over twice: do it, drop it, or escalate it.", field="ending"
        )
    if decision.is_action:
        _check_action(decision, kind, today, value)
        return
    if not decision.words:
        raise InvalidInput("Say why.", field="words")
    if decision.ending == Ending.ACCEPT:
        _check_day(
            decision.relook_on, today, field="relook_on", missing="Choose a day to look again."
        )


def _check_action(decision: Decision, kind: ItemKind, today: date, value: int) -> None:
    if not decision.words:
        raise InvalidInput("Say what will happen.", field="words")
    if decision.owner is None:
        raise InvalidInput("Choose who does it.", field="owner")
    _check_day(decision.due_on, today, field="due_on", missing="Choose a day.")
    when = decision.done_when
    if when is None or when not in DONE_WHEN[kind]:
        raise InvalidInput("Choose what shows that it is done.", field="done_when")
    if when in OF_LEADS and not decision.leads:
        raise InvalidInput("Tick the leads it is about.", field="leads")
    if when == DoneWhen.FEWER and (decision.goal is None or not 0 <= decision.goal < value):
        raise InvalidInput(f"Name a number below the {value:,} of today.", field="goal")


def _check_day(day: date | None, today: date, *, field: str, missing: str) -> None:
    if day is None:
        raise InvalidInput(missing, field=field)
    if day < today:
        raise InvalidInput("That day is past.", field=field)
    if (day - today).days > LONGEST:
        raise InvalidInput(f"At most {LONGEST} days ahead.", field=field)
