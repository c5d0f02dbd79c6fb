"""The agenda: which findings become items, in which order, and which are accepted together (D34).

Twelve items at most. What a review may not pass over is always among them: actions still open
(W7), asks that are not settled (AS3) and overrides (G3). The rest is ranked by how directly
somebody waits for it, then by size.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from recruitment.rules.weekly.codes import LANE_OF, AgendaLane, ItemKind

MOST_ITEMS = 12
LANES = list(AgendaLane)
KINDS = list(ItemKind)
NEVER_LEFT_OUT = frozenset(
    {ItemKind.CARRIED_ACTION, ItemKind.ANSWERED_ASK, ItemKind.OPEN_ASK, ItemKind.OVERRIDE}
)
WEIGHT: Mapping[ItemKind, int] = {
    ItemKind.BREACHED_PROMISE: 0,  # somebody was told a time
    ItemKind.UNOWNED: 1,
    ItemKind.STALE_UNNAMED: 2,
    ItemKind.READY_NO_SLOT: 3,
    ItemKind.REPEATED_BLOCKER: 4,
    ItemKind.OVERDUE: 5,
    ItemKind.STALE_REASON: 6,
    ItemKind.UNACCEPTED_HANDOFF: 7,
    ItemKind.PUT_OFF: 8,
    ItemKind.WEAK_SOURCE: 9,
    ItemKind.MISSED_TARGET: 10,
    ItemKind.PAUSED_WORK: 11,
    ItemKind.STALE_RISK: 12,
    ItemKind.OTHER_CLOSE: 13,
}
"""Which kinds come first where there are more findings than items; the lower, the sooner."""


@dataclass(frozen=True)
class Finding:
    """One thing the log shows at one study at a site, whether it is worth an item or not.

    `place` is the key of the study at a site, `code` says which of its kind (a blocker category, a
    target, the key of a source or of an action), `value` is its figure in the unit of its kind,
    and `leads` are the keys of the leads it is about, the most urgent first. `subject` is whom it
    is about where that matters: the key of who let an override pass.
    """

    kind: ItemKind
    place: int
    code: str = ""
    value: int = 0
    of: int = 0  # what `value` is a part of, where it is a share
    leads: tuple[int, ...] = field(default=())
    stands_out: bool = True
    subject: int = 0

    @property
    def lane(self) -> AgendaLane:
        """The lane in which it is gone through."""
        return LANE_OF[self.kind]

    @property
    def key(self) -> tuple[ItemKind, int, str]:
        """What makes it the same thing as one of another week."""
        return self.kind, self.place, self.code


@dataclass(frozen=True)
class Agenda:
    """The items in the order of the lanes, and the findings that one line accepts together."""

    items: Sequence[Finding]
    rest: Sequence[Finding]


def agenda(findings: Iterable[Finding], *, most: int = MOST_ITEMS) -> Agenda:
    """Rank what stands out and keep `most` of it (D34); the rest is accepted in one line, counted.

    What may not be left out stays, also where it alone is more than `most`.
    """
    ranked = sorted((one for one in findings if one.stands_out), key=_urgency)
    kept = [one for one in ranked if one.kind in NEVER_LEFT_OUT]
    others = [one for one in ranked if one.kind not in NEVER_LEFT_OUT]
    free = max(0, most - len(kept))
    items = sorted([*kept, *others[:free]], key=_place)
    return Agenda(items, others[free:])


def _urgency(one: Finding) -> tuple[int, int, int, str]:
    return WEIGHT.get(one.kind, -1), -one.value, one.place, one.code


def _place(one: Finding) -> tuple[int, int, int, int, str]:
    return LANES.index(one.lane), KINDS.index(one.kind), -one.value, one.place, one.code
