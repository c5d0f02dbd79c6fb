"""Sponsor reports: frozen snapshots, their papers, and who took them (domain.md 12; D35, D36)."""

import pgtrigger
from django.db import models
from django.db.models import F, Q

from accounts.models import User
from recruitment.models import Lead, Site, Source, Study, StudySite
from reporting.figures.revisions import REASONS
from trialsnest.lib.field_classes import operational, sponsor_text

FROZEN = """
    IF starts_with(current_database(), 'test_')
       AND current_setting('trialsnest.test_flush', true) = 'on'
    THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'state' = to_jsonb(OLD) - 'state'
       AND (NEW.state = OLD.state OR NEW.state = 'superseded')
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an issued report never changes'
        USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'issued_report_is_frozen';
"""


class SponsorReport(models.Model):
    """One report of one study at one site over [period_start, cut_off), as known at `as_of`.

    `site` is null for a roll-up of a study. Issued reports never change; an error makes the next
    revision (SR3), which says why by `reason` (a key of `figures.revisions.REASONS`) and in the
    words `changed`. Times are UTC.
    """

    STATES = (("draft", "Draft"), ("issued", "Issued"), ("superseded", "Superseded"))

    study = operational(models.ForeignKey(Study, models.PROTECT, related_name="reports"))
    site = operational(
        models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="reports")
    )
    number = operational(models.PositiveIntegerField())
    revision = operational(models.CharField(max_length=2, default="A"))
    period_start = operational(models.DateTimeField())
    cut_off = operational(models.DateTimeField())
    as_of = operational(models.DateTimeField())
    snapshot = operational(models.JSONField())
    snapshot_sha256 = operational(models.CharField(max_length=64))
    state = operational(models.CharField(max_length=12, choices=STATES, default="draft"))
    drafted_at = operational(models.DateTimeField())
    issued_at = operational(models.DateTimeField(null=True, blank=True))
    issued_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    narrative = sponsor_text(models.TextField(max_length=1000, blank=True, default=""))
    reason = operational(
        models.CharField(max_length=12, blank=True, default="", choices=list(REASONS.items()))
    )
    changed = sponsor_text(models.CharField(max_length=400, blank=True, default=""))

    class Meta:
        ordering = ["-cut_off", "study__code", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "site", "cut_off", "revision"],
                nulls_distinct=False,
                name="report_once_per_period_and_revision",
            ),
            models.CheckConstraint(
                condition=Q(period_start__lt=F("cut_off")), name="report_period_has_length"
            ),
            models.CheckConstraint(
                condition=Q(as_of__gte=F("cut_off")), name="report_known_after_cut_off"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", issued_at__isnull=True, issued_by__isnull=True)
                | (~Q(state="draft") & Q(issued_at__isnull=False, issued_by__isnull=False)),
                name="report_issued_at_and_by",
            ),
            models.UniqueConstraint(
                fields=["study", "site", "cut_off"],
                condition=Q(state="issued"),
                nulls_distinct=False,
                name="report_one_issued_per_period",
            ),
            models.CheckConstraint(
                condition=Q(revision="A", reason="", changed="")
                | (~Q(revision="A") & ~Q(reason="") & ~Q(changed="")),
                name="report_revision_says_why",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="issued_is_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=~pgtrigger.Q(old__state="draft"),
                func=FROZEN,
            )
        ]


class ReportPaper(models.Model):
    """The PDF of a report on one paper size: its bytes and their hash, in one transaction.

    `renderer` holds the versions that decided its bytes.
    """

    SIZES = (("a4", "A4"), ("letter", "Letter"))

    report = operational(models.ForeignKey(SponsorReport, models.CASCADE, related_name="papers"))
    size = operational(models.CharField(max_length=6, choices=SIZES))
    pdf = operational(models.BinaryField())
    sha256 = operational(models.CharField(max_length=64))
    renderer = operational(models.JSONField(default=dict))
    rendered_at = operational(models.DateTimeField())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "size"], name="report_paper_once")]


class ReportDownload(models.Model):
    """That somebody took a report, or a sponsor read its page (LR2); append-only."""

    SIZES = (*ReportPaper.SIZES, ("page", "On the page"), ("csv", "Figures as CSV"))

    report = operational(models.ForeignKey(SponsorReport, models.PROTECT, related_name="downloads"))
    size = operational(models.CharField(max_length=6, choices=SIZES))
    user = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    at = operational(models.DateTimeField())


class KeptLog(models.Model):
    """Up to when the log of a study at a site was read for what is kept of its leads (SR2).

    `as_of` (UTC): what was recorded up to it, itself included, is in the rows of `KeptLead`, unless
    it was inserted after `seen_until`, a time of the database's own clock.
    `terms` names the settings that they were worked out under. `ahead` is what all kept leads add
    to the report whose `windows` are named, by source, and the keys of those that are `apart`
    (`queries.kept`); {} and "" where nobody counted. `differed` is how many of the rows before
    were not what the log said when they were last proved, and one more where the sums were not
    what the rows said; it is never to be anything but 0. A row may be thrown away at any time;
    then the log is read, until the night makes it again.
    """

    study_site = operational(
        models.OneToOneField(StudySite, models.CASCADE, related_name="kept_log")
    )
    as_of = operational(models.DateTimeField())
    seen_until = operational(models.DateTimeField())
    terms = operational(models.CharField(max_length=120))
    proved_at = operational(models.DateTimeField())
    differed = operational(models.PositiveIntegerField(default=0))
    windows = operational(models.CharField(max_length=240, blank=True, default=""))
    ahead = operational(models.JSONField(default=dict))


class KeptLead(models.Model):
    """What the log of a lead comes to, so that a report need not read it again (SR2).

    `last_at` (UTC) is when anything of it last happened or was told, and `facts` what figures look
    at (`figures.kept_text`). Of a closed lead `quiet_since` is when anything last happened, was
    told or was due, and `share` what it counts to date; of an open one they are None and "". No
    person is in any of these.
    """

    lead = operational(
        models.OneToOneField(Lead, models.CASCADE, primary_key=True, related_name="kept")
    )
    study_site = operational(
        models.ForeignKey(StudySite, models.CASCADE, related_name="kept_leads", db_index=False)
    )
    source = operational(models.ForeignKey(Source, models.CASCADE, related_name="+"))
    last_at = operational(models.DateTimeField())
    quiet_since = operational(models.DateTimeField(null=True))
    share = operational(models.TextField(blank=True, default=""))
    facts = operational(models.TextField())

    class Meta:
        indexes = [models.Index(fields=["study_site", "quiet_since"], name="kept_lead_quiet")]
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_since__isnull=True, share="")
                | (Q(quiet_since__gte=F("last_at")) & ~Q(share="")),
                name="kept_lead_has_a_share_when_quiet",
            )
        ]
