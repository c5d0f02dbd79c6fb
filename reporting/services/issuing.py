"""Issuing: the site lead answers for a draft, and it never changes again (LR1, SR3, D35)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import StudySite
from recruitment.rules.refusals import Refusal
from recruitment.services.deputies import role_to_issue
from recruitment.services.sponsor_words import Confirmation, check_free_words
from recruitment.services.verbs import verb
from reporting.models import ReportPaper, SponsorReport
from reporting.queries.reviews import next_review_on
from reporting.services.drafts import locked_study_site, refresh_draft
from reporting.services.mails import tell_issued
from reporting.services.papers import queue_papers
from reporting.services.revising import check_is_last
from reporting.services.snapshots import (
    freeze,
    issued_of,
    last_issued,
    report_in,
    with_words,
)


@verb
@transaction.atomic
def issue_report(
    *,
    report: SponsorReport,
    by: User,
    at: datetime,
    note: str = "",
    confirmed: str = "",
    seen: str | None = None,
    with_papers: bool = True,
) -> SponsorReport:
    """Freeze the draft for good and let the sponsor read it; `at` is UTC.

    `by` leads the site or is a deputy of who does at `at`; the report prints the role, never the
    name (D9, D35). `note` is her sentence; what may not stand in it
    refuses it with a token, and `confirmed`, that token, says it is none of that, which goes on
    record (F6). `seen` is the hash of the snapshot her page showed. The report that a revision
    replaces is superseded, earlier drafts are dropped because this period covers theirs, later ones
    are made again. Both papers and the mails to readers are queued, unless not `with_papers`.
    Raises NotForSponsors, and Refusal when somebody was first or `by` may not issue any more.
    """
    assert report.site is not None  # noqa: S101  (roll-ups are not issued here)
    study_site = locked_study_site(report.study, report.site)
    role = role_to_issue(by, study_site, at=at)
    draft = SponsorReport.objects.select_for_update().filter(pk=report.pk).first()
    _check(draft, study_site, seen)
    assert draft is not None  # noqa: S101  (checked above)
    said = Confirmation(confirmed, f"report {draft.pk}", by, at)
    check_free_words(note, site=report.site, field="note", confirmed=said)
    coming = next_review_on(study_site, after=at)
    words = with_words(report_in(draft), note=note, role=role, next_review=coming)
    freeze(draft, words)
    draft.narrative = note
    draft.state, draft.issued_at, draft.issued_by = "issued", at, by
    _supersede_older_revision(draft)
    draft.save()
    ReportPaper.objects.filter(report=draft).delete()
    _settle_other_drafts(draft, at=at)
    if with_papers:
        queue_papers(draft, at=at)
        tell_issued(draft, at=at)
    return draft


def _check(draft: SponsorReport | None, study_site: StudySite, seen: str | None) -> None:
    if draft is None:
        raise Refusal("It is gone: a later report covers this period, or it was dropped.")
    if draft.state != "draft":
        raise Refusal("This report has been issued already.")
    if seen is not None and draft.snapshot_sha256 != seen:
        raise Refusal("The draft was made again since you read it. Read it once more.")
    if draft.reason:
        check_is_last(issued_of(draft))
        return
    last = last_issued(study_site)
    _check_no_revision(study_site)
    starts = last.cut_off if last else study_site.activated_at
    if draft.period_start != starts:
        raise Refusal("The period of this draft has changed. Refresh it, then issue it.")


def _check_no_revision(study_site: StudySite) -> None:
    """A revision of the last report comes first: afterwards it could not be issued any more."""
    begun = SponsorReport.objects.filter(
        study=study_site.study_id, site=study_site.site_id, state="draft"
    ).exclude(reason="")
    for one in begun:
        raise Refusal(
            f"Revision {one.revision} of report no. {one.number} is being written. Issue or drop it"
            " first, because this report goes on from its numbers."
        )


def _supersede_older_revision(draft: SponsorReport) -> None:
    SponsorReport.objects.filter(
        study=draft.study, site=draft.site, cut_off=draft.cut_off, state="issued"
    ).update(state="superseded")


def _settle_other_drafts(issued: SponsorReport, *, at: datetime) -> None:
    """The next period starts where this one ends, so drafts around it are not right any more.

    A later draft knows no less than the report it goes on from: else its late entries come out
    negative.
    """
    drafts = SponsorReport.objects.filter(study=issued.study, site=issued.site, state="draft")
    drafts.filter(cut_off__lte=issued.cut_off).delete()
    for later in drafts.filter(cut_off__gt=issued.cut_off):
        refresh_draft(later, as_of=max(later.as_of, issued.as_of), at=at)
