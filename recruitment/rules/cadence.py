"""How often, by which channel and at what times of day somebody is tried (CD1-CD3, D27)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.contact_hours import DEFAULT_WINDOW, EARLIEST, LATEST, ContactWindow
from recruitment.rules.contact_zones import ContactZones, next_time
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType, Channel
from trialsnest.lib.zones import instant_of, local_time

MOST_ATTEMPTS = 20
MOST_DAYS = 90  # business days after the first attempt, and calendar days of the call-back window
INSTEAD: Sequence[Channel] = (
    Channel.PHONE,
    Channel.EMAIL,
    Channel.TEXT,
    Channel.SECURE_MESSAGE,
    Channel.LETTER,
)
"""The channel that stands in for one that is not permitted: the first of these that is."""


@dataclass(frozen=True)
class Step:
    """One attempt: business days after the first, and the time of day where the person lives.

    `clock` is None for the first, which is due at once.
    """

    channel: Channel
    business_days: int = 0
    clock: time | None = None


@dataclass(frozen=True)
class Cadence:
    """A study's plan of attempts. Raises InvalidInput naming the step and what is allowed.

    `call_back_days` are calendar days; `key` is the stored version's, None for the default.
    """

    steps: tuple[Step, ...]
    max_attempts: int = 5
    call_back_days: int = 14
    key: int | None = None
    version: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.max_attempts <= MOST_ATTEMPTS:
            raise InvalidInput(f"Write 1 to {MOST_ATTEMPTS} attempts.", field="max_attempts")
        if not 1 <= self.call_back_days <= MOST_DAYS:
            raise InvalidInput(f"Write 1 to {MOST_DAYS} days.", field="call_back_days")
        if not self.steps:
            raise InvalidInput("Give at least the first attempt.", field="channel_1")
        if len(self.steps) > self.max_attempts:
            raise InvalidInput(
                f"These are {len(self.steps)} steps, and at most {self.max_attempts} attempts.",
                field="max_attempts",
            )
        if self.steps[0].business_days != 0:
            raise InvalidInput("The first attempt is on day 0.", field="days_1")
        for number, (before, step) in enumerate(
            zip(self.steps, self.steps[1:], strict=False), start=2
        ):
            _check_step(number, before, step)

    @property
    def call_back_window(self) -> timedelta:
        """How long somebody who was not reached may still call back (CD2)."""
        return timedelta(days=self.call_back_days)

    @property
    def words(self) -> str:
        """The cadence in one line, for the history of the settings."""
        steps = "; ".join(
            f"{step.channel.label.lower()} on day {step.business_days}"
            + (f" at {step.clock:%H:%M}" if step.clock else "")
            for step in self.steps
        )
        return (
            f"at most {self.max_attempts} attempts: {steps}; "
            f"then {self.call_back_days} days to call back"
        )


def _check_step(number: int, before: Step, step: Step) -> None:
    if step.clock is None:
        raise InvalidInput(f"Give step {number} its time of day.", field=f"clock_{number}")
    if not EARLIEST <= step.clock < LATEST:
        raise InvalidInput(
            f"Step {number} must lie between {EARLIEST:%H:%M} and {LATEST:%H:%M}.",
            field=f"clock_{number}",
        )
    if step.business_days <= before.business_days:
        raise InvalidInput(
            f"Step {number} must come on a later business day than the step before it.",
            field=f"days_{number}",
        )
    if step.business_days > MOST_DAYS:
        raise InvalidInput(f"At most {MOST_DAYS} business days.", field=f"days_{number}")


DEFAULT = Cadence(
    (
        Step(Channel.PHONE),
        Step(Channel.PHONE, 1, time(17, 30)),
        Step(Channel.EMAIL, 3, time(12, 15)),
        Step(Channel.PHONE, 6, time(9, 30)),
        Step(Channel.PHONE, 9, time(12, 15)),
    )
)
"""Five attempts over ten business days at three times of day, one of them outside 09-17 (D27); the
third by another channel where the person agreed to one (CD2)."""


def next_attempt(
    attempts: int,
    *,
    cadence: Cadence,
    at: datetime,
    calendar: BusinessCalendar,
    where: ContactZones,
    window: ContactWindow = DEFAULT_WINDOW,
    permitted: Collection[Channel] = tuple(Channel),
) -> Plan:
    """What follows an attempt nobody answered (CD2, D27, D29).

    `attempts` counts those made since the person last answered, this one included. A step on a
    channel that is not `permitted` falls to the next that is. The call lies inside the contact
    `window` on the patient's clock. When the steps or the maximum are used up, what is left is a
    person's decision after the call-back window (CD3); without any permitted channel, at once.
    """
    if attempts >= min(cadence.max_attempts, len(cadence.steps)):
        return Plan(ActionType.DECIDE_CLOSE, at + cadence.call_back_window)
    step = cadence.steps[attempts]
    channel = _permitted(step.channel, permitted)
    if channel is None:
        return Plan(ActionType.DECIDE_CLOSE, at)
    days = step.business_days - (cadence.steps[attempts - 1].business_days if attempts else 0)
    today = local_time(at, calendar.zone).date()
    on = calendar.working_day(today, days)
    due_at = max(instant_of(on, step.clock or window.opens, where.zones[0]), at)
    if channel == Channel.PHONE:
        return Plan(ActionType.CALL, next_time(due_at, where, window))
    detail = f"By {channel.label.lower()}"
    return Plan(ActionType.MESSAGE, next_time(due_at, where, window), detail=detail)


def _permitted(channel: Channel, permitted: Collection[Channel]) -> Channel | None:
    if channel in permitted:
        return channel
    return next((other for other in INSTEAD if other in permitted), None)
