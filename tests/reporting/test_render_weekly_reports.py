"""The command that drafts and renders by hand."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from recruitment.models import StudySite
from reporting.management.commands import render_weekly_reports
from reporting.models import ReportPaper, SponsorReport
from reporting.services.issuing import issue_report
from tests.factories.recruitment import StudySiteFactory, make_lead
from trialsnest.lib.pdf import RenderFailed

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def study_site() -> StudySite:
    return StudySiteFactory(activated_at=timezone.now() - timedelta(weeks=5))


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("render_weekly_reports", *args, stdout=out, stderr=out)
    return out.getvalue().splitlines()[-1]


def test_it_drafts_and_renders_and_running_it_again_changes_nothing(study_site: StudySite) -> None:
    make_lead(study_site, received_at=timezone.now() - timedelta(weeks=3))

    first = run()
    before = list(ReportPaper.objects.values_list("pk", "sha256", "rendered_at"))
    second = run()

    assert first == ("1 reports drafted, 0 already there, 2 papers rendered, 0 not due, 0 failed")
    assert second == ("0 reports drafted, 1 already there, 0 papers rendered, 0 not due, 0 failed")
    assert list(ReportPaper.objects.values_list("pk", "sha256", "rendered_at")) == before


@pytest.mark.parametrize("form", ["%G-W%V", "%Y-%m-%d"])
def test_a_missed_week_is_named_by_its_number_or_a_day_in_it(
    study_site: StudySite, form: str
) -> None:
    week_ago = timezone.now() - timedelta(weeks=2)

    line = run("--week", week_ago.strftime(form), "--study", study_site.study.code)

    assert line.startswith("1 reports drafted")
    cut_off = SponsorReport.objects.get().cut_off
    assert cut_off.strftime("%G-W%V") == week_ago.strftime("%G-W%V")


def test_a_week_before_activation_and_one_to_come_have_no_report(study_site: StudySite) -> None:
    for days in (-70, 14):
        day = timezone.now() + timedelta(days=days)
        assert run("--week", day.strftime("%Y-%m-%d")).startswith("0 reports drafted")


def test_a_week_that_an_issued_report_covers_fails_by_name(
    study_site: StudySite, site_lead: User, capsys: pytest.CaptureFixture[str]
) -> None:
    run()
    report = SponsorReport.objects.get()
    issue_report(report=report, by=site_lead, at=timezone.now())
    out = io.StringIO()

    with pytest.raises(SystemExit):
        call_command(
            "render_weekly_reports",
            "--week",
            (report.cut_off - timedelta(weeks=1)).strftime("%Y-%m-%d"),
            stdout=out,
            stderr=out,
        )

    assert f"{study_site.study.code} at {study_site.site.sponsor_label}:" in out.getvalue()
    assert out.getvalue().splitlines()[-1].endswith("1 failed")


def test_a_layout_that_fails_is_told_and_the_rest_goes_on(
    study_site: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = StudySiteFactory(activated_at=study_site.activated_at)
    real = render_weekly_reports.render_paper

    def fail_once(**values: object) -> ReportPaper:
        if values["report"].study == study_site.study:  # type: ignore[attr-defined]
            raise RenderFailed("The layout failed.")
        return real(**values)  # type: ignore[arg-type]

    monkeypatch.setattr(render_weekly_reports, "render_paper", fail_once)

    with pytest.raises(SystemExit):
        run()

    assert set(ReportPaper.objects.values_list("report__study", flat=True)) == {other.study.pk}


@pytest.mark.parametrize("args", [("--week", "soon"), ("--study", "NO-SUCH")])
def test_what_does_not_exist_is_refused_by_name(
    args: tuple[str, str], study_site: StudySite
) -> None:
    with pytest.raises(CommandError, match=args[1]):
        run(*args)
