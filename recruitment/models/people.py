"""Who people are and how they may be reached (model.md, People; D24, D25, DN1-DN4)."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import User, check_time_zone
from recruitment.models.append_only import append_only
from recruitment.models.places import Site
from recruitment.models.studies import Study
from recruitment.rules.vocabulary import Channel, PermissionState
from trialsnest.lib import shield
from trialsnest.lib.field_classes import identifying, operational, sensitive
from trialsnest.lib.shield import shielded


class Person(models.Model):
    """An individual known to the organisation; readable only through a lead one may see."""

    ZONE_BASES = (
        ("stated", "As stated"),
        ("location", "From where the person lives"),
        ("overlap", "Not known: hours that suit the site and the area code"),
        ("site", "The site's zone"),
    )

    first_name = identifying(shielded(models.CharField(max_length=200, blank=True, default="")))
    last_name = identifying(shielded(models.CharField(max_length=200, blank=True, default="")))
    birth_year = identifying(shielded(models.PositiveSmallIntegerField(null=True, blank=True)))
    language = sensitive(models.CharField(max_length=40, blank=True, default="English"))
    needs_interpreter = sensitive(models.BooleanField(default=False))
    location_band = sensitive(shielded(models.CharField(max_length=80, blank=True, default="")))
    time_zone = sensitive(models.CharField(max_length=64, validators=[check_time_zone]))
    time_zone_basis = sensitive(models.CharField(max_length=8, choices=ZONE_BASES, default="site"))
    best_time = sensitive(shielded(models.CharField(max_length=80, blank=True, default="")))
    created_at = operational(models.DateTimeField())

    class Meta:
        indexes = [models.Index(fields=["time_zone"], name="person_time_zone")]  # which there are

    shown_as = ""  # the number of the lead she was read with

    def __str__(self) -> str:
        return f"person {self.pk}"  # never a name: strings end in logs

    @property
    def display_name(self) -> str:
        """First and last name as staff see them; under the shield her lead's number (D34)."""
        return name_of(self.first_name, self.last_name, self.shown_as)


def name_of(first_name: str, last_name: str, number: str) -> str:
    """What staff see of a name that was read with the lead of this number (D34)."""
    if shield.is_up():
        return number or shield.HIDDEN
    return f"{first_name} {last_name}".strip() or "No name given"


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    """The one door to contact points, so that encryption at rest can come behind it."""

    def current(self, *, at: datetime) -> Self:
        """Points that were valid at `at` (UTC)."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), valid_from__lte=at)

    def holding(self, *, phones: Iterable[str] = (), emails: Iterable[str] = ()) -> Self:
        """Points with one of these values: phones in E.164, addresses in lower case."""
        return self.filter(
            Q(kind="phone", value__in=list(phones)) | Q(kind="email", value__in=list(emails))
        )

    def add_for(
        self,
        person: "Person",
        *,
        phones: Iterable[str] = (),
        emails: Iterable[str] = (),
        at: datetime,
        voicemail_ok: bool = False,
    ) -> None:
        """Write a person's points, valid from `at`; one already known is left as it is."""
        rows = [("phone", value) for value in phones] + [("email", value) for value in emails]
        self.bulk_create(
            [
                ContactPoint(
                    person=person,
                    kind=kind,
                    value=value,
                    voicemail_ok=voicemail_ok and kind == "phone",
                    valid_from=at,
                )
                for kind, value in rows
            ],
            ignore_conflicts=True,
        )


class ContactPoint(models.Model):
    """One phone number or e-mail address and whose it is. Values may be shared by a family."""

    KINDS = (("phone", "Phone"), ("email", "E-mail"))
    WHOSE = (
        ("self", "Own"),
        ("parent", "A parent's"),
        ("caregiver", "A caregiver's"),
        ("representative", "A representative's"),
    )

    person = operational(models.ForeignKey(Person, models.PROTECT, related_name="contact_points"))
    kind = operational(models.CharField(max_length=8, choices=KINDS))
    value = identifying(shielded(models.CharField(max_length=254)))
    whose = operational(models.CharField(max_length=16, choices=WHOSE, default="self"))
    voicemail_ok = operational(models.BooleanField(default=False))
    valid_from = operational(models.DateTimeField())
    valid_until = operational(models.DateTimeField(null=True, blank=True))

    # The manager has the methods of the query set
    objects: ClassVar[ContactPointQuerySet] = ContactPointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["kind", "id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "value"], name="contact_point_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["phone", "email"]), name="contact_point_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="contact_point_ends_later",
            ),
        ]
        indexes = [models.Index(fields=["kind", "value"], name="contact_point_value")]


class ContactPermission(models.Model):
    """A person's word on one channel at one moment; append-only, the latest counts (DN1)."""

    person = operational(models.ForeignKey(Person, models.PROTECT, related_name="permissions"))
    channel = operational(models.CharField(max_length=16, choices=Channel))
    state = operational(models.CharField(max_length=8, choices=PermissionState))
    how = sensitive(shielded(models.CharField(max_length=60)))
    wording = sensitive(models.CharField(max_length=60, blank=True, default=""))
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    class Meta:
        indexes = [
            models.Index(fields=["person", "channel", "-at", "-id"], name="permission_latest")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="permission_channel_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=PermissionState.values), name="permission_state_is_known"
            ),
        ]
        triggers = append_only()


class DoNotContact(models.Model):
    """An instruction not to contact, kept apart from the person as a keyed hash (DN3, DN4)."""

    SCOPES = (
        ("channel", "This channel"),
        ("study", "This study"),
        ("site", "All studies at this site"),
        ("organisation", "Everything here"),
    )

    keyed_hash = sensitive(models.CharField(max_length=64))
    kind = operational(models.CharField(max_length=8, choices=ContactPoint.KINDS))
    scope = operational(models.CharField(max_length=12, choices=SCOPES))
    channel = operational(models.CharField(max_length=16, blank=True, default=""))
    study = operational(
        models.ForeignKey(Study, models.PROTECT, null=True, blank=True, related_name="+")
    )
    site = operational(
        models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    )
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    lifted_at = operational(models.DateTimeField(null=True, blank=True))
    lifted_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    lifted_how = sensitive(shielded(models.CharField(max_length=200, blank=True, default="")))

    class Meta:
        indexes = [models.Index(fields=["keyed_hash"], name="do_not_contact_hash")]
        constraints = [
            models.CheckConstraint(
                condition=Q(scope="organisation", study__isnull=True, site__isnull=True)
                | Q(scope="site", study__isnull=True, site__isnull=False)
                | Q(scope="study", study__isnull=False, site__isnull=True)
                | (Q(scope="channel", study__isnull=True, site__isnull=True) & ~Q(channel="")),
                name="do_not_contact_scope_has_object",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[*Channel.values, ""]),
                name="do_not_contact_channel_is_known",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True)
                | (Q(lifted_at__gte=F("at")) & ~Q(lifted_how="")),
                name="do_not_contact_lifted_later",
            ),
        ]


class PersonChange(models.Model):
    """One correction of who somebody is or how she is reached: old, new and why (AU4)."""

    person = operational(models.ForeignKey(Person, models.PROTECT, related_name="changes"))
    field = operational(models.CharField(max_length=24))
    old = identifying(shielded(models.CharField(max_length=254, blank=True, default="")))
    new = identifying(shielded(models.CharField(max_length=254, blank=True, default="")))
    reason = sensitive(shielded(models.CharField(max_length=200)))
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="person_change_has_reason")
        ]
