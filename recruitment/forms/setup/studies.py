"""Studies, studies at sites, who decides there, and sources."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, ClassVar

from django import forms
from django.db.models import Q

from accounts.forms import ZoneField
from accounts.models import User
from recruitment.forms.fields import day_field, field_of
from recruitment.forms.setup.base import Line, LinesField, SettingForm
from recruitment.forms.setup.places import LABEL_HINT, clean_label
from recruitment.models import Role, Source, Study, StudySite, StudyStaff
from recruitment.rules.contact_hours import ContactWindow
from recruitment.rules.refusals import InvalidInput
from trialsnest.lib.zones import local_time, start_of

FROM_REGISTRY = frozenset(
    {"title", "nct_id", "sponsor", "conditions", "registry_status", "enrollment_target"}
)
"""Columns that the registry record writes; not edited by hand on an imported study."""

MOST_A_DAY = 500  # leads of a list released for one coordinator


class StudyForm(SettingForm):
    """A trial: what it is, when its report is made, what a sponsor may see."""

    report_zone = ZoneField(label="Time zone of the report", help_text="Weeks close on this clock.")
    conditions = LinesField(required=False, help_text="One to a line.")
    released_a_day = forms.IntegerField(
        label="Released a day, for each coordinator",
        min_value=0,
        max_value=MOST_A_DAY,
        help_text="People of a registry or a site's database, who did not ask today. 0: only a "
        "site lead releases them.",
    )
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        (
            "",
            [
                ("code", "nct_id"),
                "title",
                "sponsor",
                "conditions",
                "plain_words",
                ("registry_status", "enrollment_target"),
            ],
        ),
        (
            "Sponsor report",
            ["report_zone", "report_cadence", ("report_weekday", "report_time")],
        ),
        ("What sponsors see", ["small_cell_floor", "is_strict"]),
        ("Contact hours, on the patient's clock", [("contact_opens", "contact_closes")]),
        ("After the visit", ["ctms_handoff_on"]),
        ("Leads from lists", ["released_a_day"]),
    ]

    class Meta:
        model = Study
        fields: Iterable[str] = [
            "code",
            "nct_id",
            "title",
            "sponsor",
            "conditions",
            "plain_words",
            "registry_status",
            "enrollment_target",
            "report_zone",
            "report_cadence",
            "report_weekday",
            "report_time",
            "small_cell_floor",
            "is_strict",
            "contact_opens",
            "contact_closes",
            "ctms_handoff_on",
            "released_a_day",
        ]
        labels = {
            "nct_id": "NCT number",
            "plain_words": "The study in plain words",
            "registry_status": "Recruitment in the registry",
            "enrollment_target": "Enrollment target",
            "report_cadence": "How often",
            "report_weekday": "Weekday",
            "report_time": "Time",
            "small_cell_floor": "Counts hidden in breakdowns",
            "is_strict": "Hide small totals too",
            "ctms_handoff_on": "The hand-off to study operations opens when",
            "contact_opens": "From",
            "contact_closes": "To",
        }
        help_texts = {
            "code": "The short word staff use: capital letters, digits, hyphens.",
            "plain_words": "Staff say this on the phone.",
            "contact_opens": "Never before 08:00. Planned calls and texts keep to these hours.",
            "contact_closes": "Never after 21:00.",
            "is_strict": "By default totals print exactly and only breakdowns are hidden.",
        }
        widgets = {
            "report_time": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "contact_opens": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "contact_closes": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "small_cell_floor": forms.RadioSelect(attrs={"class": "options--row"}),
            "ctms_handoff_on": forms.RadioSelect(attrs={"class": "options--row"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        left_out = FROM_REGISTRY if self.instance.registry_record_sha256 else frozenset()
        if self.instance.pk is None:
            left_out |= {"report_zone"}  # that of its first site (D12)
        for name in left_out:
            del self.fields[name]

    def clean(self) -> dict[str, Any] | None:
        """Nobody is called before 08:00 or after 21:00 her time, whatever a study wishes (CK8)."""
        data = super().clean() or self.cleaned_data
        opens, closes = data.get("contact_opens"), data.get("contact_closes")
        if opens is not None and closes is not None:
            try:
                ContactWindow(opens, closes)
            except InvalidInput as refusal:
                self.add_error(f"contact_{refusal.field}", str(refusal))
        return data


class StudySiteForm(SettingForm):
    """A study at a site. The study and the site are chosen once."""

    activated_on = day_field(
        "Activated on",
        required=False,
        help_text="The day recruiting may begin, on the site's clock.",
    )
    target_on = day_field("To be reached by", required=False)
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", [("study", "site"), "owner", "is_open"]),
        ("Plan", [("activated_on", "capacity_per_week"), ("enrollment_target", "target_on")]),
    ]

    class Meta:
        model = StudySite
        fields: Iterable[str] = [
            "study",
            "site",
            "owner",
            "is_open",
            "capacity_per_week",
            "enrollment_target",
            "target_on",
        ]
        labels = {
            "is_open": "Open for leads",
            "capacity_per_week": "Screening visits a week",
            "enrollment_target": "Enrollment target here",
        }
        help_texts = {"owner": "Who answers for this study here."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place = self.instance
        if place.pk is None:
            del self.fields["owner"]  # nobody has a role here yet
            return
        del self.fields["study"], self.fields["site"]
        owner = field_of(self, "owner", forms.ModelChoiceField)
        owner.queryset = _workers(place)
        owner.empty_label = "Nobody"
        if place.activated_at:
            zone = place.site.time_zone
            self.initial["activated_on"] = local_time(place.activated_at, zone).date()

    def clean(self) -> dict[str, Any] | None:
        """The day of activation as the instant at which it begins at the site."""
        super().clean()
        site = self.cleaned_data.get("site") or getattr(self.instance, "site", None)
        if site is not None and "activated_on" in self.cleaned_data:
            day: date | None = self.cleaned_data["activated_on"]
            began = self._began(day, site.time_zone)
            self.cleaned_data["activated_at"] = self.instance.activated_at = began
        return self.cleaned_data

    def _began(self, day: date | None, zone: str) -> datetime | None:
        """The stored instant if it is on that day already, else the beginning of the day."""
        held = self.instance.activated_at
        if day is None or (held and local_time(held, zone).date() == day):
            return held if day else None
        return start_of(day, zone)


def _workers(place: StudySite) -> Any:
    """Active people who work leads there, and the owner of now."""
    roles = Q(memberships__role=Role.COORDINATOR, memberships__study_site=place) | Q(
        memberships__role=Role.SITE_LEAD, memberships__site=place.site_id
    )
    works = Q(roles, memberships__ended_at__isnull=True, is_active=True)
    return User.objects.filter(works | Q(pk=place.owner_id)).distinct().order_by("name")


class StudyStaffForm(SettingForm):
    """Somebody who may decide outcomes for a study at a site; need not sign in (LC7)."""

    one_lines: ClassVar[Sequence[str]] = ("name", "role")
    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", [("name", "role"), "user", "decides", "is_active"])
    ]

    class Meta:
        model = StudyStaff
        fields: Iterable[str] = ["name", "role", "user", "decides", "is_active"]
        labels = {"user": "Signs in as", "is_active": "May decide", "decides": "Decides"}
        help_texts = {
            "role": "Such as Investigator or Sub-investigator.",
            "decides": "Who is delegated for prescreening decides on study criteria before"
            " consent, from a completed prescreen, and nothing else.",
        }
        widgets = {"decides": forms.RadioSelect(attrs={"class": "options--row"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = field_of(self, "user", forms.ModelChoiceField)
        works_there = Q(
            memberships__role__in=[Role.REVIEWER, Role.COORDINATOR],
            memberships__study_site=self.instance.study_site_id,
            memberships__ended_at__isnull=True,
        )
        held = Q(pk=self.instance.user_id)
        field.queryset = User.objects.filter(works_there | held).distinct().order_by("name")
        field.empty_label = "Does not sign in"


class SourceForm(SettingForm):
    """Where inquiries come from. The name stays at the site; the label goes to sponsors (D38)."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [
        ("", ["study", ("code", "kind"), "name", "sponsor_label", "state"]),
        (
            "What its leads bring along",
            ["default_basis", ("default_phone", "default_email"), "wording"],
        ),
        ("Trial run", ["is_test"]),
    ]

    class Meta:
        model = Source
        fields: Iterable[str] = [
            "study",
            "code",
            "kind",
            "name",
            "sponsor_label",
            "state",
            "default_basis",
            "default_phone",
            "default_email",
            "wording",
            "is_test",
        ]
        labels = {
            "sponsor_label": "Label for sponsors",
            "default_basis": "Contact basis",
            "default_phone": "Phone agreed to",
            "default_email": "E-mail agreed to",
            "wording": "Version of the wording",
            "is_test": "A test source",
        }
        help_texts = {
            "code": "Capital letters, digits and hyphens, such as RADIO-1.",
            "name": "For the site only. It may name a person or a clinic.",
            "sponsor_label": f"{LABEL_HINT} Say the kind and the campaign.",
            "default_basis": "Used where a lead brings none of its own. Texts always need a yes.",
            "is_test": "Its leads are left out of every figure.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["study"]

    def clean_sponsor_label(self) -> str:
        """A label that names no person."""
        return clean_label(self, self.cleaned_data["sponsor_label"])
