"""How an item of the weekly review ends, as its page asks (D34, W4-W7)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.models import AgendaItem, AgendaLead
from recruitment.rules.calendars import add_business_days
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.weekly.codes import DONE_WHEN, DoneWhen, Ending, ItemKind
from recruitment.rules.weekly.endings import MAX_WORDS, Decision, endings_of
from recruitment.services.calendars import calendar_of
from recruitment.services.weekly_items import Ended, NextStep, end_item
from trialsnest.lib.zones import DAY, local_time

SOON = 3  # business days, proposed for an action
RELOOK = 7  # days, proposed for looking again
NEVER = "never"


class ItemForm(forms.Form):
    """An action with owner and day, an accept with a day to look again, or a close with why.

    What is typed is kept as a draft until it is sent.
    """

    draft_said, draft_back = "", False
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    ending = forms.ChoiceField(
        label="How does this item end?",
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"required": "Choose how it ends."},
    )
    words = LineField(
        label="What will happen, or why nothing has to",
        max_length=MAX_WORDS,
        error_messages={"required": "Say what will happen, or why nothing has to."},
    )
    owner = forms.ChoiceField(label="Owner", required=False)
    due_on = day_field("By", required=False)
    done_when = forms.ChoiceField(label="It is done when", required=False)
    goal = forms.IntegerField(
        label="Down to this number",
        min_value=0,
        max_value=1_000_000,
        required=False,
    )
    relook_on = day_field("Look again on", required=False)
    leads = forms.MultipleChoiceField(required=False, widget=forms.MultipleHiddenInput)
    next_type = forms.ChoiceField(
        label="Also the next action of the ticked leads",
        choices=[("", "No, leave them as they are"), *ActionType.choices],
        required=False,
    )
    releases = forms.BooleanField(label="Also where a call-back was promised", required=False)

    def __init__(
        self,
        *args: Any,
        item: AgendaItem,
        listed: Sequence[AgendaLead],
        people: Sequence[User],
        at: datetime,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.item, kind = item, ItemKind(item.kind)
        self._choices("ending", [(e.value, e.label) for e in endings_of(kind, item.times_carried)])
        self._choices("owner", [("", "Choose"), *((str(one.pk), one.name) for one in people)])
        offered = [sign for sign in DONE_WHEN[kind] if listed or sign in {*NO_LEADS}]
        self._choices("done_when", [(sign.value, sign.label) for sign in offered])
        self._choices("leads", [(str(row.lead_id), row.lead.number) for row in listed])
        self.listed = frozenset(str(row.lead_id) for row in listed)
        self._propose(at)

    def _choices(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field_of(self, name, forms.ChoiceField).choices = choices

    def _propose(self, at: datetime) -> None:
        """What was decided before, else an action in three days by whoever did it so far."""
        item, site = self.item, self.item.review.site
        zone, old = site.time_zone, item.action or item.carried
        today = local_time(at, zone).date()
        soon = local_time(add_business_days(at, SOON, calendar_of(site)), zone).date()
        proposed: dict[str, Any] = {
            "ending": item.ending or Ending.ACT,
            "words": item.words or (item.carried.words if item.carried else ""),
            "due_on": item.action.due_on if item.action else soon,
            "owner": str(old.owner_id) if old else "",
            "done_when": old.done_when if old else "",
            "goal": old.goal if old else None,
            "relook_on": item.relook_on or today + RELOOK * DAY,
        }
        self.initial.update(proposed)

    @property
    def ticked(self) -> frozenset[str]:
        """The leads that stand ticked: as they were sent, else all."""
        if self.is_bound:
            return frozenset(self.data.getlist("leads"))  # type: ignore[attr-defined]  # a QueryDict
        return frozenset(self.initial.get("leads", [] if self.draft_said else self.listed))

    @property
    def seen_now(self) -> str:
        """When the item had ended as this page shows it, also when it comes back after a refusal:
        the page says who ended it, so sending it again replaces that knowingly."""
        return self.item.ended_at.isoformat() if self.item.ended_at else ""

    def clean_seen(self) -> datetime | None:
        """When the item had ended on the page."""
        text = self.cleaned_data["seen"]
        try:
            return datetime.fromisoformat(text) if text else None
        except ValueError as problem:
            raise forms.ValidationError("The page is incomplete; load it again.") from problem

    def decision(self) -> Decision:
        """What was decided, once the form is valid."""
        data = self.cleaned_data
        sign = DoneWhen(data["done_when"]) if data["done_when"] else None
        day: date | None = data["due_on"]
        return Decision(
            ending=Ending(data["ending"]),
            words=data["words"],
            owner=int(data["owner"]) if data["owner"] else None,
            due_on=day,
            relook_on=data["relook_on"],
            done_when=sign,
            goal=data["goal"],
            leads=[int(key) for key in data["leads"]],
        )

    def run(self, *, by: User, at: datetime) -> Ended:
        """End the item. Raises InvalidInput, Refusal, ReviewMoved."""
        data, step = self.cleaned_data, None
        if data["next_type"]:
            step = NextStep(ActionType(data["next_type"]), releases_promises=data["releases"])
        return end_item(
            item=self.item,
            decision=self.decision(),
            next_step=step,
            by=by,
            at=at,
            seen=data["seen"],
        )


NO_LEADS = (DoneWhen.FEWER, DoneWhen.SAID)


class CorrectionForm(forms.Form):
    """What was wrong in a completed review (W9)."""

    words = LineField(
        label="Correction",
        max_length=MAX_WORDS,
        error_messages={"required": "Write what was wrong."},
    )
