"""How a site reports through a random quarter: how often, and if its study is strict (D2, D35).

Of five seeds two are weekly reports that print headline totals, one is strict, one is two-weekly or
monthly, and one changes its cadence in the middle, strict or not, and half the time its weekday.
"""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WEEKS = 13
WEEKLY, TWO_WEEKLY, MONTHLY = (1,), (2,), (4, 5, 4)
"""Weeks from one report to the next, over and over."""
LAST_WEEK = WEEKS - 1


@dataclass(frozen=True)
class Manner:
    """`weeks` are those at whose end a report is made, counted from the first report's."""

    name: str
    strict: bool
    weeks: tuple[int, ...]
    steps: tuple[int, ...]
    """Weeks from each report to the next one, as its study's setting has it then."""
    shift: timedelta = timedelta(0)
    shifted_from: int = WEEKS

    def cut_off(self, first: datetime, week: int) -> datetime:
        """When the period ends that would end so many weeks after the first one."""
        moved = self.shift if week >= self.shifted_from else timedelta(0)
        return first + timedelta(weeks=week) + moved


def manner(seed: int, rng: random.Random) -> Manner:
    """The manner of a seed."""
    kind = seed % 5
    if kind in {0, 1}:
        return _steady("weekly", WEEKLY, strict=False)
    if kind == 2:
        return _steady("strict, weekly", WEEKLY, strict=True)
    if kind == 3:
        name, steps = rng.choice((("two-weekly", TWO_WEEKLY), ("monthly", MONTHLY)))
        return _steady(name, steps, strict=False)
    before, after = rng.sample((WEEKLY, TWO_WEEKLY, MONTHLY), 2)
    strict, week = rng.random() < 0.5, rng.randint(3, 9)
    changed = _changed(before, after, week, strict=strict)
    if rng.random() < 0.5:
        return changed
    days = timedelta(days=rng.choice((-2, -1, 1, 2, 3)))
    return replace(changed, name=f"{changed.name} and weekday", shift=days, shifted_from=week)


def _steady(name: str, steps: tuple[int, ...], *, strict: bool) -> Manner:
    return Manner(name, strict, *_walk([(steps, WEEKS)]))


def _changed(before: tuple[int, ...], after: tuple[int, ...], week: int, *, strict: bool) -> Manner:
    name = "strict, another cadence" if strict else "another cadence"
    return Manner(name, strict, *_walk([(before, week), (after, WEEKS)]))


def _walk(parts: list[tuple[tuple[int, ...], int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The weeks of the reports, each part up to its end, and the step announced at each."""
    weeks, announced, at = list[int](), list[int](), 0
    for steps, end in parts:
        turn = 0
        while at < end:
            step = steps[turn % len(steps)]
            weeks.append(at)
            announced.append(step)
            at, turn = at + step, turn + 1
    return tuple(weeks), tuple(announced)
