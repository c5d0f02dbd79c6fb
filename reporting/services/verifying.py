"""Whether a PDF or a hash is of a report that stands here, and whether it can be made again (LR1).

An uploaded file is hashed and never opened: only what this program stored is read.
"""

import hashlib
from dataclasses import dataclass
from enum import Enum

from django.db.models import Q, QuerySet

from reporting.figures.snapshot import sha256
from reporting.models import ReportPaper, SponsorReport
from reporting.render import HASH_LETTERS
from reporting.services.papers import SIZE_OF, laid_out, versions
from reporting.services.snapshots import replacement_of, snapshot_text
from trialsnest.lib.pdf import RenderFailed
from trialsnest.lib.pdf_text import words_of


class Agreement(Enum):
    """What came of making a stored PDF again from its snapshot."""

    BYTES = "bytes"  # the same file
    TEXT = "text"  # another file with the same words: other versions laid it out
    OTHER_LAYOUT = "other_layout"  # other versions, whose layout has other words around the figures
    DIFFERENT = "different"  # the same versions made another file, or what is stored was changed
    NOT_MADE = "not_made"  # no PDF can be made here now
    NO_PAPER = "no_paper"  # no PDF of it was made yet


@dataclass(frozen=True)
class Verdict:
    """The report that the hash or the file is of; `paper` when it is a PDF that was made here.

    `replacement` is the revision that took its place. `is_intact`: the snapshot has its hash.
    """

    report: SponsorReport
    paper: ReportPaper | None
    replacement: SponsorReport | None
    is_intact: bool
    agreement: Agreement


def verify(found: QuerySet[SponsorReport], digest: str) -> Verdict | None:
    """What `digest` is of among `found`, the reports that the asker may know of; None if nothing.

    `digest` is the SHA-256 of a PDF or of a snapshot in lower-case hexadecimal, or the first twelve
    letters of the latter as they are printed. Makes one PDF again: about a second.
    """
    paper = ReportPaper.objects.filter(report__in=found, sha256=digest).first()
    is_short = len(digest) == HASH_LETTERS
    named = Q(snapshot_sha256__startswith=digest) if is_short else Q(snapshot_sha256=digest)
    rows = found.select_related("study", "site")
    report = rows.filter(Q(pk=paper.report_id) if paper else named).order_by("-cut_off").first()
    if report is None:
        return None
    checked = paper or ReportPaper.objects.filter(report=report).order_by("size").first()
    return Verdict(
        report=report,
        paper=paper,
        replacement=replacement_of(report),
        is_intact=sha256(snapshot_text(report)) == report.snapshot_sha256,
        agreement=made_again(report, checked) if checked else Agreement.NO_PAPER,
    )


def made_again(report: SponsorReport, paper: ReportPaper) -> Agreement:
    """Make the stored PDF again from the snapshot alone, and compare."""
    stored = bytes(paper.pdf)
    if hashlib.sha256(stored).hexdigest() != paper.sha256:
        return Agreement.DIFFERENT
    try:
        made = laid_out(snapshot_text(report), SIZE_OF[paper.size])
    except RenderFailed:
        return Agreement.NOT_MADE
    if made == stored:
        return Agreement.BYTES
    if paper.renderer == versions():
        return Agreement.DIFFERENT
    return Agreement.TEXT if words_of(made) == words_of(stored) else Agreement.OTHER_LAYOUT
