"""The rest of the day, ticked as the page showed it, to be moved to the next one (D19)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.utils import ErrorList

from accounts.models import User
from recruitment.forms.boxes import BoxesField
from recruitment.forms.fields import LineField
from recruitment.forms.hidden import detail_of
from recruitment.models import NextAction
from recruitment.models.contact_files import Reach
from recruitment.models.reaches import reaches_now
from recruitment.rules.calendars import BusinessCalendar, next_opening
from recruitment.rules.contact_zones import moved_into
from recruitment.rules.next_actions import Plan
from recruitment.rules.vocabulary import ActionType
from recruitment.services.contact_times import TIMED
from recruitment.services.day_end import Moved, Row, move_to_next_day
from recruitment.services.next_actions import MAX_REASON

USUAL = "Not reached by the end of the day."
GONE = "It is not due today any more."


@dataclass(frozen=True)
class Result:
    """What became of one lead, or would; without a row it is gone from the list."""

    number: str
    action: NextAction | None
    row: Row | None

    @property
    def why(self) -> str:
        """What refused it; empty where it goes through."""
        return self.row.why if self.row else GONE


def box_of(action: NextAction) -> str:
    """What the box of a row sends: the lead and its version."""
    return f"{action.lead.number}:{action.lead.version}"


class MoveRestForm(forms.Form):
    """Which leads, and why they are put off."""

    leads = BoxesField()
    reason = LineField(
        label="Why the rest is put off",
        max_length=MAX_REASON,
        initial=USUAL,
        error_messages={"required": "Say why the rest is put off."},
        help_text="It stands with each lead that is put off.",
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        actions: Sequence[NextAction],
        calendars: Mapping[int, BusinessCalendar],
        day_ends_at: datetime,
    ) -> None:
        super().__init__(data, auto_id="rest-%s", error_class=ErrorList)
        self.actions = {action.lead.number: action for action in actions}
        self.calendars = calendars
        self.day_ends_at = day_ends_at

    def run(self, *, by: User, at: datetime, only_look: bool) -> list[Result]:
        """Move them, or look what would become of them. Raises InvalidInput."""
        boxes = [box.split(":") for box in dict.fromkeys(self.cleaned_data["leads"])]
        found = [
            (action, action.lead, int(version))
            for number, version in boxes
            if (action := self.actions.get(number)) and action.lead
        ]
        reaches = reaches_now([lead for _, lead, _ in found], at=at)
        asked = [
            Moved(lead, version, self.plan(action, reaches[lead.pk]))
            for action, lead, version in found
        ]
        done: dict[str, Row] = {}
        if asked:
            reason = self.cleaned_data["reason"]
            rows = move_to_next_day(rows=asked, reason=reason, by=by, at=at, only_look=only_look)
            done = {row.asked.lead.number: row for row in rows}
        numbers: Iterable[str] = (number for number, _ in boxes)
        return [Result(n, self.actions.get(n), done.get(n)) for n in numbers]

    def plan(self, action: NextAction, reach: Reach) -> Plan:
        """The same action when the lead's site opens after the user's day; a call in its hours."""
        lead = action.lead
        assert lead is not None  # noqa: S101  (the list holds actions on leads)
        opens = next_opening(self.day_ends_at, self.calendars[lead.study_site_id])
        plan = Plan(ActionType(action.type), opens, detail=detail_of(action))
        if plan.type not in TIMED:
            return plan
        return moved_into(plan, reach.where, reach.window, may_text=reach.may_text)
