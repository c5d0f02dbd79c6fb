"""A revision: an issued report with an error is made again under the next letter (SR3, D36)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.texts import line_of
from recruitment.services.sponsor_words import Confirmation, check_free_words
from recruitment.services.verbs import verb
from reporting.figures.revisions import REASONS
from reporting.models import SponsorReport
from reporting.services.drafts import locked_study_site
from reporting.services.snapshots import compute_for, freeze, next_letter

MAX_CHANGED = 300  # characters of the sentence that says what changed
ONLY_THE_LAST = (
    "Only the last issued report of a study at a site can be revised: later reports go on from its"
    " numbers. What was entered since stands in the next report as a late entry."
)


@verb
@transaction.atomic
def start_revision(
    *,
    report: SponsorReport,
    reason: str,
    changed: str,
    by: User,
    at: datetime,
    as_of: datetime,
    confirmed: str = "",
) -> SponsorReport:
    """The draft that is to take the place of the issued `report`, as known at `as_of` (UTC).

    `reason` is a key of `REASONS`, `changed` one sentence for the sponsor. `by` leads the site (the
    door checks it). Period and number stay, the letter is the next. `confirmed`
    is the token of a finding in the sentence that is none (F6). Raises InvalidInput naming the
    field, also for words that tell of a person; Refusal when this is not the last issued report, or
    a revision of it is being made already.
    """
    if reason not in REASONS:
        raise InvalidInput("Choose why the report is revised.", field="reason")
    missing = "Say what changed, in one sentence."
    words = line_of(changed, most=MAX_CHANGED, field="changed", missing=missing)
    assert report.site is not None  # noqa: S101  (roll-ups are not drafted from the log)
    study_site = locked_study_site(report.study, report.site)
    report.refresh_from_db(fields=["state"])
    check_is_last(report)
    begun = drafted_revision(report)
    if begun is not None:
        raise Refusal(f"Revision {begun.revision} of this report is being written already.")
    about = f"report {report.pk}, revision {next_letter(report)}"
    said = Confirmation(confirmed, about, by, at)
    check_free_words(words, site=report.site, field="changed", confirmed=said)
    draft = SponsorReport(
        study=report.study,
        site=report.site,
        cut_off=report.cut_off,
        drafted_at=at,
        reason=reason,
        changed=words,
        narrative=report.narrative,
    )
    freeze(draft, compute_for(study_site, draft, as_of=as_of))
    draft.save(force_insert=True)
    return draft


def check_is_last(report: SponsorReport) -> None:
    """Raise Refusal unless `report` is the last one that was issued there."""
    if not is_last(report):
        raise Refusal(ONLY_THE_LAST)
    next_letter(report)


def is_last(report: SponsorReport) -> bool:
    """Whether `report` is issued, and none of the study at the site was issued for a later time."""
    later = SponsorReport.objects.filter(
        study=report.study_id, site=report.site_id, state="issued", cut_off__gt=report.cut_off
    )
    return report.state == "issued" and not later.exists()


def drafted_revision(report: SponsorReport) -> SponsorReport | None:
    """The revision of this period that is being written, if there is one."""
    return SponsorReport.objects.filter(
        study=report.study_id, site=report.site_id, cut_off=report.cut_off, state="draft"
    ).first()


@verb
@transaction.atomic
def drop_revision(*, report: SponsorReport, by: User, at: datetime) -> None:
    """Give up a revision that was not issued; the issued report stays as it is. May run twice.

    `by` leads the site (the door checks it). Raises Refusal for what is no draft of a revision.
    """
    assert report.site is not None  # noqa: S101  (roll-ups are not drafted from the log)
    locked_study_site(report.study, report.site)
    draft = SponsorReport.objects.select_for_update().filter(pk=report.pk).first()
    if draft is None:
        return
    if draft.state != "draft" or not draft.reason:
        raise Refusal("Only a revision that was not issued can be dropped.")
    draft.delete()
