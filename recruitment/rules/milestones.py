"""Which event is the first occurrence of each milestone (domain.md 3.3)."""

from collections.abc import Iterable

from recruitment.rules.events import Fact, MilestoneCode, milestones_of


def first_milestones(facts: Iterable[Fact]) -> dict[MilestoneCode, int]:
    """The `seq` of the first occurrence of each milestone in a log without voided entries.

    First is what happened first; of equals, what was told first. A first action is the first one
    of all, so it follows the same rule.
    """
    first: dict[MilestoneCode, Fact] = {}
    for fact in facts:
        for code in milestones_of(fact):
            known = first.get(code)
            if known is None or fact.occurred_at < known.occurred_at:
                first[code] = fact
    return {code: fact.seq for code, fact in first.items()}
