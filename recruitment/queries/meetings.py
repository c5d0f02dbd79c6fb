"""The meeting of a weekly review: what it shows, who drives, how long it has taken (D34)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from recruitment.models import MeetingStep, WeeklyReview
from recruitment.rules.weekly.codes import AgendaLane, MeetingPart
from recruitment.rules.weekly.meeting import Step, time_of_lanes


@dataclass(frozen=True)
class Meeting:
    """The steps of a meeting so far."""

    steps: Sequence[MeetingStep]
    now: datetime

    @property
    def last(self) -> MeetingStep | None:
        """What is shown now, and by whom; None before it began."""
        return self.steps[-1] if self.steps else None

    @property
    def lane(self) -> str:
        """The name of the lane that is gone through."""
        if self.last is None:
            return ""
        code = lane_of(self.last)
        return str(AgendaLane(code).label if self.last.item else MeetingPart(code).label)

    @property
    def in_lane(self) -> timedelta:
        """How long the meeting has been in that lane, with the times before this one."""
        if self.last is None:
            return timedelta()
        steps = [Step(step.at, lane_of(step)) for step in self.steps]
        return time_of_lanes(steps, until=self.now)[lane_of(self.last)]

    @property
    def time_words(self) -> str:
        """That time as minutes and seconds: `6:05`."""
        minutes, seconds = divmod(int(self.in_lane.total_seconds()), 60)
        return f"{minutes}:{seconds:02}"


def lane_of(step: MeetingStep) -> str:
    """The lane of its item, or the part that stands before and after the items."""
    return str(step.item.lane if step.item else step.part)


def meeting_of(review: WeeklyReview, *, now: datetime) -> Meeting:
    """The meeting as it is at `now` (UTC). One statement."""
    return Meeting(list(review.steps.select_related("by", "item").order_by("id")), now)


def mark_of(review: WeeklyReview) -> str:
    """What changes whenever the meeting shows something else: its last step, the items ended.

    Two statements.
    """
    last = review.steps.order_by("-id").values_list("id", flat=True).first()
    ended = review.items.exclude(ending="").order_by("-ended_at").values_list("ended_at", flat=True)
    latest = ended.first()
    return f"{review.state}.{last or 0}.{latest.timestamp() if latest else 0}"
