"""The demo: the same seed gives the same leads, however it is loaded."""

import pytest

from recruitment.demo import loading
from recruitment.demo.clearing import clear
from recruitment.demo.sources import CHANNELS
from recruitment.demo.studies import STUDIES
from recruitment.models import AgendaItem, Lead, WeeklyReview
from recruitment.rules.refusals import Refusal
from tests.recruitment.demo.fixtures import SATURDAY, make_demo


def _told() -> list[tuple[object, ...]]:
    """Everything about the leads that a seed decides."""
    return sorted(
        Lead.objects.values_list(
            "number", "stage", "received_at", "version", "owner__email", "stale_at", "attempts"
        ),
        key=str,
    )


def _reviewed() -> list[tuple[object, ...]]:
    """Everything that the weekly reviews found and decided."""
    items = AgendaItem.objects.values_list(
        "review__site__code",
        "review__study_site__study__code",
        "review__monday",
        "kind",
        "study_site__study__code",
        "value",
        "ending",
        "words",
        "action__words",
        "action__owner__email",
        "action__due_on",
        "action__state",
        "ended_at",
    )
    reviews = WeeklyReview.objects.values_list("site__code", "monday", "state", "completed_at")
    return sorted([*items, *reviews], key=str)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_processes_tell_what_one_tells(transactional_db: None) -> None:
    make_demo(leads=30, at=SATURDAY)
    alone, reviewed = _told(), _reviewed()
    clear()

    make_demo(leads=30, at=SATURDAY, processes=2)

    assert _told() == alone
    assert _reviewed() == reviewed


@pytest.mark.slow
@pytest.mark.django_db
def test_no_lead_lives_otherwise_because_reviews_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    make_demo(leads=12)
    told = _told()
    assert WeeklyReview.objects.exists()
    clear()
    monkeypatch.setattr(loading, "plan_meetings", lambda *_, **__: [])

    make_demo(leads=12)

    assert not WeeklyReview.objects.exists()
    assert _told() == told


@pytest.mark.slow
@pytest.mark.django_db
def test_another_seed_is_another_history() -> None:
    make_demo(leads=6)
    first = _told()
    clear()

    make_demo(leads=6, seed=2)

    assert _told() != first


@pytest.mark.slow
@pytest.mark.django_db
def test_a_second_load_is_refused_and_changes_nothing() -> None:
    make_demo(leads=2)

    with pytest.raises(Refusal, match="clear_demo"):
        make_demo(leads=2)

    assert Lead.objects.count() == 2


def test_every_study_has_one_to_three_sites_and_all_sources_are_used() -> None:
    used = {code for plan in STUDIES for code in plan.sources}

    assert used == set(CHANNELS)
    assert all(1 <= len(plan.sites) <= 3 for plan in STUDIES)
