"""What a day at the desk leaves behind: saved views, drafts, and messages passed on."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.leads import Lead
from recruitment.models.places import Site
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
    """What somebody has typed into a form and not sent; kept on the server only.

    `words` maps names of fields to what stands in them. A form about one lead has its `lead`, and
    in `seen` the version it showed; without a lead it is a form of its writer's own, such as the
    one that adds a lead. Saving the form, or throwing the draft away, deletes it.
    """

    user = operational(models.ForeignKey(User, models.CASCADE, related_name="drafts"))
    lead = operational(models.ForeignKey(Lead, models.CASCADE, null=True, related_name="drafts"))
    form = operational(models.CharField(max_length=40))
    words = identifying(shielded(models.JSONField()))
    seen = operational(models.PositiveIntegerField(default=0))
    saved_at = operational(models.DateTimeField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "lead", "form"], name="draft_once", nulls_distinct=False
            ),
        ]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved")]


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
