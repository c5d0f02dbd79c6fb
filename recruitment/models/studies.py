"""Sponsors, studies, studies at sites, sources and a study's settings (model.md; D11-D13, D38)."""

from datetime import time

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from accounts.models import User, check_time_zone
from recruitment.models.append_only import append_only
from recruitment.models.places import WEEKDAYS, Site, code_format
from recruitment.rules.contact_hours import EARLIEST, LATEST
from recruitment.rules.targets import RELEASED_A_DAY
from recruitment.rules.vocabulary import ContactBasis, PermissionState, SourceKind
from trialsnest.lib.field_classes import identifying, operational, sensitive, sponsor_text


class RegistryStatus(models.TextChoices):
    """The registry's own words for where recruitment stands (V3), and unknown."""

    NOT_YET_RECRUITING = "NOT_YET_RECRUITING", "Not yet recruiting"
    RECRUITING = "RECRUITING", "Recruiting"
    ENROLLING_BY_INVITATION = "ENROLLING_BY_INVITATION", "Enrolling by invitation"
    ACTIVE_NOT_RECRUITING = "ACTIVE_NOT_RECRUITING", "Active, not recruiting"
    SUSPENDED = "SUSPENDED", "Suspended"
    TERMINATED = "TERMINATED", "Terminated"
    COMPLETED = "COMPLETED", "Completed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    UNKNOWN = "UNKNOWN", "Unknown"


class Sponsor(models.Model):
    """Who runs a study and reads its reports."""

    name = sponsor_text(models.CharField(max_length=300, unique=True))
    is_demo = operational(models.BooleanField(default=False))

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Study(models.Model):
    """A trial. `code` is the short word staff use; `nct_id` is the registry's, if it has one."""

    CADENCES = (("weekly", "Weekly"), ("two_weekly", "Every two weeks"), ("monthly", "Monthly"))
    HANDOFF_ON = (("attended", "The visit was attended"), ("booked", "A visit is booked"))
    FLOORS = ((5, "Fewer than 5"), (10, "Fewer than 10"), (11, "Fewer than 11"))

    code = sponsor_text(models.CharField(max_length=24, unique=True, validators=[code_format]))
    nct_id = sponsor_text(
        models.CharField(
            max_length=11,
            unique=True,
            null=True,
            blank=True,
            validators=[RegexValidator(r"^NCT\d{8}$", "NCT and eight digits.")],
        )
    )
    title = sponsor_text(models.CharField(max_length=300))
    official_title = sponsor_text(models.CharField(max_length=800, blank=True, default=""))
    conditions = sponsor_text(models.JSONField(default=list, blank=True))
    phases = sponsor_text(models.JSONField(default=list, blank=True))
    registry_status = operational(
        models.CharField(max_length=24, choices=RegistryStatus, default=RegistryStatus.UNKNOWN)
    )
    enrollment_target = operational(models.PositiveIntegerField(null=True, blank=True))
    sponsor = operational(models.ForeignKey(Sponsor, models.PROTECT, related_name="studies"))
    plain_words = sponsor_text(models.CharField(max_length=400, blank=True, default=""))
    report_zone = operational(
        models.CharField(max_length=64, default="America/New_York", validators=[check_time_zone])
    )
    report_weekday = operational(models.PositiveSmallIntegerField(choices=WEEKDAYS, default=0))
    report_time = operational(models.TimeField(default="06:00"))
    report_cadence = operational(
        models.CharField(max_length=12, choices=CADENCES, default="weekly")
    )
    small_cell_floor = operational(models.PositiveSmallIntegerField(choices=FLOORS, default=5))
    is_strict = operational(models.BooleanField(default=False))
    ctms_handoff_on = operational(
        models.CharField(max_length=8, choices=HANDOFF_ON, default="attended")
    )
    contact_opens = operational(models.TimeField(default=time(9)))
    contact_closes = operational(models.TimeField(default=time(19)))
    released_a_day = operational(models.PositiveSmallIntegerField(default=RELEASED_A_DAY))
    settings_version = operational(models.PositiveIntegerField(default=1))
    registry_record_sha256 = operational(models.CharField(max_length=64, blank=True, default=""))
    is_demo = operational(models.BooleanField(default=False))

    class Meta:
        ordering = ["code"]
        permissions = [("view_reports", "May read issued reports of the study")]
        constraints = [
            models.CheckConstraint(
                condition=Q(small_cell_floor__in=[5, 10, 11]), name="study_small_cell_floor"
            ),
            models.CheckConstraint(
                condition=Q(registry_status__in=RegistryStatus.values),
                name="study_registry_status_is_known",
            ),
            models.CheckConstraint(condition=Q(report_weekday__lte=6), name="study_report_weekday"),
            models.CheckConstraint(
                condition=Q(report_cadence__in=["weekly", "two_weekly", "monthly"]),
                name="study_report_cadence",
            ),
            models.CheckConstraint(
                condition=Q(ctms_handoff_on__in=["attended", "booked"]),
                name="study_ctms_handoff_on_is_known",
            ),
            models.CheckConstraint(
                condition=Q(contact_opens__gte=EARLIEST)
                & Q(contact_closes__lte=LATEST, contact_closes__gt=F("contact_opens")),
                name="study_contact_window",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class StudyLocation(models.Model):
    """A place that the registry lists for a study; not a site of this installation."""

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="locations"))
    facility = operational(models.CharField(max_length=300, blank=True, default=""))
    city = operational(models.CharField(max_length=120, blank=True, default=""))
    state = operational(models.CharField(max_length=120, blank=True, default=""))
    country = operational(models.CharField(max_length=120))
    status = operational(models.CharField(max_length=24, blank=True, default=""))
    position = operational(models.PositiveIntegerField())

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["study", "position"], name="study_location_once")
        ]


