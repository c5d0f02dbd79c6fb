"""What can be done to several leads at once, one form each (bulk): a look, then it is done."""

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.forms.utils import ErrorList
from django.utils.functional import cached_property

from accounts.models import User
from recruitment.forms.close_several import ReasonForSeveral
from recruitment.forms.fields import BlockField, day_field, field_of, time_field
from recruitment.forms.hidden import detail_of
from recruitment.forms.ownership import PersonField, person_field, reason_field
from recruitment.models import Lead, NextAction
from recruitment.models.contact_files import Reach
from recruitment.models.reaches import reaches_now
from recruitment.rules.closing import CloseCode
from recruitment.rules.closing_phases import legal_codes
from recruitment.rules.contact_zones import moved_into
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import OPEN, Stage
from recruitment.rules.vocabulary import ActionType
from recruitment.rules.work_codes import PushBack
from recruitment.services.contact_times import TIMED
from recruitment.services.handoffs import MAX_CONTEXT
from recruitment.services.one_by_one import Done, Seen
from recruitment.services.several import (
    assign_several,
    close_several,
    hand_over_several,
    snooze_several,
)
from trialsnest.lib.words import clock, day_short
from trialsnest.lib.zones import instant_of, local_time

ONLY_LOOKS = "You may look at this lead, but you do not work on it."
NOT_YOURS = "A site lead changes its owner; hand it over instead."
SEVERAL = "several-"
NO_ACTION = "A closed lead has no next action."


@dataclass(frozen=True)
class Rights:
    """The studies at sites (keys) whose leads somebody works, and those that she leads."""

    works: Set[int]
    leads: Set[int]


class SeveralForm(forms.Form):
    """One thing done to the chosen leads. `do` names it, `key` makes a second send harmless."""

    do: ClassVar[str]
    title: ClassVar[str]
    verb: ClassVar[str]  # for the button: "Assign 3 leads"
    done: ClassVar[str]  # over the result: "3 leads assigned"

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        chosen: Sequence[Seen],
        people: Sequence[User],
        rights: Rights,
        user: User,
        at: datetime,
    ) -> None:
        first = {"key": uuid.uuid4()}
        super().__init__(data, auto_id="several-%s", error_class=ErrorList, initial=first)
        self.draft_said, self.draft_back = "", False
        self.chosen, self.rights, self.user, self.at = chosen, rights, user, at
        self.prepare(people)

    @property
    def draft_key(self) -> str:
        """Under what is kept what was typed into it and not sent."""
        return f"{SEVERAL}{self.do}"

    def prepare(self, people: Sequence[User]) -> None:
        """Set choices; `people` work where the leads are."""

    def refuses(self, lead: Lead) -> str:
        """Why this user may not do it to this lead, whatever the rules say of the lead."""
        return "" if lead.study_site_id in self.rights.works else ONLY_LOOKS

    def words_for(self, lead: Lead) -> str:
        """What becomes of the lead."""
        raise NotImplementedError

    def send(self, leads: Sequence[Seen], **how: Any) -> list[Done]:
        """Call the service."""
        raise NotImplementedError

    @cached_property
    def action_id(self) -> uuid.UUID:
        """Under what it is written: her own, so that nobody can join an action of somebody else."""
        return uuid.uuid5(self.cleaned_data["key"] or uuid.uuid4(), str(self.user.pk))

    def run(self, *, only_look: bool) -> list[Done]:
        """Do it, or look what would become of each; in the order of the leads chosen."""
        barred = {row.lead.pk: self.refuses(row.lead) for row in self.chosen}
        allowed = [row for row in self.chosen if not barred[row.lead.pk]]
        found = {}
        if allowed:
            how: dict[str, Any] = {"by": self.user, "at": self.at, "only_look": only_look}
            how["action_id"] = self.action_id
            found = {each.lead.pk: each for each in self.send(allowed, **how)}
        return [
            found.get(row.lead.pk) or Done(row.lead, barred[row.lead.pk]) for row in self.chosen
        ]


class AssignSeveralForm(SeveralForm):
    """Give the leads to somebody, or to Unowned (O7, D22)."""

    do, title, verb, done = "assign", "Change the owner", "Assign", "assigned"

    owner = person_field("New owner")
    reason = reason_field()

    def prepare(self, people: Sequence[User]) -> None:
        """Offer who works there, and the tray."""
        field_of(self, "owner", PersonField).offer(list(people))

    @property
    def to(self) -> User | None:
        """Who gets them; None for the Unowned tray."""
        return field_of(self, "owner", PersonField).chosen(self.cleaned_data["owner"])

    def refuses(self, lead: Lead) -> str:
        """A site lead gives to anybody; others take what has no owner and give up their own."""
        takes = lead.owner_id is None and self.to == self.user
        gives_up = lead.owner_id == self.user.pk and self.to is None
        if lead.study_site_id in self.rights.leads or takes or gives_up:
            return ""
        return super().refuses(lead) or NOT_YOURS

    def words_for(self, lead: Lead) -> str:
        """From whom to whom."""
        before, after = (user.name if user else "No owner" for user in (lead.owner, self.to))
        return f"{before} → {after}"

    def send(self, leads: Sequence[Seen], **how: Any) -> list[Done]:
        """Give them away."""
        return assign_several(leads=leads, to=self.to, reason=self.cleaned_data["reason"], **how)


