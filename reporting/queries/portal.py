"""Questions between a site and the readers of its reports (AS2, AS3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from recruitment.models import Ask
from recruitment.rules.asks.codes import AskDirection, AskEventKind, AskState
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


@dataclass(frozen=True)
class OwnQuestion:
    """A question that a reader put to the site, and what came of it. Times are UTC."""

    question: str
    about: str
    asked_at: datetime
    due_at: datetime
    is_open: bool
    answer: str
    answered_at: datetime | None


def own_questions(report: SponsorReport, user: User) -> Sequence[OwnQuestion]:
    """What `user` asked the site of this report about its study, newest first. Two statements."""
    asks = (
        Ask.objects.filter(
            study_site__study=report.study_id,
            study_site__site=report.site_id,
            direction=AskDirection.FROM_SPONSOR,
            history__kind=AskEventKind.RAISED,
            history__by=user,
        )
        .prefetch_related("history")
        .order_by("-raised_at", "-pk")
    )
    return [_own(ask) for ask in asks]


def _own(ask: Ask) -> OwnQuestion:
    answers = [entry for entry in ask.history.all() if entry.kind == AskEventKind.ANSWERED]
    last = max(answers, key=lambda entry: entry.seq, default=None)
    return OwnQuestion(
        question=ask.question,
        about=ask.why,
        asked_at=ask.raised_at,
        due_at=ask.due_at,
        is_open=ask.state == AskState.OPEN,
        answer=f"{last.get_choice_display()}. {last.words}".strip() if last else "",
        answered_at=last.recorded_at if last else None,
    )
