"""The outbox and lead files: what must happen is a row; Celery only carries it (model.md, Jobs)."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from trialsnest.lib.field_classes import identifying, operational, sensitive
from trialsnest.lib.shield import shielded


class Job(models.Model):
    """One thing to be done once. `ids` holds ids and ISO times only, never words about people."""

    STATES = (("waiting", "Waiting"), ("done", "Done"), ("failed", "Failed"))

    key = operational(models.CharField(max_length=200, unique=True))
    kind = operational(models.CharField(max_length=60))
    ids = operational(models.JSONField(default=dict))
    due_at = operational(models.DateTimeField())
    sent_at = operational(models.DateTimeField(null=True, blank=True))
    state = operational(models.CharField(max_length=8, choices=STATES, default="waiting"))
    tries = operational(models.PositiveSmallIntegerField(default=0))
    error = operational(models.CharField(max_length=300, blank=True, default=""))
    made_at = operational(models.DateTimeField())
    done_at = operational(models.DateTimeField(null=True, blank=True))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="job_done_has_time",
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="job_waiting")
        ]

    def __str__(self) -> str:
        return f"job {self.key}"


class ImportBatch(models.Model):
    """One lead file that was read: who, when, which file, and how many rows went where."""

    source = operational(
        models.ForeignKey("recruitment.Source", models.PROTECT, related_name="imports")
    )
    study_site = operational(
        models.ForeignKey("recruitment.StudySite", models.PROTECT, related_name="+")
    )
    kind = operational(models.CharField(max_length=20))
    file_sha256 = operational(models.CharField(max_length=64))
    file_name = identifying(shielded(models.CharField(max_length=200)))
    at = operational(models.DateTimeField())
    by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    counts = operational(models.JSONField(default=dict))

    class Meta:
        ordering = ["-at", "-id"]


class ImportUpload(models.Model):
    """A file between its upload and its import; one person's, and gone after a day.

    `content` is the file. After the import of a lead file it is the CSV of the rows that were left
    out, and `counts` says where all of them went. A file of the registry (kind `STUDY_FILE`) has
    no source.
    """

    STUDY_FILE = "study"

    key = operational(models.UUIDField(unique=True, default=uuid.uuid4))
    owner = operational(models.ForeignKey(User, models.CASCADE, related_name="+"))
    source = operational(
        models.ForeignKey("recruitment.Source", models.CASCADE, null=True, related_name="+")
    )
    study_site = operational(
        models.ForeignKey("recruitment.StudySite", models.CASCADE, null=True, related_name="+")
    )
    file_name = identifying(shielded(models.CharField(max_length=200)))
    content = identifying(models.BinaryField())
    kind = operational(models.CharField(max_length=20))
    encoding = operational(models.CharField(max_length=20, blank=True, default=""))
    date_order = operational(models.CharField(max_length=12, blank=True, default=""))
    mapping = sensitive(models.JSONField(default=dict))
    counts = operational(models.JSONField(default=dict))
    made_at = operational(models.DateTimeField())
    expires_at = operational(models.DateTimeField())
    imported_at = operational(models.DateTimeField(null=True, blank=True))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="import_upload_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(kind="study", source__isnull=True, study_site__isnull=True)
                | (~Q(kind="study") & Q(source__isnull=False, study_site__isnull=False)),
                name="import_upload_leads_have_source",
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="import_upload_expiry")]

    def __str__(self) -> str:
        return f"upload {self.key}"
