"""Forms for the records of one lead: name what is needed, and take each item a step on (7.2)."""

from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any, ClassVar

from django import forms

from accounts.models import User
from recruitment.forms.fields import LineField, day_field, field_of
from recruitment.forms.lead_form import LeadForm, NextStepForm
from recruitment.forms.staff_field import StaffField, offer_staff
from recruitment.models import RecordsItem
from recruitment.rules.clocks import due_from
from recruitment.rules.next_actions import Plan
from recruitment.rules.records import NEXT, next_chase
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import ActionType, Channel, RecordsState, RecordsType
from recruitment.rules.work_codes import Authorization, RecordsResult
from recruitment.services import records
from recruitment.services.records_lists import MAX_WHY, NamedRecord, named_from, usual_records
from trialsnest.lib.words import day_short
from trialsnest.lib.zones import instant_of, local_time

R = RecordsState
STEPS: Mapping[str, tuple[str, RecordsState | None]] = {
    "asked": ("Release asked for", None),
    "signed": ("Release signed", None),
    "not_needed": ("Release not needed", None),
    "request": ("Requested", R.REQUESTED),
    "chase": ("Asked again", None),
    "receive": ("Received", R.RECEIVED),
    "sufficient": ("Reviewed: sufficient", R.REVIEWED),
    "more_needed": ("Reviewed: more needed", R.INCOMPLETE),
    "waive": ("Waived", R.WAIVED),
    "give_up": ("Cannot be obtained", R.UNOBTAINABLE),
    "drop": ("Not required", R.NOT_REQUIRED),
}
"""The steps in the order of the work: their words, and the state that each leads to."""


def steps_of(item: RecordsItem) -> list[str]:
    """The steps that may follow for one item, by their codes."""
    state = RecordsState(item.state)
    found = [code for code, (_, to) in STEPS.items() if to in NEXT[state]]
    if state == R.REQUESTED:
        found.insert(0, "chase")
    if state in {R.NEEDED, R.INCOMPLETE}:
        release = Authorization(item.authorization)
        ways = [code for code in Authorization if code != release]
        found = [code.value for code in ways] + found
    return found


class RecordsForm(NextStepForm):
    """Take one record a step on: every item with its state and what may follow (RC1, RC3)."""

    key, title, url_name = "records", "Records: requested, received, reviewed", "lead_records"
    save_label, done = "Save record", "Records updated."
    may_keep: ClassVar[bool] = True

    step = forms.ChoiceField(
        label="What happened",
        error_messages={
            "required": "Choose the record and what happened.",
            "invalid_choice": "That cannot follow for this record now; choose from the list.",
        },
    )
    on = day_field("On", required=False, help_text="Empty means today.")
    how = LineField(
        label="How",
        max_length=records.MAX_HOW,
        required=False,
        help_text="For a request: fax, portal, by hand. Never by open e-mail or a public form.",
    )
    channel = forms.ChoiceField(
        label="Asked again by", choices=Channel.choices, required=False, initial=Channel.PHONE
    )
    provider = LineField(
        label="Provider",
        max_length=records.MAX_PROVIDER,
        required=False,
        help_text="Stays on site.",
    )
    reason = LineField(
        label="Why, or what is missing",
        max_length=records.MAX_REASON,
        required=False,
        help_text="For more needed, waived and cannot be obtained.",
    )
    decided_by = StaffField()
    field_order = ("seen", "step", "on", "how", "channel", "provider", "reason", "decided_by")

    def prepare(self) -> None:
        """Offer, for each item, the steps that may follow."""
        rows = self.page.records if self.page else RecordsItem.objects.filter(lead=self.lead)
        self.items = {str(row.pk): row for row in rows}
        groups = [
            (self._words(row), [(f"{key}:{code}", STEPS[code][0]) for code in steps_of(row)])
            for key, row in self.items.items()
        ]
        field = field_of(self, "step", forms.ChoiceField)
        field.choices = [("", "Choose"), *((name, ways) for name, ways in groups if ways)]
        offer_staff(self)
        self.fields["decided_by"].help_text = "Only for a waiver that the study team decided."

    def _words(self, row: RecordsItem) -> str:
        words = f"{row.get_type_display()}: {row.get_state_display().lower()}"
        if row.chase_at is None:
            return words
        return f"{words}, ask again {day_short(local_time(row.chase_at, self.zone))}"

    def run(self, *, by: User, at: datetime) -> None:
        """Take the step; the open next action stays unless another was chosen."""
        key, _, code = self.cleaned_data["step"].partition(":")
        item = self.items[key]
        occurred_at = self._occurred_at(at)
        release = code in Authorization.values  # its day is a date of its own
        plan = self.plan(self._proposed(code, item, at), at)
        common: records.Step = {
            "lead": self.lead,
            "type": RecordsType(item.type),
            "by": by,
            "at": at,
            "seen": self.seen_version,
            "plan": plan,
            "occurred_at": None if release else occurred_at,
        }
        verb, names = VERBS.get(code, (None, ()))
        if verb is None:
            on = self.cleaned_data["on"] or local_time(at, self.zone).date()
            records.authorize_release(authorization=Authorization(code), on=on, **common)
            return
        verb(**common, **self._values(names, code))

    def _values(self, names: tuple[str, ...], code: str) -> dict[str, Any]:
        data = self.cleaned_data
        found = {name: data[name] for name in names if name in data}
        if code == "chase":
            found = {"how": Channel(data["channel"] or Channel.PHONE)}
        if "result" in names:
            found["result"] = RecordsResult(code)
        return found

    def _occurred_at(self, at: datetime) -> datetime | None:
        """Noon of the day that was typed, or the receipt on the day of it; None for now."""
        day = self.cleaned_data["on"]
        if day is None or day == local_time(at, self.zone).date():
            return None
        noon = instant_of(day, time(12), self.zone)
        came = self.lead.received_at
        return max(noon, came) if local_time(came, self.zone).date() == day else noon

    def _proposed(self, code: str, item: RecordsItem, at: datetime) -> Plan:
        """What usually follows the step (N3, D28)."""
        if code in {"request", "chase"}:
            requested_at = item.requested_at if code == "chase" and item.requested_at else at
            last = at if code == "chase" else None
            chases = item.chases + 1 if code == "chase" else 0
            found = next_chase(requested_at, self.terms, chased_at=last, chases=chases)
            kind = ActionType.ESCALATE if found.is_decision else ActionType.CHASE_RECORDS
            return Plan(kind, found.at)
        kind, target = FOLLOWS.get(code, (ActionType.REQUEST_RECORDS, TargetKey.RECORDS_REQUEST))
        return Plan(kind, due_from(self.terms, target, at=at))


