"""A study at a site with a few leads in its log, made by the services."""

from datetime import datetime, timedelta

from accounts.models import User
from recruitment.models import Lead, Source, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.next_actions import Plan
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType, Channel, ContactResult, PrescreenState
from recruitment.services.moves import move_lead
from recruitment.services.outreach import log_outreach
from recruitment.services.prescreens import record_prescreen
from reporting.models import SponsorReport
from reporting.services.drafts import draft_report
from reporting.services.periods import report_time_of
from tests.factories.recruitment import MONDAY, make_lead

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def cut_off_after(study_site: StudySite, at: datetime) -> datetime:
    """The study's first report boundary after `at`."""
    return report_time_of(study_site.study).next_boundary(at)


def make_draft(
    study_site: StudySite, *, after: datetime = MONDAY, late: timedelta = timedelta(minutes=5)
) -> SponsorReport:
    """The draft of the period that ends at the first boundary after `after`."""
    cut_off = cut_off_after(study_site, after)
    return draft_report(
        study=study_site.study,
        site=study_site.site,
        cut_off=cut_off,
        as_of=cut_off + late,
        at=cut_off + late,
    )


def attempt(lead: Lead, by: User, at: datetime, result: ContactResult) -> None:
    lead.refresh_from_db()
    plan = None
    if result == ContactResult.REACHED:
        plan = Plan(ActionType.SEND_PRESCREEN, at + DAY)
    log_outreach(
        lead=lead, channel=Channel.PHONE, result=result, by=by, at=at, seen=lead.version, plan=plan
    )


def complete_prescreen(lead: Lead, by: User, at: datetime) -> None:
    lead.refresh_from_db()
    record_prescreen(
        lead=lead,
        state=PrescreenState.COMPLETE,
        to=Stage.COORDINATOR_REVIEW,
        plan=Plan(ActionType.REVIEW_PRESCREEN, at + DAY),
        by=by,
        at=at,
        seen=lead.version,
    )


def close(
    lead: Lead, by: User, at: datetime, reason: CloseCode, told: datetime | None = None
) -> None:
    """Close the lead at `at`; `told` is when it was entered."""
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        by=by,
        at=told or at,
        occurred_at=at,
        seen=lead.version,
        reason=reason,
    )


def reopen(lead: Lead, by: User, at: datetime) -> None:
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.COORDINATOR_REVIEW,
        by=by,
        at=at,
        seen=lead.version,
        plan=Plan(ActionType.CALL, at + DAY),
    )


def some_leads(
    study_site: StudySite, by: User, source: Source, *, at: datetime, n: int
) -> list[Lead]:
    """`n` leads of one source, an hour apart from `at`; every third is reached."""
    leads = []
    for i in range(n):
        lead = make_lead(study_site, received_at=at + i * HOUR, source=source)
        result = ContactResult.NO_ANSWER if i % 3 else ContactResult.REACHED
        attempt(lead, by, at + i * HOUR + HOUR / 2, result)
        leads.append(lead)
    return leads
