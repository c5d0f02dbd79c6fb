"""A revision takes the place of the last issued report, and says what changed (SR3, D36)."""

from datetime import datetime

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from recruitment.models import Source, StudySite
from recruitment.rules.closing import CloseCode
from recruitment.rules.refusals import InvalidInput, Refusal
from reporting.models import ReportPaper, SponsorReport
from reporting.services.drafts import refresh_draft
from reporting.services.issuing import issue_report
from reporting.services.papers import render_paper
from reporting.services.revising import drop_revision, start_revision
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY, SourceFactory, make_enquirer, make_lead
from tests.reporting.world import DAY, HOUR, WEEK, close, make_draft, some_leads

pytestmark = pytest.mark.django_db


@pytest.fixture
def source(study_site: StudySite) -> Source:
    return SourceFactory(study=study_site.study)


@pytest.fixture
def issued(study_site: StudySite, site_lead: User, source: Source) -> SponsorReport:
    """The first report, issued, over eight leads of which one is entered too late for it."""
    some_leads(study_site, site_lead, source, at=MONDAY + DAY, n=8)
    draft = make_draft(study_site)
    return issue_report(report=draft, by=site_lead, at=draft.as_of, note="A quiet week.")


def late_lead(issued: SponsorReport, study_site: StudySite) -> datetime:
    """A lead of the period that is entered after the report was made; when."""
    told = issued.as_of + HOUR
    make_lead(study_site, received_at=issued.cut_off - HOUR, at=told)
    return told


def revise(issued: SponsorReport, by: User, at: datetime, **said: str) -> SponsorReport:
    values = {"reason": "late", "changed": "One inquiry came by post."} | said
    return start_revision(report=issued, by=by, at=at, as_of=at, **values)


