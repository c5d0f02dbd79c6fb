"""An ask is raised: its due time, its leads, its owner, and words without a person (AS1, AS3)."""

from datetime import date

import pytest

from accounts.models import User
from recruitment.models import Ask, Lead, Role, StudySite
from recruitment.rules.asks.codes import (
    AskEventKind,
    AskKind,
)
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.targets import TargetKey, Unit
from recruitment.rules.weekly.codes import ItemKind
from recruitment.services.asks import raise_ask
from recruitment.services.target_settings import set_target
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member
from tests.recruitment.asks.held import (
    ASKED,
    asked_of_us,
    question,
    raised,
)
from tests.recruitment.weekly.held import DAY, HOUR, R, held_open, item_of
from trialsnest.lib.zones import local_time


def kinds(ask: Ask) -> list[str]:
    return list(ask.history.values_list("kind", flat=True))


def test_the_answer_is_needed_by_the_target_of_the_study_on_the_sites_calendar(ask: Ask) -> None:
    due = local_time(ask.due_at, "America/New_York")

    assert due.isoformat() == "2026-03-09T11:00:00-04:00"  # five working days and a clock change
    assert (ask.amount, ask.unit, ask.target) == (5, Unit.DAYS, None)


def test_a_target_that_was_set_is_kept_with_the_ask(study_site: StudySite, site_lead: User) -> None:
    target = set_target(
        study=study_site.study,
        key=TargetKey.ASK_ANSWER,
        amount=2,
        unit=Unit.DAYS,
        in_force_from=ASKED,
        by=site_lead,
        at=ASKED,
    )
    study_site.refresh_from_db()

    ask = raised(study_site, site_lead)

    assert (ask.target, ask.amount) == (target, 2)
    assert ask.due_at - ask.raised_at == 2 * DAY


def test_a_day_that_was_chosen_means_the_closing_of_the_site(
    study_site: StudySite, site_lead: User
) -> None:
    ask = raised(study_site, site_lead, needed_by=date(2026, 3, 12))

    assert local_time(ask.due_at, "America/New_York").isoformat() == "2026-03-12T17:00:00-04:00"
    assert (ask.amount, ask.unit) == (None, "")


@pytest.mark.parametrize("day", [date(2026, 3, 7), date(2026, 2, 27), date(2027, 6, 1)])
def test_a_closed_a_past_and_a_far_day_are_refused_at_the_field(
    study_site: StudySite, site_lead: User, day: date
) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(study_site, site_lead, needed_by=day)

    assert refused.value.field == "needed_by"
    assert not Ask.objects.exists()


def test_every_lead_that_the_blocker_stops_waits_or_those_that_were_chosen(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    other = make_lead(study_site)
    two = question(question="May a letter of the clinic be enough?")

    some = raised(study_site, site_lead, two, leads=[leads[0].pk, leads[1].pk, other.pk])
    all_of_them = raised(study_site, site_lead)

    assert set(some.leads.values_list("lead", flat=True)) == {leads[0].pk, leads[1].pk}
    assert all_of_them.leads.count() == len(leads)


def test_the_same_question_twice_is_one_ask(
    ask: Ask, study_site: StudySite, site_lead: User
) -> None:
    again = raise_ask(
        study_site=study_site, asked=question(), owner=site_lead, by=site_lead, at=ASKED + HOUR
    )

    assert again.ask == ask
    assert again.waiting == ask.leads.count()
    assert kinds(ask) == [AskEventKind.RAISED]


REFUSED = [
    ({"question": ""}, "question"),
    ({"kind": AskKind.OTHER}, "kind"),
    ({"category": "study_paused"}, "category"),
    ({"question": "x" * 401}, "question"),
    ({"why": "x" * 301}, "why"),
]


@pytest.mark.parametrize(("values", "field"), REFUSED)
def test_a_question_that_may_not_be_asked_is_refused_at_its_field(
    study_site: StudySite, site_lead: User, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        raised(study_site, site_lead, question(**values))

    assert refused.value.field == field


def test_no_lead_waits_for_an_answer_of_our_own(study_site: StudySite, site_lead: User) -> None:
    with pytest.raises(InvalidInput, match="not for one of ours"):
        raised(study_site, site_lead, asked_of_us(category=R))


def test_a_question_of_the_monitor_has_an_owner_and_a_day_like_any_other(
    study_site: StudySite, site_lead: User, coordinator: User
) -> None:
    ask = raised(study_site, site_lead, asked_of_us(), owner=coordinator)

    assert ask.owner == coordinator
    assert local_time(ask.due_at, "America/New_York").date() == date(2026, 3, 9)
    assert not ask.leads.exists()


def test_only_somebody_of_the_study_here_sees_to_it(study_site: StudySite, site_lead: User) -> None:
    outsider = make_member(Role.COORDINATOR, StudySiteFactory())

    with pytest.raises(InvalidInput) as refused:
        raised(study_site, site_lead, owner=outsider)

    assert refused.value.field == "owner"


TOLD = [
    ("Can Quackenbush come later?", "the name of a person (letters 5 to 15)"),
    ("May zephyrine  quackenbush come?", ""),
    ("Call 617 555 0123 about it?", "phone or record number (letters 6 to 17)"),
    ("She is 57 years old, may she?", "an age (letters 8 to 19)"),
    ("Born 1/2/1970, may they?", "birth date (letters 6 to 13)"),
    ("Is it so for Dr. Reader?", "the name of a person"),
    ("Write to a.b@example.org?", "an e-mail address (letters 10 to 24)"),
    ("Is the person eligible?", "only the study team may say (letters 15 to 22)"),
]


@pytest.mark.parametrize(("words", "what"), TOLD)
def test_a_question_that_tells_of_a_person_is_refused_and_says_where(
    study_site: StudySite, site_lead: User, words: str, what: str
) -> None:
    make_lead(study_site, enquirer=make_enquirer(first_name="Zephyrine", last_name="Quackenbush"))
    if not what:
        words, what = "May zephyrine quackenbush come?", "the name of a person (letters 5 to 25)"

    with pytest.raises(InvalidInput) as refused:
        raised(study_site, site_lead, question(question=words))

    assert refused.value.field == "question"
    assert what in str(refused.value)
    assert not Ask.objects.exists()


def test_a_lead_number_is_refused(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    with pytest.raises(InvalidInput, match="looks like a lead number"):
        raised(study_site, site_lead, question(why=f"It is about {leads[0].number}."))


def test_an_ask_of_an_item_is_of_the_same_study_and_of_a_review_that_goes_on(
    study_site: StudySite, site_lead: User, leads: list[Lead]
) -> None:
    item = item_of(held_open(study_site, site_lead), ItemKind.REPEATED_BLOCKER)
    elsewhere = StudySiteFactory(site=study_site.site)
    make_member(Role.SITE_LEAD, study_site.site, user=site_lead)

    with pytest.raises(InvalidInput, match="another study"):
        raised(elsewhere, site_lead, item=item)
    assert raised(study_site, site_lead, item=item).item == item
