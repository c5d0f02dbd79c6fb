"""What a day at the desk leaves behind: saved views, drafts, wording, and messages passed on."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.places import Site
from recruitment.models.studies import Study
from recruitment.rules.work_codes import WordingUse
from trialsnest.lib.field_classes import identifying, operational, sensitive
from trialsnest.lib.shield import shielded


class SavedView(models.Model):
    """A tab, a bucket and filters of the queue under a name; shared with a site, or one's own.

    `query` is the queue's address without its path: codes and keys only, never a name.
    """

    owner = operational(models.ForeignKey(User, models.CASCADE, related_name="saved_views"))
    site = operational(
        models.ForeignKey(Site, models.CASCADE, null=True, blank=True, related_name="saved_views")
    )
    name = operational(models.CharField(max_length=60))
    query = operational(models.CharField(max_length=300))
    made_at = operational(models.DateTimeField())

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="saved_view_name_once"),
            models.CheckConstraint(condition=~Q(name=""), name="saved_view_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Draft(models.Model):
    """What somebody has typed into one form of one lead and not sent; kept on the server only.

    `words` maps names of fields to what stands in them; `seen` is the lead's version the form
    showed. Saving the form, or throwing the draft away, deletes it.
    """

    user = operational(models.ForeignKey(User, models.CASCADE, related_name="drafts"))
    lead = operational(models.ForeignKey(Lead, models.CASCADE, related_name="drafts"))
    form = operational(models.CharField(max_length=40))
    words = sensitive(shielded(models.JSONField()))
    seen = operational(models.PositiveIntegerField())
    saved_at = operational(models.DateTimeField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "lead", "form"], name="draft_once"),
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved")]


class ApprovedWording(models.Model):
    """Words that may be said or sent as they stand, with their approval on record (DN6, MV1).

    `{callback}` in the text stands for the number to call back. Changing one retires it and adds
    the next version.
    """

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="wordings"))
    use = operational(models.CharField(max_length=12, choices=WordingUse))
    language = operational(models.CharField(max_length=8))
    version = operational(models.PositiveIntegerField())
    text = sensitive(models.CharField(max_length=1000))
    approval_reference = sensitive(models.CharField(max_length=60))
    approved_version = sensitive(models.CharField(max_length=24))
    approved_on = operational(models.DateField())
    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    retired_at = operational(models.DateTimeField(null=True, blank=True))
    retired_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["use", "language", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "use", "language", "version"], name="approved_wording_once"
            ),
            models.UniqueConstraint(
                fields=["study", "use", "language"],
                condition=Q(retired_at__isnull=True),
                name="approved_wording_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(use__in=WordingUse.values), name="approved_wording_use_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(approval_reference="") & ~Q(approved_version=""),
                name="approved_wording_is_approved",
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("set_at")),
                name="approved_wording_retired_later",
            ),
        ]


class Message(models.Model):
    """A call taken for somebody whose lead the taker may not see, passed on (OA9, PR2).

    With a lead, its owner is to call back; without one it waits in the intake of the site. The
    taker never learns which.
    """

    site = operational(models.ForeignKey(Site, models.PROTECT, related_name="messages"))
    taken_at = operational(models.DateTimeField())
    taken_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    caller = identifying(shielded(models.CharField(max_length=120, blank=True, default="")))
    reach = identifying(shielded(models.CharField(max_length=254)))
    text = sensitive(shielded(models.CharField(max_length=300, blank=True, default="")))
    call_back_at = operational(models.DateTimeField(null=True, blank=True))
    lead = operational(
        models.ForeignKey(Lead, models.PROTECT, null=True, blank=True, related_name="messages")
    )
    answered_at = operational(models.DateTimeField(null=True, blank=True))
    answered_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["taken_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(
                    answered_at__isnull=False,  # a comparison with nothing would pass
                    answered_at__gte=F("taken_at"),
                    answered_by__isnull=False,
                ),
                name="message_answered_later_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(reach=""), name="message_can_be_answered"),
        ]
        indexes = [
            models.Index(
                fields=["site", "taken_at"],
                condition=Q(answered_at__isnull=True),
                name="message_waits",
            )
        ]
