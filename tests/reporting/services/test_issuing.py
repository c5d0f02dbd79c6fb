"""Issuing freezes a draft, and settles the drafts around it."""

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Job, StudySite
from recruitment.rules.refusals import Refusal
from reporting.models import ReportPaper, SponsorReport
from reporting.services.drafts import refresh_draft
from reporting.services.issuing import issue_report
from reporting.services.papers import queue_papers, render_paper, run_paper_job
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY, make_lead
from tests.reporting.world import DAY, WEEK, make_draft

pytestmark = pytest.mark.django_db


def test_issuing_freezes_the_sentence_and_the_role_and_queues_both_papers(
    study_site: StudySite, site_lead: User
) -> None:
    draft = make_draft(study_site)

    issued = issue_report(report=draft, by=site_lead, at=draft.as_of, note="A quiet week.")

    header = report_in(SponsorReport.objects.get()).header
    assert (header.note, header.issued_by_role) == ("A quiet week.", "Site lead")
    assert (issued.state, issued.issued_by, issued.narrative) == (
        "issued",
        site_lead,
        "A quiet week.",
    )
    assert sorted(Job.objects.values_list("ids__size", flat=True)) == ["a4", "letter"]


def test_the_paper_of_the_draft_goes_when_it_is_issued(
    study_site: StudySite, site_lead: User
) -> None:
    draft = make_draft(study_site)
    before = render_paper(report=draft, size="a4", at=draft.as_of)

    issue_report(report=draft, by=site_lead, at=draft.as_of)
    after = render_paper(report=draft, size="a4", at=draft.as_of)

    assert after.sha256 != before.sha256
    assert ReportPaper.objects.get() == after


@pytest.mark.parametrize(
    "values",
    [
        {"snapshot": {}},
        {"snapshot_sha256": "0"},
        {"cut_off": MONDAY},
        {"as_of": MONDAY + 9 * WEEK},
        {"narrative": "Another sentence."},
        {"number": 7},
        {"issued_at": MONDAY},
        {"state": "draft", "issued_at": None, "issued_by": None},
    ],
    ids=lambda values: next(iter(values)),
)
def test_the_database_refuses_to_change_an_issued_report(
    study_site: StudySite, site_lead: User, values: dict[str, object]
) -> None:
    issue_report(report=make_draft(study_site), by=site_lead, at=MONDAY + WEEK)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        SponsorReport.objects.update(**values)


def test_the_database_refuses_to_delete_an_issued_report(
    study_site: StudySite, site_lead: User
) -> None:
    issued = issue_report(report=make_draft(study_site), by=site_lead, at=MONDAY + WEEK)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        issued.delete()


def test_issuing_twice_is_refused(study_site: StudySite, site_lead: User) -> None:
    draft = make_draft(study_site)
    issue_report(report=draft, by=site_lead, at=draft.as_of)

    with pytest.raises(Refusal, match="issued already"):
        issue_report(report=draft, by=site_lead, at=draft.as_of)


def test_a_draft_that_was_made_again_since_it_was_read_is_not_issued(
    study_site: StudySite, site_lead: User
) -> None:
    draft = make_draft(study_site)
    refresh_draft(draft, as_of=draft.as_of + DAY, at=draft.as_of + DAY)

    with pytest.raises(Refusal, match="Read it once more"):
        issue_report(report=draft, by=site_lead, at=draft.as_of + DAY, seen=draft.snapshot_sha256)


def test_issuing_drops_earlier_drafts_and_makes_later_ones_again(
    study_site: StudySite, site_lead: User
) -> None:
    make_lead(study_site)
    first, second, third = (make_draft(study_site, after=MONDAY + n * WEEK) for n in range(3))
    queue_papers(first, at=first.as_of)

    issue_report(report=second, by=site_lead, at=third.as_of)

    left = SponsorReport.objects.exclude(pk=second.pk).get()
    assert left.pk == third.pk
    assert (left.period_start, left.number) == (second.cut_off, 2)
    assert report_in(left).header.previous_cut_off == second.cut_off
    with pytest.raises(Refusal, match="covers this period"):
        issue_report(report=first, by=site_lead, at=third.as_of)
    run_paper_job({"report": first.pk, "size": "a4"}, third.as_of)
    assert not ReportPaper.objects.exists()
