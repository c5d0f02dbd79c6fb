"""Blockers of a study at a site: opened once over many leads, resolved once (B2)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import Blocker, Lead, LeadEvent, StudyBlocker, StudySite
from recruitment.queries.blockers import blockers_page, linkable, linked_numbers
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import BlockerCategory, Party
from recruitment.services.blockers import open_blocker, resolve_blocker
from recruitment.services.moves import move_lead
from recruitment.services.study_blockers import (
    Linked,
    link_leads,
    open_study_blocker,
    redate_study_blocker,
    resolve_study_blocker,
)
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
B, P = BlockerCategory, Party


def _open(study_site: StudySite, by: User, **values: Any) -> Linked:
    given = {
        "category": B.SPONSOR_DECISION,
        "review_by": MONDAY + 3 * DAY,
        "at": MONDAY + HOUR,
        "detail": "Waits for the new consent form.",
    }
    return open_study_blocker(study_site=study_site, by=by, **(given | values))


def _close(lead: Lead, by: User) -> None:
    lead.refresh_from_db()
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="pt_not_interested",
        by=by,
        at=MONDAY + HOUR,
        seen=lead.version,
    )


def test_it_stops_every_open_lead_and_is_resolved_once_with_an_event_each(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    make_lead(StudySiteFactory())
    linked = _open(study_site, site_lead)

    assert [lead.pk for lead in linked.linked] == [lead.pk for lead in leads]
    assert not linked.left_out
    for lead in leads:
        lead.refresh_from_db()
        assert lead.waiting_on == P.SPONSOR
        row = lead.blockers.get()
        assert (row.study_blocker, row.review_by) == (linked.blocker, MONDAY + 3 * DAY)
    opened = LeadEvent.objects.filter(kind=EventKind.BLOCKER_OPENED)
    assert len({event.action_id for event in opened}) == 1

    freed = resolve_study_blocker(
        blocker=linked.blocker, resolution="The form came.", by=site_lead, at=MONDAY + DAY
    )

    assert freed == 3
    ended = LeadEvent.objects.filter(kind=EventKind.BLOCKER_RESOLVED)
    assert ended.count() == 3
    assert len({event.action_id for event in ended}) == 1
    assert set(Blocker.objects.values_list("resolution", flat=True)) == {"The form came."}
    assert {Lead.objects.get(pk=lead.pk).waiting_on for lead in leads} == {P.COORDINATOR}
    assert list(differences(leads)) == []
    with pytest.raises(InvalidInput, match="resolved already"):
        resolve_study_blocker(
            blocker=linked.blocker, resolution="Again.", by=site_lead, at=MONDAY + DAY
        )


def test_a_lead_that_cannot_be_linked_is_left_out_and_named(
    study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    open_blocker(
        lead=leads[0],
        category=B.SPONSOR_DECISION,
        review_by=MONDAY + DAY,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=leads[0].version,
    )
    _close(leads[1], coordinator)
    elsewhere = make_lead(StudySiteFactory())

    linked = _open(study_site, site_lead, leads=[*leads, elsewhere])

    assert [lead.pk for lead in linked.linked] == [leads[2].pk]
    assert {left.number: left.why for left in linked.left_out} == {
        leads[0].number: "Sponsor decision is open already.",
        leads[1].number: "A closed lead has no blocker.",
        elsewhere.number: "It belongs to another study or site.",
    }
    assert list(differences([*leads, elsewhere])) == []


def test_leads_that_come_later_are_linked_by_hand_and_only_once(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    blocker = _open(study_site, site_lead, leads=leads[:1]).blocker
    assert set(linkable(blocker)) == set(leads[1:])

    first = link_leads(blocker=blocker, leads=[leads[2]], by=site_lead, at=MONDAY + 2 * HOUR)
    again = link_leads(blocker=blocker, leads=[leads[2]], by=site_lead, at=MONDAY + 2 * HOUR)

    assert (len(first.linked), len(again.linked), len(again.left_out)) == (1, 0, 1)
    assert linked_numbers(blocker) == sorted([leads[0].number, leads[2].number])
    with pytest.raises(InvalidInput, match="already passed"):
        link_leads(blocker=blocker, leads=[leads[1]], by=site_lead, at=MONDAY + 4 * DAY)


def test_what_was_freed_or_closed_meanwhile_is_left_alone(
    study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    blocker = _open(study_site, site_lead).blocker
    leads[0].refresh_from_db()
    resolve_blocker(
        blocker=leads[0].blockers.get(),
        resolution="Not hers.",
        by=coordinator,
        at=MONDAY + 2 * HOUR,
        seen=leads[0].version,
    )
    _close(leads[1], coordinator)

    freed = resolve_study_blocker(
        blocker=blocker, resolution="The form came.", by=site_lead, at=MONDAY + DAY
    )

    assert freed == 1
    assert leads[0].blockers.get().resolution == "Not hers."
    assert list(differences(leads)) == []


def test_its_review_is_re_dated_for_every_lead_it_stops(
    study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    blocker = _open(study_site, site_lead).blocker

    redated = redate_study_blocker(
        blocker=blocker,
        review_by=MONDAY + 6 * DAY,
        reason="No answer yet.",
        by=site_lead,
        at=MONDAY + DAY,
    )

    assert redated == 3
    assert set(Blocker.objects.values_list("review_by", flat=True)) == {MONDAY + 6 * DAY}
    blocker.refresh_from_db()
    assert blocker.review_by == MONDAY + 6 * DAY
    assert list(differences(leads)) == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"waiting_on": P.PATIENT}, "waiting_on"),
        ({"review_by": None}, "review_by"),
        ({"review_by": MONDAY + 30 * DAY}, "review_by"),
        ({"decision_from": "patient"}, "decision_from"),
        ({"detail": "x" * 201}, "detail"),
        ({"at": MONDAY.replace(year=2100), "review_by": None}, "occurred_at"),
    ],
)
def test_it_is_refused_with_the_field_and_nothing_is_written(
    values: dict[str, Any], field: str, study_site: StudySite, leads: list[Lead], site_lead: User
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _open(study_site, site_lead, **values)

    assert refusal.value.field == field
    assert not StudyBlocker.objects.exists()
    assert not Blocker.objects.exists()


def test_an_owner_of_elsewhere_and_a_second_one_of_its_category_are_refused(
    study_site: StudySite, leads: list[Lead], site_lead: User, outsider: User
) -> None:
    with pytest.raises(InvalidInput, match="does not work on this study here"):
        _open(study_site, site_lead, owner=outsider)
    _open(study_site, site_lead)
    with pytest.raises(InvalidInput, match="open for this study here already"):
        _open(study_site, site_lead)

    assert Blocker.objects.count() == 3


def test_a_category_repeats_with_three_leads_open_or_five_opened_in_four_weeks(
    study_site: StudySite, leads: list[Lead], coordinator: User, site_lead: User
) -> None:
    def repeated(days: float) -> dict[str, tuple[int, int]]:
        page = blockers_page(study_site, now=MONDAY + days * DAY)
        return {c.category.value: (c.open_leads, c.opened) for c in page.repeated.categories}

    _open(study_site, site_lead, leads=leads[:2])
    assert repeated(1) == {}
    more = [make_lead(study_site, owner=coordinator) for _ in range(3)]
    for count, lead in enumerate([*leads, *more][:5]):
        lead.refresh_from_db()
        blocker = open_blocker(
            lead=lead,
            category=B.TRAVEL,
            review_by=MONDAY + 5 * DAY,
            by=coordinator,
            at=MONDAY + HOUR,
            seen=lead.version,
        )
        assert (B.TRAVEL in repeated(1)) == (count == 4)
        lead.refresh_from_db()
        resolve_blocker(
            blocker=blocker,
            resolution="Settled.",
            by=coordinator,
            at=MONDAY + HOUR,
            seen=lead.version,
        )
    assert repeated(1) == {B.TRAVEL: (0, 5)}
    assert repeated(29) == {}


def test_the_records_that_repeat_are_named(
    study_site: StudySite, leads: list[Lead], coordinator: User
) -> None:
    for count, lead in enumerate(leads):
        for type_ in ("labs", "imaging")[: 1 + count % 2]:
            lead.records_items.create(type=type_, state="requested", changed_at=MONDAY)
        lead.records_items.create(type="pathology", state="reviewed", changed_at=MONDAY)
        open_blocker(
            lead=lead,
            category=B.MISSING_RECORDS,
            review_by=MONDAY + 5 * DAY,
            by=coordinator,
            at=MONDAY + HOUR,
            seen=lead.version,
        )

    page = blockers_page(study_site, now=MONDAY + DAY)

    assert [(item.type, item.leads) for item in page.repeated.records] == [
        ("labs", 3),
        ("imaging", 1),
    ]
