"""Blockers of one lead: done, refused, done twice (7.1, B1, PZ2, PZ3, D23)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import Blocker, Lead, LeadEvent, LeadNote, StudySite, SubReason
from recruitment.queries.projection import differences
from recruitment.rules.blocking import pauses
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput, LeadChanged
from recruitment.rules.vocabulary import BLOCKER_PARTIES, ActionType, BlockerCategory, Party
from recruitment.services.blockers import (
    open_blocker,
    redate_blocker,
    resolve_blocker,
    turn_blocker,
)
from tests.factories.recruitment import MONDAY, StudyFactory, make_lead

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
B, P = BlockerCategory, Party


def _open(lead: Lead, by: User, **values: Any) -> Blocker:
    lead.refresh_from_db()
    given = {
        "category": B.TRAVEL,
        "at": MONDAY + HOUR,
        "review_by": MONDAY + 3 * DAY,
    }
    return open_blocker(lead=lead, by=by, seen=lead.version, **(given | values))


def _fails(call: Callable[[], object], field: str, says: str) -> None:
    events = LeadEvent.objects.count()
    with pytest.raises(InvalidInput, match=says) as refusal:
        call()
    assert refusal.value.field == field
    assert LeadEvent.objects.count() == events


def test_a_blocker_holds_all_its_fields_and_the_lead_waits_on_its_party(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    sub = SubReason.objects.create(
        study=lead.study_site.study,
        under="blocker",
        code=B.COST,
        label="Parking",
        set_at=MONDAY,
    )
    blocker = _open(
        lead,
        coordinator,
        category=B.COST,
        owner=site_lead,
        decision_from=P.SPONSOR,
        sub_reason=sub,
        detail="Asks who pays for parking.",
        plan=Plan(ActionType.ESCALATE, MONDAY + 2 * DAY),
    )

    lead.refresh_from_db()
    assert lead.waiting_on == P.PATIENT
    assert (blocker.owner, blocker.decision_from, blocker.sub_reason) == (site_lead, "sponsor", sub)
    assert blocker.review_by == MONDAY + 3 * DAY
    assert lead.next_actions.get(ended_at=None).type == ActionType.ESCALATE
    assert list(differences([lead])) == []


@pytest.mark.parametrize("category", sorted({*BlockerCategory} - {B.STUDY_PAUSED}))
def test_every_blocker_that_stops_the_clocks_says_when_it_is_looked_at_again(
    category: BlockerCategory, lead: Lead, coordinator: User
) -> None:
    far = MONDAY + 20 * DAY
    for party in BLOCKER_PARTIES[category]:

        def opened(party: Party = party, **values: Any) -> Blocker:
            return _open(lead, coordinator, category=category, waiting_on=party, **values)

        if pauses(category, party):
            _fails(lambda: opened(review_by=None), "review_by", "within 10 working days")
            _fails(lambda: opened(review_by=far), "review_by", "within 10 working days")
            blocker = opened()
        else:
            blocker = opened(review_by=None)
        lead.refresh_from_db()
        resolve_blocker(
            blocker=blocker,
            resolution="Settled.",
            by=coordinator,
            at=MONDAY + HOUR,
            seen=lead.version,
        )


def test_a_blocker_is_refused_with_a_sentence_at_its_field(
    lead: Lead, coordinator: User, outsider: User
) -> None:
    other = SubReason.objects.create(
        study=StudyFactory(), under="blocker", code=B.TRAVEL, label="Bus", set_at=MONDAY
    )
    close = SubReason.objects.create(
        study=lead.study_site.study, under="close", code=B.TRAVEL, label="Bus", set_at=MONDAY
    )
    past = MONDAY - DAY
    cases: list[tuple[dict[str, Any], str, str]] = [
        ({"waiting_on": P.SPONSOR}, "waiting_on", "waits on the patient"),
        ({"review_by": past}, "review_by", "already passed"),
        ({"review_by": datetime(2026, 3, 4)}, "review_by", "no time zone"),  # noqa: DTZ001
        ({"owner": outsider}, "owner", "does not work on this study here"),
        ({"decision_from": "patient"}, "decision_from", "site lead, study team, sponsor"),
        ({"sub_reason": other}, "sub_reason", "no sub-reason of travel"),
        ({"sub_reason": close}, "sub_reason", "no sub-reason of travel"),
        ({"detail": "x" * 201}, "detail", "At most 200 characters"),
    ]
    for values, field, says in cases:
        _fails(lambda v=values: _open(lead, coordinator, **v), field, says)  # type: ignore[misc]
    _open(lead, coordinator)
    _fails(lambda: _open(lead, coordinator), "category", "open already")


def test_a_far_day_is_allowed_where_no_clock_stops(lead: Lead, coordinator: User) -> None:
    blocker = _open(lead, coordinator, category=B.INTERPRETER, review_by=MONDAY + 60 * DAY)

    assert blocker.review_by == MONDAY + 60 * DAY


def test_on_an_unowned_lead_whoever_names_the_blocker_sees_to_it(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site)

    assert _open(lead, coordinator).owner == coordinator


def test_a_blocker_is_resolved_once_and_with_words(lead: Lead, coordinator: User) -> None:
    blocker = _open(lead, coordinator)

    def resolve(words: str) -> None:
        lead.refresh_from_db()
        resolve_blocker(
            blocker=blocker,
            resolution=words,
            by=coordinator,
            at=MONDAY + 2 * HOUR,
            seen=lead.version,
        )

    _fails(lambda: resolve("  "), "resolution", "Say how it was resolved")
    _fails(lambda: resolve("x" * 201), "resolution", "At most 200")
    resolve("A neighbor drives.")
    _fails(lambda: resolve("Again."), "blocker", "resolved already")
    blocker.refresh_from_db()
    lead.refresh_from_db()
    assert (blocker.resolution, blocker.resolved_by) == ("A neighbor drives.", coordinator)
    assert lead.waiting_on == P.COORDINATOR
    assert list(differences([lead])) == []


def test_a_review_is_re_dated_with_a_reason_never_backward_and_moves_nothing(
    lead: Lead, coordinator: User
) -> None:
    blocker = _open(lead, coordinator)
    lead.refresh_from_db()
    moved = lead.last_movement_at

    def redate(review_by: datetime, reason: str = "She travels.") -> None:
        lead.refresh_from_db()
        redate_blocker(
            blocker=blocker,
            review_by=review_by,
            reason=reason,
            by=coordinator,
            at=MONDAY + DAY,
            seen=lead.version,
        )

    _fails(lambda: redate(MONDAY), "review_by", "already passed")
    _fails(lambda: redate(MONDAY + 5 * DAY, " "), "reason", "Say why")
    _fails(lambda: redate(MONDAY + 30 * DAY), "review_by", "within 10 working days")
    redate(MONDAY + 5 * DAY)
    blocker.refresh_from_db()
    lead.refresh_from_db()
    event = lead.events.get(kind=EventKind.BLOCKER_REDATED)
    assert (event.due_at, event.code) == (blocker.review_by, B.TRAVEL)
    assert blocker.review_by == MONDAY + 5 * DAY
    assert LeadNote.objects.get(event=event).text == "She travels."
    assert lead.last_movement_at == moved
    assert list(differences([lead])) == []


def test_another_party_ends_one_blocker_and_begins_the_next(lead: Lead, coordinator: User) -> None:
    blocker = _open(lead, coordinator, category=B.MISSING_RECORDS, detail="Scan of March")

    def turn(party: Party, **values: Any) -> Blocker:
        lead.refresh_from_db()
        given = {"review_by": MONDAY + 4 * DAY, "reason": "She has to sign first."}
        return turn_blocker(
            blocker=blocker,
            waiting_on=party,
            by=coordinator,
            at=MONDAY + DAY,
            seen=lead.version,
            **(given | values),
        )

    _fails(lambda: turn(P.RECORDS_PROVIDER), "waiting_on", "already")
    _fails(lambda: turn(P.SPONSOR), "waiting_on", "waits on the")
    _fails(lambda: turn(P.PATIENT, reason=""), "reason", "Say why")
    second = turn(P.PATIENT)
    blocker.refresh_from_db()
    lead.refresh_from_db()
    assert (blocker.resolved_at, second.opened_at) == (MONDAY + DAY, MONDAY + DAY)
    assert second.detail == "Scan of March"
    assert lead.waiting_on == P.PATIENT
    assert list(differences([lead])) == []


def test_a_colleague_who_was_first_is_named(lead: Lead, coordinator: User, site_lead: User) -> None:
    seen = lead.version
    _open(lead, coordinator)

    with pytest.raises(LeadChanged, match="Priya Raman was first"):
        open_blocker(
            lead=lead,
            category=B.CAREGIVER,
            review_by=MONDAY + 3 * DAY,
            by=site_lead,
            at=MONDAY + HOUR,
            seen=seen,
        )


def test_a_lead_received_without_a_contact_basis_is_looked_at_again(
    study_site: StudySite,
) -> None:
    lead = make_lead(study_site, basis="missing")

    blocker = lead.blockers.get()
    assert blocker.category == B.CONTACT_PERMISSION
    assert blocker.review_by is not None
    assert MONDAY < blocker.review_by < MONDAY + 7 * DAY
