"""A study's own prompts, approved wording and sub-reasons (CL4): findings become work."""

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models.studies import Study
from recruitment.rules.stages import Stage
from recruitment.rules.work_codes import PromptTopic, WordingUse
from trialsnest.lib.field_classes import operational, sensitive, sponsor_text


class KeptByVersion(models.Model):
    """Who put it in force and when, and who retired it; a changed one is the next version."""

    set_at = operational(models.DateTimeField())
    set_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    retired_at = operational(models.DateTimeField(null=True, blank=True))
    retired_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        abstract = True


class StagePrompt(KeptByVersion):
    """Words shown to staff at a stage. A talking point shows only with its approval on record.

    Changing one retires it and adds the next version.
    """

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="prompts"))
    stage = operational(models.CharField(max_length=24, choices=Stage))
    topic = operational(models.CharField(max_length=16, choices=PromptTopic))
    version = operational(models.PositiveIntegerField())
    text = sensitive(models.CharField(max_length=300))
    approval_reference = sensitive(models.CharField(max_length=60, blank=True, default=""))
    approved_version = sensitive(models.CharField(max_length=24, blank=True, default=""))
    approved_on = operational(models.DateField(null=True, blank=True))

    class Meta:
        ordering = ["stage", "topic", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "stage", "topic", "version"], name="stage_prompt_once"
            ),
            models.CheckConstraint(
                condition=Q(stage__in=Stage.values), name="stage_prompt_stage_is_known"
            ),
            models.CheckConstraint(
                condition=Q(topic__in=PromptTopic.values), name="stage_prompt_topic_is_known"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("set_at")),
                name="stage_prompt_retired_later",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="stage_prompt_says_something"),
            models.CheckConstraint(
                condition=Q(approval_reference="", approved_version="", approved_on__isnull=True)
                | (
                    ~Q(approval_reference="")
                    & ~Q(approved_version="")
                    & Q(approved_on__isnull=False)
                ),
                name="stage_prompt_approval_is_whole",
            ),
        ]


class ApprovedWording(KeptByVersion):
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


class SubReason(KeptByVersion):
    """A study's own reason under a fixed close code or blocker category (CL4); versioned."""

    UNDER = (("close", "Close reason"), ("blocker", "Blocker"))

    study = operational(models.ForeignKey(Study, models.CASCADE, related_name="sub_reasons"))
    under = operational(models.CharField(max_length=8, choices=UNDER))
    code = operational(models.CharField(max_length=32))
    label = sponsor_text(models.CharField(max_length=60))
    version = operational(models.PositiveIntegerField(default=1))

    class Meta:
        ordering = ["under", "code", "label", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "under", "code", "label"],
                condition=Q(retired_at__isnull=True),
                name="sub_reason_once",
            ),
            models.CheckConstraint(
                condition=Q(under__in=["close", "blocker"]), name="sub_reason_under_is_known"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True) | Q(retired_at__gte=F("set_at")),
                name="sub_reason_retired_later",
            ),
        ]

    def __str__(self) -> str:
        return self.label
