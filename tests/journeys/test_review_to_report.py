"""What a weekly review agreed stands in a sponsor report, then what came of it (W11, D39)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import AgendaItem, StudySite
from recruitment.rules.weekly.codes import Ending, ItemKind
from recruitment.rules.weekly.endings import Decision
from recruitment.services.weekly_items import finish_action
from reporting.models import SponsorReport
from reporting.render import report_html
from reporting.services.issuing import issue_report
from reporting.services.snapshots import snapshot_text
from tests.recruitment.weekly.held import (
    DAY,
    OPENED,
    WEEK,
    act,
    blocked_leads,
    end,
    end_all,
    held_open,
    item_of,
)
from tests.reporting.world import make_draft

AsUser = Callable[[User], Client]
HOUR = timedelta(hours=1)


@pytest.fixture
def reported(study_site: StudySite, site_lead: User, coordinator: User) -> SponsorReport:
    """The first report: a review agreed to clear blockers of five leads."""
    blocked_leads(study_site, coordinator, 5)
    review = held_open(study_site, site_lead)
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    end(item, act(item, coordinator, words="Phone Mrs. Ollerenshaw."), site_lead)
    end_all(review, site_lead)
    return issued(study_site, site_lead, OPENED)


def issued(place: StudySite, site_lead: User, after: datetime) -> SponsorReport:
    """The report of the first boundary after that moment, issued by the site's lead."""
    draft = make_draft(place, after=after)
    return issue_report(report=draft, by=site_lead, at=draft.as_of + HOUR)


def said(report: SponsorReport) -> str:
    html = report_html(snapshot_text(report), paper="a4")
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<body") :]).split())


def look_again(place: StudySite, by: User, decide: Callable[[AgendaItem], Decision]) -> None:
    """The review of the next week ends what stands open."""
    second = held_open(place, by, OPENED + WEEK)
    item = item_of(second, ItemKind.CARRIED_ACTION)
    end(item, decide(item), by, OPENED + WEEK)
    end_all(second, by, OPENED + WEEK)


def test_an_action_of_a_review_stands_in_the_next_report_and_the_one_after_says_it_was_done(
    reported: SponsorReport,
    study_site: StudySite,
    site_lead: User,
    sponsor_viewer: User,
    coordinator: User,
    as_user: AsUser,
) -> None:
    first = said(reported)
    page = as_user(sponsor_viewer).get(reverse("report", args=[reported.pk])).content.decode()
    (action,) = coordinator.review_actions.all()
    finish_action(action=action, by=coordinator, at=reported.cut_off + DAY)

    second = said(issued(study_site, site_lead, reported.cut_off))
    third = said(issued(study_site, site_lead, reported.cut_off + WEEK))

    line = "Clear blockers: missing records Coordinator"
    assert line in first
    assert "Agreed in a weekly review since" in page
    assert "Ollerenshaw" not in first + page + second
    before = second.partition("Agreed before, and what came of it")[2]
    assert re.search(rf"{line} \w+ \d+ \w+ Done, ", before.partition("Agreed in a weekly")[0])
    assert line not in third


def test_what_was_carried_over_says_its_new_day_and_is_not_told_as_new(
    reported: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    look_again(study_site, site_lead, lambda item: act(item, site_lead, OPENED + WEEK))

    second = said(issued(study_site, site_lead, reported.cut_off))

    before, _, since = second.partition("Agreed in a weekly review since")
    assert "Not done: carried over, now by" in before
    assert since.startswith(" Nothing was agreed.")


def test_what_was_dropped_says_so_once(
    reported: SponsorReport, study_site: StudySite, site_lead: User
) -> None:
    look_again(study_site, site_lead, lambda _: Decision(Ending.CLOSE, "It came without it."))

    second = issued(study_site, site_lead, reported.cut_off)
    third = issued(study_site, site_lead, second.cut_off)

    assert "Dropped by a review" in said(second)
    assert "It came without it" not in said(second)
    assert "Dropped" not in said(third)
