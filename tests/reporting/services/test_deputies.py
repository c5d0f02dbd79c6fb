"""A deputy approves reports in the place of the site's lead, for her days and no longer (D35)."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError

from accounts.models import User
from recruitment.models import Job, Membership, ReportDeputy, Role, SettingChange, StudySite
from recruitment.queries.roles import roles_of
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.deputies import end_deputy, name_deputy
from recruitment.services.jobs import run_job
from recruitment.services.membership import end_role, suspend_user
from reporting.models import SponsorReport
from reporting.services.drafts import run_draft_job
from reporting.services.issuing import issue_report
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_member
from tests.reporting.world import DAY, WEEK, cut_off_after, make_draft

pytestmark = pytest.mark.django_db
Name = Callable[..., ReportDeputy]


@pytest.fixture
def name(study_site: StudySite, coordinator: User, site_lead: User) -> Name:
    def named(**values: Any) -> ReportDeputy:
        usual = {"site": study_site.site, "user": coordinator, "by": site_lead, "at": MONDAY}
        return name_deputy(**{**usual, "starts_at": MONDAY, "ends_at": None, **values})

    return named


def test_a_deputy_issues_and_the_report_prints_the_role_and_no_name(
    study_site: StudySite, coordinator: User, name: Name
) -> None:
    name()
    draft = make_draft(study_site)

    issued = issue_report(report=draft, by=coordinator, at=draft.as_of)

    assert issued.issued_by == coordinator
    assert report_in(issued).header.issued_by_role == "Deputy of the site lead"
    assert coordinator.name not in str(issued.snapshot)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REVIEWER, Role.SPONSOR_VIEWER])
def test_nobody_else_issues(study_site: StudySite, role: Role, name: Name) -> None:
    name()
    scope = study_site.study if role == Role.SPONSOR_VIEWER else study_site
    draft = make_draft(study_site)

    with pytest.raises(Refusal, match="any more"):
        issue_report(report=draft, by=make_member(role, scope), at=draft.as_of)

    assert SponsorReport.objects.get().state == "draft"


def test_a_deputy_of_one_site_issues_nothing_of_another(
    study_site: StudySite, coordinator: User, name: Name
) -> None:
    name()
    elsewhere = StudySiteFactory(study=study_site.study)
    draft = make_draft(elsewhere)

    with pytest.raises(Refusal):
        issue_report(report=draft, by=coordinator, at=draft.as_of)


def before(row: ReportDeputy, draft: SponsorReport, by: User) -> datetime:
    return row.starts_at - DAY / 24


def on_the_end(row: ReportDeputy, draft: SponsorReport, by: User) -> datetime:
    ReportDeputy.objects.update(ends_at=draft.as_of)
    return draft.as_of


def ended(row: ReportDeputy, draft: SponsorReport, by: User) -> datetime:
    end_deputy(deputy=row, by=by, at=draft.as_of)
    end_deputy(deputy=row, by=by, at=draft.as_of + DAY)
    return draft.as_of


def without_part(row: ReportDeputy, draft: SponsorReport, by: User) -> datetime:
    end_role(membership=Membership.objects.get(user=row.user), by=by, at=draft.as_of)
    return draft.as_of


def suspended(row: ReportDeputy, draft: SponsorReport, by: User) -> datetime:
    suspend_user(user=row.user, by=by, at=draft.as_of)
    return draft.as_of


@pytest.mark.parametrize("over", [before, on_the_end, ended, without_part, suspended])
def test_outside_her_days_she_issues_nothing(
    study_site: StudySite,
    site_lead: User,
    name: Name,
    over: Callable[[ReportDeputy, SponsorReport, User], datetime],
) -> None:
    draft = make_draft(study_site)
    row = name(starts_at=draft.as_of if over is before else MONDAY)
    at = over(row, draft, site_lead)
    row.user.refresh_from_db()

    with pytest.raises(Refusal):
        issue_report(report=draft, by=row.user, at=at)

    assert not ReportDeputy.objects.in_force(at=at).exists()
    assert SponsorReport.objects.get().state == "draft"


def test_her_end_is_half_open(study_site: StudySite, coordinator: User, name: Name) -> None:
    draft = make_draft(study_site)
    name(starts_at=draft.as_of - DAY, ends_at=draft.as_of + DAY)

    assert not ReportDeputy.objects.in_force(at=draft.as_of + DAY).exists()
    issue_report(report=draft, by=coordinator, at=draft.as_of)


def test_naming_and_ending_are_on_record(site_lead: User, name: Name) -> None:
    row = name()
    assert name(starts_at=MONDAY - DAY) == row
    end_deputy(deputy=row, by=site_lead, at=MONDAY + DAY)
    end_deputy(deputy=row, by=site_lead, at=MONDAY + WEEK)

    row.refresh_from_db()
    assert (row.named_by, row.named_at) == (site_lead, MONDAY)
    assert (row.ended_by, row.ended_at) == (site_lead, MONDAY + DAY)
    changes = SettingChange.objects.filter(kind="reportdeputy", object_id=row.pk).order_by("pk")
    assert [(one.field, one.by) for one in changes] == [
        ("added", site_lead),
        ("ended_at", site_lead),
    ]


def test_a_role_that_ends_ends_the_deputy_for_good(
    study_site: StudySite, coordinator: User, site_lead: User, name: Name
) -> None:
    row = name()
    end_role(membership=Membership.objects.get(user=coordinator), by=site_lead, at=MONDAY + DAY)
    make_member(Role.COORDINATOR, study_site, user=coordinator)

    row.refresh_from_db()
    assert (row.ended_at, row.ended_by) == (MONDAY + DAY, site_lead)
    assert not ReportDeputy.objects.in_force(at=MONDAY + WEEK).exists()


def test_who_cannot_be_one_is_told_at_the_field(
    study_site: StudySite, site_lead: User, sponsor_viewer: User, outsider: User, name: Name
) -> None:
    second = make_member(Role.SITE_LEAD, study_site.site)

    for user in (site_lead, second, sponsor_viewer, outsider):
        with pytest.raises(InvalidInput) as refused:
            name(user=user)
        assert refused.value.field == "person"
    with pytest.raises(InvalidInput, match="last day") as refused:
        name(ends_at=MONDAY)
    assert refused.value.field == "last_on"
    assert not ReportDeputy.objects.exists()


def test_other_days_need_the_first_ones_to_end_and_days_that_passed_do_not(name: Name) -> None:
    first = name(ends_at=MONDAY + DAY)

    with pytest.raises(InvalidInput, match="already"):
        name(ends_at=MONDAY + WEEK)
    again = name(at=MONDAY + 2 * DAY, ends_at=None)

    first.refresh_from_db()
    assert first.ended_at == MONDAY + 2 * DAY
    assert again.starts_at == MONDAY + 2 * DAY


@pytest.mark.parametrize(
    ("constraint", "values"),
    [
        ("report_deputy_ends_later", {"ends_at": MONDAY}),
        ("report_deputy_not_backdated", {"starts_at": MONDAY - DAY}),
        ("report_deputy_ended_at_and_by", {"ended_at": MONDAY + DAY}),
    ],
)
def test_the_database_refuses_odd_days(
    name: Name, constraint: str, values: dict[str, object]
) -> None:
    name()

    with pytest.raises(IntegrityError, match=constraint):
        ReportDeputy.objects.update(**values)


def test_the_database_refuses_to_name_oneself(site_lead: User, name: Name) -> None:
    name()

    with pytest.raises(IntegrityError, match="report_deputy_is_somebody_else"):
        ReportDeputy.objects.update(user=site_lead)


def test_the_database_refuses_the_same_deputy_twice(name: Name) -> None:
    row = name()
    row.pk = None

    with pytest.raises(IntegrityError, match="report_deputy_once_at_a_time"):
        row.save(force_insert=True)


def test_a_deputy_is_mailed_when_a_draft_is_ready_while_she_is_one(
    study_site: StudySite,
    coordinator: User,
    reviewer: User,
    site_lead: User,
    name: Name,
    mailoutbox: list[EmailMessage],
) -> None:
    cut_off = cut_off_after(study_site, MONDAY)
    due = {
        "study": study_site.study_id,
        "site": study_site.site_id,
        "cut_off": cut_off.isoformat(),
    }
    name()
    gone = name(user=reviewer)
    run_draft_job(due, cut_off + DAY)
    end_deputy(deputy=gone, by=site_lead, at=cut_off + DAY)

    for job in Job.objects.filter(kind="mail.report_ready"):
        run_job(job.pk, at=cut_off + DAY)

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([site_lead.email, coordinator.email])


def test_the_frame_knows_a_deputy(coordinator: User, reviewer: User, name: Name) -> None:
    name()

    assert "report_deputy" in roles_of(coordinator)
    assert "report_deputy" not in roles_of(reviewer)
