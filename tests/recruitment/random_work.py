"""Several people who do random things to leads, right and wrong, with two clocks."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from accounts.models import User
from recruitment.models import Lead, StudyStaff
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType

Thing = TypeVar("Thing")


@dataclass
class RandomWork:
    """Who works on which leads, and when; `chance` decides what a verb is given."""

    chance: random.Random
    leads: list[Lead]
    people: list[User]  # the last is of another study
    deciders: list[StudyStaff]  # the last is of another study
    at: datetime

    def odds(self, share: float) -> bool:
        """Whether something happens that does in `share` of all cases."""
        return self.chance.random() < share

    def one_of(self, *things: Thing) -> Thing:
        """Any of several."""
        return self.chance.choice(things)

    def maybe(self, thing: Thing, share: float = 0.5) -> Thing | None:
        """`thing`, or nothing."""
        return thing if self.odds(share) else None

    def plan(self) -> Plan | None:
        """A next action, sometimes missing and sometimes in the past."""
        if self.odds(0.04):
            return None
        due = self.at + timedelta(hours=self.chance.randrange(-3, 400))
        return Plan(self.chance.choice(list(ActionType)), due, self.odds(0.2))

    def some_plan(self) -> Plan:
        """A next action for a verb that takes no missing one."""
        return self.plan() or Plan(ActionType.CALL, self.at + timedelta(days=1))

    def before(self) -> datetime | None:
        """When it happened: mostly now, sometimes hours ago (an entry made late)."""
        if self.odds(0.7):
            return None
        return self.at - timedelta(minutes=self.chance.randrange(0, 2000))

    def person(self) -> User:
        """Who does it: mostly somebody who may, now and then somebody of another study."""
        return self.people[-1] if self.odds(0.05) else self.chance.choice(self.people[:-1])

    def lead_person(self) -> User:
        """Who does what only a site lead may; sometimes somebody who may not."""
        return self.people[0] if self.odds(0.8) else self.person()

    def decider(self) -> StudyStaff | None:
        """Who decided, sometimes nobody and sometimes somebody of another study."""
        return self.chance.choice([*self.deciders[:-1], *self.deciders[:-1], *self.deciders, None])

    def override(self) -> str:
        """A reason to let a gate pass, or none."""
        return self.one_of("", "Agreed with the study team.")


Verb = Callable[[RandomWork, Lead, int], None]
