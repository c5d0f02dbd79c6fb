"""The question behind a row of an issued report, for the sponsor to answer (AS2)."""

from recruitment.models import Ask
from recruitment.rules.asks.codes import AskDirection
from reporting.figures.asks import AskRow
from reporting.models import SponsorReport


def ask_of(report: SponsorReport, row: AskRow) -> Ask | None:
    """The ask that the report prints as `row`; None when there is none any more. One statement.

    Only what an issued report printed is found, so a question is not told before its site did.
    """
    return (
        Ask.objects.filter(
            study_site__study=report.study_id,
            study_site__site=report.site_id,
            direction=AskDirection.TO_SPONSOR,
            question=row.question,
            raised_at=row.raised_at,
        )
        .select_related("study_site__site")
        .first()
    )