class HandOverSeveralForm(SeveralForm):
    """Offer the leads to a colleague with one context (H2, H3)."""

    do, title, verb, done = "hand_over", "Hand over", "Offer", "offered"

    receiver = person_field("To whom")
    context = BlockField(
        label="What your colleague needs to know",
        max_length=MAX_CONTEXT,
        help_text="The same for all of them. You stay the owner of each until it is accepted.",
        error_messages={"required": "Write what your colleague needs to know."},
    )

    def prepare(self, people: Sequence[User]) -> None:
        """Offer everybody else who works there."""
        others = [user for user in people if user != self.user]
        field_of(self, "receiver", PersonField).offer(others, with_unowned=False)
        self.fields["context"].widget.attrs["rows"] = 4

    @property
    def to(self) -> User:
        """Who is asked to take them."""
        found = field_of(self, "receiver", PersonField).chosen(self.cleaned_data["receiver"])
        assert found is not None  # noqa: S101  (the field offers people only)
        return found

    def words_for(self, lead: Lead) -> str:
        """To whom."""
        return f"Offered to {self.to.name}"

    def send(self, leads: Sequence[Seen], **how: Any) -> list[Done]:
        """Offer them."""
        context = self.cleaned_data["context"]
        return hand_over_several(leads=leads, to=self.to, context=context, **how)


class SnoozeSeveralForm(SeveralForm):
    """Another due time for the open next action of each, with why (N3, D19)."""

    do, title, verb, done = "snooze", "Put off", "Put off", "put off"

    due_date = day_field("Until the day")
    due_time = time_field("At", help_text="On the clock of each lead's site.")
    push_back = forms.ChoiceField(
        label="Why later",
        choices=[(each.value, each.label) for each in PushBack if each != PushBack.ASKED],
        initial=PushBack.POSTPONED,
        help_text="What is put off is counted on each lead.",
    )
    reason = reason_field()

    def plan(self, lead: Lead) -> Plan | None:
        """The open next action at the chosen time; a call within the hours for contact (OA9)."""
        row = self._actions.get(lead.pk)
        if row is None:
            return None
        data, zone = self.cleaned_data, lead.study_site.site.time_zone
        due_at = instant_of(data["due_date"], data["due_time"], zone)
        plan = Plan(ActionType(row.type), due_at, row.is_promised, detail_of(row))
        if plan.is_promised or plan.type not in TIMED:
            return plan
        reach = self._reaches[lead.pk]
        return moved_into(plan, reach.where, reach.window, may_text=reach.may_text)

    @cached_property
    def _actions(self) -> dict[int, NextAction]:
        keys = [row.lead.pk for row in self.chosen]
        rows = NextAction.objects.filter(lead__in=keys, ended_at__isnull=True)
        return {row.lead_id: row for row in rows}

    @cached_property
    def _reaches(self) -> dict[int, Reach]:
        return reaches_now([row.lead for row in self.chosen], at=self.at)

    @cached_property
    def _plans(self) -> dict[int, Plan | None]:
        return {row.lead.pk: self.plan(row.lead) for row in self.chosen}

    def refuses(self, lead: Lead) -> str:
        """There must be a next action."""
        return super().refuses(lead) or ("" if lead.pk in self._actions else NO_ACTION)

    def words_for(self, lead: Lead) -> str:
        """What is due when, on the site's clock."""
        plan = self._plans.get(lead.pk)
        if plan is None:
            return ""
        there = local_time(plan.due_at, lead.study_site.site.time_zone)
        return f"{plan.type.label}, {day_short(there)} {clock(there)}"

    def send(self, leads: Sequence[Seen], **how: Any) -> list[Done]:
        """Put them off."""
        planned = [(row, plan) for row in leads if (plan := self._plans[row.lead.pk]) is not None]
        data = self.cleaned_data
        code = PushBack(data["push_back"])
        return snooze_several(leads=planned, push_back=code, reason=data["reason"], **how)


class CloseSeveralForm(ReasonForSeveral, SeveralForm):
    """End the work on the leads with one reason (CL1)."""

    do, title, verb, done = "close", "Close", "Close", "closed"

    def prepare(self, people: Sequence[User]) -> None:
        """Offer what may close one of them and can be said of several."""
        stages = {Stage(row.lead.stage) for row in self.chosen if row.lead.stage in OPEN}
        legal = {code for stage in stages for code in legal_codes(stage)}
        self.offer(code for code in CloseCode if code in legal)

    def words_for(self, lead: Lead) -> str:
        """With which reason."""
        return f"Closed: {self.cleaned_data['reason'].label}"

    def send(self, leads: Sequence[Seen], **how: Any) -> list[Done]:
        """Close them."""
        data = self.cleaned_data
        return close_several(leads=leads, code=data["reason"], note=data["note"], **how)


FORMS: tuple[type[SeveralForm], ...] = (
    AssignSeveralForm,
    HandOverSeveralForm,
    SnoozeSeveralForm,
    CloseSeveralForm,
)
