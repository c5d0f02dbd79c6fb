"""What every form about one lead shares: the version seen, refusals at fields, one service."""

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, ClassVar, cast

from django import forms
from django.utils.functional import cached_property

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, field_of, time_field
from recruitment.forms.hidden import hide_initial
from recruitment.models import Lead
from recruitment.models.contact_files import Reach, reach_now
from recruitment.queries.lead_page import LeadPage
from recruitment.queries.stage_labels import label_of
from recruitment.queries.workers import members_of
from recruitment.rules.calendars import BusinessCalendar, next_opening
from recruitment.rules.contact_zones import check_planned, moved_into
from recruitment.rules.lanes import day_of
from recruitment.rules.next_actions import MAX_DETAIL, Plan, proposal
from recruitment.rules.readiness import MAY_OVERRIDE
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.terms import Terms
from recruitment.rules.vocabulary import ActionType
from recruitment.services.cadences import cadence_of
from recruitment.services.calendars import calendar_of
from recruitment.services.contact_times import TIMED, as_permitted
from recruitment.services.terms import terms_of
from trialsnest.lib.form_fields import Codes, share_choices
from trialsnest.lib.words import clock, day_short, zone_words
from trialsnest.lib.zones import instant_of, local_time


class LeadForm(forms.Form):
    """A form whose one effect is one service call. `at` (UTC) is when the page was asked for.

    `key` names it on the page, `url_name` is where it posts and `done` is the sentence after it.
    """

    key: ClassVar[str]
    title: ClassVar[str]
    url_name: ClassVar[str]
    save_label: ClassVar[str] = "Save"
    done: ClassVar[str] = "Saved."
    perms: ClassVar[frozenset[str]] = frozenset({"work_leads"})  # any of these
    minds_changes: ClassVar[bool] = True  # a colleague who was first makes it refuse
    keeps_fields: ClassVar[bool] = True  # what is written of a field may serve another lead too
    keeps_hidden: ClassVar[frozenset[str]] = frozenset()  # stay as stored where left empty
    renames: ClassVar[Mapping[str, str]] = {}  # what a service calls a value, and its field here

    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        min_value=0,
        error_messages={"required": "The page is incomplete; load it again."},
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        lead: Lead,
        at: datetime,
        page: LeadPage | None = None,
    ) -> None:
        share_choices(type(self))
        super().__init__(data, auto_id=f"{self.key}-%s", initial={"seen": lead.version})
        self.lead = lead
        self.at = at
        self.draft_said, self.draft_back = "", False  # about its draft; whether its words are back
        self.is_next = False  # whether the lead's next action asks for it
        self.page = page  # what was read for the page already
        self.site = lead.study_site.site
        self.zone: str = self.site.time_zone
        self.prepare()
        hide_initial(self, keeps=self.keeps_hidden)

    def prepare(self) -> None:
        """Set choices and first values that depend on the lead."""

    def run(self, *, by: User, at: datetime) -> None:
        """Call the service. Raises Refusal, and then nothing is written."""
        raise NotImplementedError

    @property
    def caution(self) -> str:
        """A sentence to read before the form is used; empty for none."""
        return ""

    @property
    def calendar(self) -> BusinessCalendar:
        """The working time of the lead's site."""
        return calendar_of(self.site)

    @property
    def terms(self) -> Terms:
        """The targets and calendars of the lead's study at its site."""
        return terms_of(self.lead.study_site)

    @property
    def seen_version(self) -> int:
        """The version that the page showed."""
        seen: int = self.cleaned_data["seen"]
        return seen

    def refuse(self, refusal: Refusal) -> None:
        """Put the sentence at the field it is about, or over the form."""
        field = refusal.field if isinstance(refusal, InvalidInput) else "to"
        for kind in type(self).__mro__:
            field = getattr(kind, "renames", {}).get(field, field)
        self.add_error(field if field in self.fields else None, str(refusal))

    def suit(self, rights: frozenset[str]) -> None:
        """Leave out what its reader may not do: only a site lead overrides (G3)."""
        if "override" not in self.fields or "lead_site" in rights:
            return
        told = self.errors.pop("override", None) if self.is_bound else None
        del self.fields["override"]
        for sentence in told or ():
            self.add_error(None, str(sentence).removesuffix(MAY_OVERRIDE))

    def renew(self, version: int) -> None:
        """Let the form be sent again over the lead as it is now; what was typed stays."""
        data: Any = cast(Any, self.data).copy()
        data["seen"] = str(version)
        self.data = data

    def choices(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a choice field its choices."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    def codes(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Give a choice field choices in the words of the software or of the study alone."""
        field_of(self, name, forms.ChoiceField).choices = Codes(choices)

    def stage_label(self, stage: str) -> str:
        """What the lead's study calls a stage."""
        return label_of(self.lead.study_site.study, stage)

    def zone_hint(self) -> str:
        """On which clock times are typed."""
        return f"{zone_words(self.zone)}, the site's clock."

    @cached_property
    def reach(self) -> Reach:
        """How the person may be reached, and on which clock she lives. At most three statements."""
        return self.page.reach if self.page else reach_now(self.lead, at=self.at)

    def people(self, *perms: str) -> list[User]:
        """Who may do any of this here, by name. One statement, for all forms of a page."""
        members = self.page.members if self.page else members_of(self.lead.study_site_id)
        return [member.user for member in members if member.perms & {*perms}]

    @property
    def person_zone(self) -> str:
        """The person's likeliest zone; a time that she asked for is typed on its clock (N4)."""
        return self.reach.where.zones[0]

    def promise_hint(self) -> str:
        """On which clock a time is typed that the person asked for, and how we know (D29)."""
        zone, basis = zone_words(self.person_zone), self.reach.where.basis_words
        return f"A time the person asked for is on their own clock: {zone} ({basis})."

    def instant(self, day_name: str, time_name: str, zone: str = "") -> datetime | None:
        """The instant of a date and a time typed on a clock, the site's; None without both."""
        day, clock = self.cleaned_data.get(day_name), self.cleaned_data.get(time_name)
        return instant_of(day, clock, zone or self.zone) if day and clock else None


PROPOSED, TWO_HOURS, NEXT_DAY, PICK, KEEP = "proposed", "two_hours", "next_day", "pick", "keep"


class NextStepForm(LeadForm):
    """A form that ends with what happens next: as proposed, soon, or at a chosen time."""

    due = forms.ChoiceField(
        label="By when",
        choices=[
            (PROPOSED, "As proposed"),
            (TWO_HOURS, "In 2 h"),
            (NEXT_DAY, "Next working day"),
            (PICK, "Other"),
        ],
        initial=PROPOSED,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
        error_messages={"required": "Say what happens next and by when."},
    )
    due_date = day_field("Day", required=False)
    due_time = time_field("Time", required=False)
    action = forms.ChoiceField(
        label="Next action",
        choices=[("", "As proposed"), *ActionType.choices],
        required=False,
    )
    detail = LineField(label="Detail", max_length=MAX_DETAIL, required=False)

    may_keep: ClassVar[bool] = False

    def __init__(self, *args: Any, lead: Lead, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, lead=lead, at=at, **kwargs)
        there = local_time(self.next_day(at), self.zone)
        self.initial.update(due_date=there.date(), due_time=time(9))
        self.fields["due"].help_text = self.zone_hint()
        if self.may_keep:
            field = field_of(self, "due", forms.ChoiceField)
            # Choices are pairs of words here
            self.codes("due", [(KEEP, "Keep the next action as it is"), *field.choices])  # type: ignore[misc]
            self.initial["due"] = KEEP

    def next_day(self, at: datetime) -> datetime:
        """When the site opens next after today."""
        return next_opening(day_of(at, self.zone).ends_at, self.calendar)

    def proposed(self, stage: Stage, at: datetime) -> Plan | None:
        """The usual next action of `stage`."""
        plan = proposal(
            stage,
            at=at,
            terms=self.terms,
            visit_at=self.lead.visit_at,
            call_back=cadence_of(self.lead.study_site.study).call_back_window,
        )
        return self.fitted(plan, at) if plan is not None else None

    def fitted(self, plan: Plan, at: datetime) -> Plan:
        """A proposal as it may be carried out: by a channel and within hours that are allowed."""
        if plan.type in TIMED:
            plan = as_permitted(plan, self.reach, at_the_latest=self.next_day(at))
        return self._in_hours(plan, is_chosen=False)

    def words_of(self, plan: Plan | None) -> str:
        """A proposal in words, on the site's clock."""
        if plan is None:
            return "No next action."
        there = local_time(plan.due_at, self.zone)
        return f"{plan.type.label}, {day_short(there)} {clock(there)}"

    def plan(
        self, proposed: Plan | None, at: datetime, *, is_promised: bool = False
    ) -> Plan | None:
        """The plan that was chosen; None when the open next action stays.

        A day and time are read on the site's clock, of a promised call-back on the person's (N4).
        Raises InvalidInput where a day or a time is missing.
        """
        data = self.cleaned_data
        how = data.get("due")
        if how == KEEP:
            return None
        usual = proposed.type if proposed else ActionType.CALL
        kind = ActionType(data["action"]) if data.get("action") else usual
        if how == PROPOSED:
            if proposed is None:
                raise InvalidInput("Choose a time; there is no proposal here.", field="due")
            due_at = proposed.due_at
        elif how == TWO_HOURS:
            due_at = at + timedelta(hours=2)
        elif how == NEXT_DAY:
            due_at = self.next_day(at)
        else:
            zone = self.person_zone if is_promised else self.zone
            chosen = self.instant("due_date", "due_time", zone)
            if chosen is None:
                missing = "due_date" if not data.get("due_date") else "due_time"
                raise InvalidInput("Choose the day and the time.", field=missing)
            due_at = chosen
        detail = data.get("detail", "")
        if proposed is not None and not data.get("action"):
            detail = detail or proposed.detail
        plan = Plan(kind, due_at, is_promised=is_promised, detail=detail)
        return self._in_hours(plan, is_chosen=how in {TWO_HOURS, PICK})

    def _in_hours(self, plan: Plan, *, is_chosen: bool) -> Plan:
        """A call or text within the hours: a proposal moves, a chosen time is refused (OA9)."""
        if plan.type not in TIMED:
            return plan
        where, window, may_text = self.reach.where, self.reach.window, self.reach.may_text
        if is_chosen:
            check_planned(plan, where, window, may_text=may_text, field="due")
        return moved_into(plan, where, window, may_text=may_text)