def test_s67_a_revision_says_what_changed_and_the_earlier_paper_stays_as_it_is(
    issued: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    before = render_paper(report=issued, size="a4", at=issued.as_of)
    told = late_lead(issued, study_site)

    draft = revise(issued, site_lead, told + HOUR)
    issue_report(report=draft, by=site_lead, at=told + 2 * HOUR, note=draft.narrative)

    issued.refresh_from_db()
    draft.refresh_from_db()
    assert (issued.state, draft.state, draft.revision) == ("superseded", "issued", "B")
    assert (draft.number, draft.period_start) == (issued.number, issued.period_start)
    assert (draft.cut_off, draft.as_of) == (issued.cut_off, told + HOUR)
    said = report_in(draft).revised
    assert said is not None
    assert (said.replaces, said.why) == ("A", "Entries came after the report was made")
    told_of = [(one.label, one.column, one.before, one.after) for one in said.differences]
    assert ("New interest", "this period", "8", "9") in told_of
    assert ("Open now", "at the cut-off", "8", "9") in told_of
    assert ReportPaper.objects.get(report=issued).sha256 == before.sha256
    assert bytes(ReportPaper.objects.get(report=issued).pdf) == bytes(before.pdf)


def test_a_revision_of_words_alone_prints_every_breakdown_again(
    issued: SponsorReport, site_lead: User
) -> None:
    draft = revise(issued, site_lead, issued.as_of, reason="wording")

    before, now = report_in(issued), report_in(draft)
    assert now.revised is not None
    assert now.revised.differences == ()
    assert (now.open_now, now.sources, now.closes) == (
        before.open_now,
        before.sources,
        before.closes,
    )
    assert draft.narrative == "A quiet week."


def test_a_revision_is_counted_again_like_any_draft(
    issued: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    draft = revise(issued, site_lead, issued.as_of)
    told = late_lead(issued, study_site)

    fresh = refresh_draft(draft, as_of=told, at=told)

    report = report_in(fresh)
    assert report.header.revision == fresh.revision == "B"
    assert report.revised is not None
    assert report.revised.changed == "One inquiry came by post."
    assert report.moved("new_interest").this.text == "9"
    assert report.revised.differences


def test_a_later_draft_goes_on_from_the_revision(
    issued: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    later = make_draft(study_site, after=issued.cut_off)
    told = late_lead(issued, study_site)
    at = max(told, later.as_of) + DAY

    issue_report(report=revise(issued, site_lead, at), by=site_lead, at=at)

    later.refresh_from_db()
    found = report_in(later)
    assert later.as_of == at
    assert found.balance is not None
    assert (found.balance.opening, found.balance.late) == (9, 0)
    assert found.moved("new_interest").late.text == "0"


def test_a_later_report_waits_until_the_revision_is_issued_or_dropped(
    issued: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    later = make_draft(study_site, after=issued.cut_off)
    draft = revise(issued, site_lead, later.as_of)

    with pytest.raises(Refusal, match=r"Revision B of report no\. 1"):
        issue_report(report=later, by=site_lead, at=later.as_of)
    drop_revision(report=draft, by=site_lead, at=later.as_of)
    drop_revision(report=draft, by=site_lead, at=later.as_of)

    issue_report(report=later, by=site_lead, at=later.as_of)
    assert not SponsorReport.objects.filter(revision="B").exists()


def test_only_the_last_issued_report_is_revised(
    issued: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    later = make_draft(study_site, after=issued.cut_off)
    at = later.as_of
    with pytest.raises(Refusal, match="Only the last issued report"):
        revise(later, site_lead, at)
    issue_report(report=later, by=site_lead, at=at)

    with pytest.raises(Refusal, match="Only the last issued report"):
        revise(issued, site_lead, at)


def test_a_second_revision_is_c_and_goes_on_from_what_b_printed(
    issued: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    at = late_lead(issued, study_site)
    second = issue_report(report=revise(issued, site_lead, at), by=site_lead, at=at)

    third = issue_report(report=revise(second, site_lead, at), by=site_lead, at=at)

    said = report_in(third).revised
    assert said is not None
    assert (third.revision, said.replaces, said.differences) == ("C", "B", ())
    states = SponsorReport.objects.order_by("revision").values_list("revision", "state")
    assert list(states) == [("A", "superseded"), ("B", "superseded"), ("C", "issued")]


def test_what_was_printed_to_date_is_held_against_the_revised_report(
    study_site: StudySite, site_lead: User, source: Source
) -> None:
    leads = some_leads(study_site, site_lead, source, at=MONDAY + DAY, n=18)
    for lead in leads[:6]:
        close(lead, site_lead, MONDAY + 2 * DAY, CloseCode.PT_NOT_INTERESTED)
    draft = make_draft(study_site)
    issued = issue_report(report=draft, by=site_lead, at=draft.as_of)
    told = issued.as_of + HOUR
    close(leads[7], site_lead, MONDAY + 3 * DAY, CloseCode.PT_NOT_INTERESTED, told=told)

    now = report_in(revise(issued, site_lead, told))

    assert [row.cell.text for row in report_in(issued).closes.by_family.rows] == ["6"]
    assert now.closes.by_family.total.text == "7"
    assert "7" not in {row.cell.text for row in now.closes.by_family.rows}


def test_nobody_begins_two_revisions_of_one_report(issued: SponsorReport, site_lead: User) -> None:
    revise(issued, site_lead, issued.as_of)

    with pytest.raises(Refusal, match="Revision B of this report is being written"):
        revise(issued, site_lead, issued.as_of)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"reason": "because"}, "reason"),
        ({"changed": "  "}, "changed"),
        ({"changed": "x" * 301}, "changed"),
        ({"changed": "Zephyrine Quackenbush was counted twice."}, "changed"),
        ({"changed": "Call 617 555 0143."}, "changed"),
        ({"changed": "One more is eligible."}, "changed"),
    ],
)
def test_a_revision_says_why_in_words_a_sponsor_may_read(
    issued: SponsorReport,
    study_site: StudySite,
    site_lead: User,
    said: dict[str, str],
    field: str,
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Zephyrine", last_name="Quackenbush"))

    with pytest.raises(InvalidInput) as refused:
        revise(issued, site_lead, issued.as_of, **said)

    assert refused.value.field == field
    assert not SponsorReport.objects.filter(state="draft").exists()


def test_only_the_draft_of_a_revision_is_dropped(issued: SponsorReport, site_lead: User) -> None:
    with pytest.raises(Refusal, match="Only a revision"):
        drop_revision(report=issued, by=site_lead, at=issued.as_of)


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"revision": "B"}, "report_revision_says_why"),
        ({"reason": "late", "changed": "More."}, "report_revision_says_why"),
        ({"revision": "B", "reason": "late"}, "report_revision_says_why"),
    ],
)
def test_the_database_wants_a_reason_for_a_revision_and_none_for_the_first(
    study_site: StudySite, values: dict[str, str], name: str
) -> None:
    make_draft(study_site)

    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        SponsorReport.objects.update(**values)


def test_the_database_keeps_one_issued_report_of_a_period(
    issued: SponsorReport, site_lead: User
) -> None:
    draft = revise(issued, site_lead, issued.as_of)

    with (
        pytest.raises(IntegrityError, match="report_one_issued_per_period"),
        transaction.atomic(),
    ):
        SponsorReport.objects.filter(pk=draft.pk).update(
            state="issued", issued_at=MONDAY + WEEK, issued_by=site_lead
        )


def test_a_superseded_report_is_never_issued_again(issued: SponsorReport, site_lead: User) -> None:
    issue_report(report=revise(issued, site_lead, issued.as_of), by=site_lead, at=issued.as_of)

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        SponsorReport.objects.filter(pk=issued.pk).update(state="issued")