FOLLOWS: Mapping[str, tuple[ActionType, TargetKey]] = {
    "receive": (ActionType.REVIEW_RECORDS, TargetKey.RECORDS_REVIEW),
    "sufficient": (ActionType.OFFER_DATES, TargetKey.SCHEDULE_OFFER),
}
"""What usually follows a step, and the target it serves; else the record is asked for again."""

VERBS: Mapping[str, tuple[Callable[..., RecordsItem], tuple[str, ...]]] = {
    "request": (records.request_record, ("how", "provider")),
    "chase": (records.chase_record, ()),
    "receive": (records.receive_record, ("provider",)),
    "sufficient": (records.review_record, ("result", "reason")),
    "more_needed": (records.review_record, ("result", "reason")),
    "waive": (records.waive_record, ("reason", "decided_by")),
    "give_up": (records.give_up_record, ("reason",)),
    "drop": (records.drop_record, ("reason",)),
}
"""The service of each step, and the fields it takes."""


class RecordsNameForm(LeadForm):
    """Name a record that is needed: from the study's list, or by hand (RC7)."""

    key, title, url_name = "need", "Name records that are needed", "lead_records_name"
    save_label, done = "Name records", "Records named."

    usual = forms.MultipleChoiceField(
        label="From the study's list",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "That record is on the lead's list already."},
    )
    type = forms.ChoiceField(
        label="Another record", required=False, choices=[("", "None"), *RecordsType.choices]
    )
    why = LineField(
        label="Why it is needed",
        max_length=MAX_WHY,
        required=False,
        help_text="As the person may be told, in words that are approved for the study.",
    )
    is_optional = forms.BooleanField(label="Good to have, not required", required=False)

    def prepare(self) -> None:
        """Offer what the study usually needs and the lead has not named yet."""
        rows = self.page.records if self.page else RecordsItem.objects.filter(lead=self.lead)
        going = {row.type for row in rows if row.state not in {R.WAIVED, R.NOT_REQUIRED}}
        page, study_id = self.page, self.lead.study_site.study_id
        usual = named_from(page.rows.usual) if page else usual_records(study_id)
        self.offered = {row.type.value: row for row in usual if row.type not in going}
        if not self.offered:
            del self.fields["usual"]
            return
        self.choices("usual", [(key, _named(row)) for key, row in self.offered.items()])

    def run(self, *, by: User, at: datetime) -> None:
        """Name them all in one step."""
        data = self.cleaned_data
        items = [self.offered[key] for key in data.get("usual", [])]
        if data["type"]:
            kind = RecordsType(data["type"])
            if any(item.type == kind for item in items):
                raise InvalidInput(f"{kind.label} is ticked above already.", field="type")
            items.append(NamedRecord(kind, not data["is_optional"], data["why"]))
        records.name_records(lead=self.lead, items=items, by=by, at=at, seen=self.seen_version)


def _named(row: NamedRecord) -> str:
    words = row.type.label if row.is_required else f"{row.type.label} (optional)"
    return f"{words}: {row.why}" if row.why else words
