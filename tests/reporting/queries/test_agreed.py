"""What a report reads of weekly reviews: codes and days of what was agreed, under its own role."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from accounts.models import User
from recruitment.models import AgendaItem, Lead, ReviewAction, StudySite, WeeklyReview
from recruitment.rules.weekly.codes import Ending, ItemKind
from recruitment.rules.weekly.endings import Decision
from recruitment.services.weekly_items import finish_action
from recruitment.services.weekly_reviews import complete_review
from reporting.figures.work_facts import AgreedEnd, AgreedFacts
from reporting.queries.log import read_log
from reporting.queries.role import as_report_reader
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

SECOND = timedelta(seconds=1)
AGREED = OPENED + SECOND
NEXT = OPENED + WEEK


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    return blocked_leads(study_site, coordinator)


@pytest.fixture
def review(study_site: StudySite, site_lead: User, leads: list[Lead]) -> WeeklyReview:
    return held_open(study_site, site_lead)


def known(place: StudySite, at: datetime) -> list[AgreedFacts]:
    """The actions as a report with this cut-off knows them, read under the role of reports."""
    with transaction.atomic(), as_report_reader() as taken:
        assert taken
        log = read_log(place, until=at)
        return list(log.agreed_known_at(cut_off=at, as_of=at))


@pytest.fixture
def agreed(review: WeeklyReview, coordinator: User, site_lead: User) -> ReviewAction:
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    end(item, act(item, coordinator), site_lead)
    end_all(review, site_lead)
    return ReviewAction.objects.get()


def look_again(
    place: StudySite, site_lead: User, decide: Callable[[AgendaItem], Decision]
) -> AgendaItem:
    """The next week's review ends the open action so."""
    second = held_open(place, site_lead, NEXT)
    item = item_of(second, ItemKind.CARRIED_ACTION)
    end(item, decide(item), site_lead, NEXT)
    end_all(second, site_lead, NEXT)
    item.refresh_from_db()
    return item


def test_an_action_is_known_once_its_review_is_completed(
    review: WeeklyReview, coordinator: User, site_lead: User, study_site: StudySite
) -> None:
    item = item_of(review, ItemKind.REPEATED_BLOCKER)
    end(item, act(item, site_lead), site_lead)
    end(item, act(item, coordinator), site_lead)  # agreed in another way: the first never was
    for other in review.items.filter(ending=""):
        end(other, Decision(Ending.CLOSE, "Nothing to do."), site_lead)

    assert known(study_site, OPENED + DAY) == []
    complete_review(review=review, by=site_lead, at=OPENED + DAY)

    assert known(study_site, OPENED + DAY) == []
    (fact,) = known(study_site, OPENED + DAY + SECOND)
    assert (fact.kind, fact.code) == (ItemKind.REPEATED_BLOCKER, "missing_records")
    assert (fact.role, fact.agreed_at) == ("coordinator", OPENED + DAY)
    assert (fact.end, fact.former, fact.is_escalated) == ("", 0, False)


def test_each_moment_has_the_action_as_it_stood_then(
    agreed: ReviewAction, coordinator: User, study_site: StudySite
) -> None:
    finish_action(action=agreed, by=coordinator, at=OPENED + DAY)

    (before,) = known(study_site, OPENED + DAY)
    (after,) = known(study_site, OPENED + DAY + SECOND)

    assert (before.end, before.ended_at) == ("", None)
    assert (after.end, after.ended_at) == (AgreedEnd.DONE, OPENED + DAY)


def test_what_goes_on_names_what_it_goes_on_with(
    agreed: ReviewAction, site_lead: User, study_site: StudySite
) -> None:
    item = look_again(study_site, site_lead, lambda item: act(item, site_lead, NEXT))

    old, new = known(study_site, NEXT + SECOND)
    (then,) = known(study_site, NEXT)

    assert (old.key, old.end, old.ended_at) == (agreed.pk, AgreedEnd.CARRIED, NEXT)
    assert item.action is not None
    assert (new.key, new.former, new.role) == (item.action.pk, agreed.pk, "site_lead")
    assert new.kind == ItemKind.REPEATED_BLOCKER
    assert then.end == ""


def test_what_is_closed_was_dropped_and_what_is_accepted_was_put_off(
    agreed: ReviewAction, site_lead: User, study_site: StudySite
) -> None:
    later = (NEXT + 3 * DAY).date()
    look_again(study_site, site_lead, lambda _: Decision(Ending.ACCEPT, "Later.", relook_on=later))

    (put_off,) = known(study_site, NEXT + SECOND)

    assert (put_off.put_off, put_off.due_on, put_off.end) == (True, later, "")
    third = held_open(study_site, site_lead, NEXT + WEEK)
    item = item_of(third, ItemKind.CARRIED_ACTION)
    end(item, Decision(Ending.CLOSE, "It came without it."), site_lead, NEXT + WEEK)
    (open_still,) = known(study_site, NEXT + WEEK + SECOND)
    assert open_still.end == ""
    end_all(third, site_lead, NEXT + WEEK)
    (dropped,) = known(study_site, NEXT + WEEK + SECOND)
    assert (dropped.end, dropped.ended_at) == (AgreedEnd.DROPPED, NEXT + WEEK)


def test_another_study_of_the_same_review_is_not_read(
    agreed: ReviewAction, study_site: StudySite, outsider: User
) -> None:
    others = StudySite.objects.select_related("study__sponsor", "site")
    elsewhere = others.exclude(pk=study_site.pk).get()

    assert known(elsewhere, AGREED) == []
    assert len(known(study_site, AGREED)) == 1


@pytest.mark.parametrize(
    "column", ["recruitment_reviewaction.words", "recruitment_agendaitem.words"]
)
def test_a_report_may_not_read_what_was_typed(agreed: ReviewAction, column: str) -> None:
    table = column.partition(".")[0]

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        as_report_reader(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"SELECT {column} FROM {table}")  # noqa: S608  (both are written above)