class StudySite(models.Model):
    """A study at a site: the grain of access for staff (D11).

    `tells_site_work`: its sponsor reports tell ownership coverage and paused share (D39).
    """

    study = operational(models.ForeignKey(Study, models.PROTECT, related_name="study_sites"))
    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="study_sites"))
    owner = operational(
        models.ForeignKey(
            User, models.PROTECT, null=True, blank=True, related_name="owned_study_sites"
        )
    )
    enrollment_target = operational(models.PositiveIntegerField(null=True, blank=True))
    target_on = operational(models.DateField(null=True, blank=True))
    activated_at = operational(models.DateTimeField(null=True, blank=True))
    capacity_per_week = operational(models.PositiveSmallIntegerField(default=4))
    is_open = operational(models.BooleanField(default=True))
    tells_site_work = operational(models.BooleanField(default=False))

    class Meta:
        ordering = ["study__code", "site__name"]
        constraints = [models.UniqueConstraint(fields=["study", "site"], name="study_site_once")]
        permissions = [
            ("view_leads", "May see leads and who they are"),
            ("work_leads", "May work leads: contact, move, hand over"),
            ("review_leads", "May decide study-team reviews"),
            ("lead_site", "May reassign, override and issue reports"),
        ]

    def __str__(self) -> str:
        return f"{self.study.code} at {self.site.name}"


class StudyStaff(models.Model):
    """Who may decide outcomes for a study at a site; need not sign in (LC7).

    Somebody delegated for prescreening decides on criteria before consent only (CL3, D26).
    """

    DECIDES = (("study_team", "Study team"), ("prescreening", "Delegated for prescreening"))

    study_site = operational(models.ForeignKey(StudySite, models.PROTECT, related_name="staff"))
    user = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    name = identifying(models.CharField(max_length=120))
    role = sensitive(models.CharField(max_length=60, default="Investigator"))
    decides = operational(models.CharField(max_length=12, choices=DECIDES, default="study_team"))
    is_active = operational(models.BooleanField(default=True))

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["study_site", "name"], name="study_staff_once"),
            models.CheckConstraint(
                condition=Q(decides__in=["study_team", "prescreening"]),
                name="study_staff_decides_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"


class Source(models.Model):
    """Where inquiries come from. `name` is for the site only and may name a person (D38)."""

    STATES = (("draft", "Draft"), ("live", "Live"), ("paused", "Paused"), ("ended", "Ended"))

    study = operational(models.ForeignKey(Study, models.PROTECT, related_name="sources"))
    code = operational(models.CharField(max_length=24, validators=[code_format]))
    name = sensitive(models.CharField(max_length=120))
    sponsor_label = sponsor_text(models.CharField(max_length=60))
    kind = operational(models.CharField(max_length=16, choices=SourceKind))
    state = operational(models.CharField(max_length=8, choices=STATES, default="live"))
    default_basis = operational(
        models.CharField(max_length=16, choices=ContactBasis, default=ContactBasis.MISSING)
    )
    default_phone = operational(
        models.CharField(max_length=8, choices=PermissionState, default=PermissionState.UNKNOWN)
    )
    default_email = operational(
        models.CharField(max_length=8, choices=PermissionState, default=PermissionState.UNKNOWN)
    )
    wording = sensitive(models.CharField(max_length=60, blank=True, default=""))
    is_test = operational(models.BooleanField(default=False))

    class Meta:
        ordering = ["study__code", "code"]
        constraints = [
            models.UniqueConstraint(fields=["study", "code"], name="source_code_once"),
            models.CheckConstraint(
                condition=Q(kind__in=SourceKind.values), name="source_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "live", "paused", "ended"]),
                name="source_state_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SourceSpend(models.Model):
    """What a source cost in one calendar month."""

    source = operational(models.ForeignKey(Source, models.PROTECT, related_name="spend"))
    month_on = operational(models.DateField())
    amount = operational(models.DecimalField(max_digits=12, decimal_places=2))
    currency = operational(models.CharField(max_length=3, default="USD"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "month_on"], name="source_spend_once"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="source_spend_not_negative"),
            models.CheckConstraint(condition=Q(month_on__day=1), name="source_spend_by_month"),
        ]


class SettingChange(models.Model):
    """Who changed which setting of a study, a site or a source, from what to what; append-only."""

    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    kind = operational(models.CharField(max_length=40))
    object_id = operational(models.BigIntegerField())
    field = operational(models.CharField(max_length=60))
    old = sensitive(models.TextField(blank=True, default=""))
    new = sensitive(models.TextField(blank=True, default=""))
    reason = sensitive(models.CharField(max_length=120, blank=True, default=""))

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["kind", "object_id"], name="setting_change_object")]
        triggers = append_only()
