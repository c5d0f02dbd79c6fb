"""Records through the services: every step from every state, and what each one keeps."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import RecordsItem, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.calendars import add_business_days
from recruitment.rules.records import NEXT
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import Channel, RecordsState, RecordsType
from recruitment.rules.work_codes import Authorization, RecordsResult
from recruitment.services import records
from recruitment.services.calendars import calendar_of
from recruitment.services.records_lists import NamedRecord
from tests.factories.recruitment import StudyStaffFactory, make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.services.record_steps import LABS, WAYS, R, take

TO: dict[RecordsState, list[RecordsState]] = {
    R.NEEDED: [],
    R.REQUESTED: [R.REQUESTED],
    R.RECEIVED: [R.RECEIVED],
    R.REVIEWED: [R.RECEIVED, R.REVIEWED],
    R.INCOMPLETE: [R.RECEIVED, R.INCOMPLETE],
    R.WAIVED: [R.WAIVED],
    R.UNOBTAINABLE: [R.UNOBTAINABLE],
    R.NOT_REQUIRED: [R.NOT_REQUIRED],
}
"""How an item that is needed comes to each state."""


@pytest.fixture
def steps(study_site: StudySite, site_lead: User) -> Iterator[Steps]:
    """A lead in Records needed with lab results named; a site lead works it."""
    found = bring_to(Stage.RECORDS_NEEDED, make_lead(study_site), site_lead)
    records.name_records(items=[NamedRecord(LABS)], **found.common())  # type: ignore[arg-type]
    yield found
    assert list(differences([found.lead])) == []


def _item(steps: Steps) -> RecordsItem:
    item: RecordsItem = RecordsItem.objects.get(lead=steps.lead, type=LABS)
    return item


@pytest.mark.parametrize("target", list(WAYS))
@pytest.mark.parametrize("current", list(RecordsState))
def test_every_step_from_every_state_is_taken_or_refused_as_the_table_says(
    steps: Steps, current: RecordsState, target: RecordsState
) -> None:
    for state in TO[current]:
        take(steps, state)
    before = steps.lead.events.count()

    if target in NEXT[current]:
        take(steps, target)
        assert _item(steps).state == target
        said = steps.lead.events.get(seq=before + 1)
        assert (said.kind, said.code, said.reason_code) == ("records_changed", target, LABS)
    else:
        with pytest.raises(InvalidInput, match="It may become"):
            take(steps, target)
        assert _item(steps).state == current
        assert steps.lead.events.count() == before


@pytest.mark.parametrize("current", list(RecordsState))
def test_naming_it_again_makes_only_what_was_set_aside_needed(
    steps: Steps, current: RecordsState
) -> None:
    for state in TO[current]:
        take(steps, state)

    def again() -> None:
        records.name_records(items=[NamedRecord(LABS)], **steps.common())  # type: ignore[arg-type]

    if current in {R.WAIVED, R.NOT_REQUIRED}:
        again()
        assert _item(steps).state == R.NEEDED
    else:
        with pytest.raises(InvalidInput, match="on the list already"):
            again()


def test_a_request_keeps_by_whom_how_and_when_and_dates_the_chase(steps: Steps) -> None:
    steps_action = steps.lead.next_actions.get(ended_at=None)

    records.request_record(
        type=LABS,
        how="fax",
        provider="Cedar Clinic",
        **steps.common(),  # type: ignore[arg-type]
    )

    item = _item(steps)
    calendar = calendar_of(steps.lead.study_site.site)
    assert (item.requested_by, item.how, item.provider) == (steps.by, "fax", "Cedar Clinic")
    assert item.requested_at == steps.at
    assert item.chase_at == add_business_days(steps.at, 5, calendar)
    assert steps.lead.next_actions.get(ended_at=None) == steps_action


def test_a_chase_counts_and_is_dated_but_is_no_movement(steps: Steps) -> None:
    take(steps, R.REQUESTED)
    steps.lead.refresh_from_db()
    moved_at = steps.lead.last_movement_at
    steps.at += timedelta(days=7)

    records.chase_record(type=LABS, how=Channel.PHONE, **steps.common())  # type: ignore[arg-type]

    item = _item(steps)
    steps.lead.refresh_from_db()
    assert (item.chases, item.last_chased_at, item.state) == (1, steps.at, R.REQUESTED)
    assert item.chase_at is not None
    assert item.chase_at > steps.at
    assert steps.lead.last_movement_at == moved_at
    assert steps.lead.last_action_at == steps.at


def test_only_what_was_requested_is_chased(steps: Steps) -> None:
    with pytest.raises(InvalidInput, match="Only a record that was requested"):
        records.chase_record(type=LABS, how=Channel.PHONE, **steps.common())  # type: ignore[arg-type]


def test_a_release_that_is_not_signed_yet_holds_the_request_back(steps: Steps) -> None:
    today = steps.at.date()

    def release(authorization: Authorization, **values: Any) -> None:
        records.authorize_release(
            type=LABS, authorization=authorization, **steps.common(), **values
        )

    release(Authorization.ASKED, on=today)
    with pytest.raises(InvalidInput, match="not signed yet"):
        take(steps, R.REQUESTED)
    with pytest.raises(InvalidInput, match="on which day"):
        release(Authorization.SIGNED)
    with pytest.raises(InvalidInput, match="still to come"):
        release(Authorization.SIGNED, on=today + timedelta(days=2))
    steps.lead.refresh_from_db()
    moved_at = steps.lead.last_movement_at
    release(Authorization.SIGNED, on=today)
    steps.lead.refresh_from_db()

    assert steps.lead.last_movement_at == moved_at
    assert (_item(steps).authorization, _item(steps).authorization_on) == ("signed", today)
    take(steps, R.REQUESTED)


def test_more_needed_says_what_is_missing_and_starts_the_request_anew(steps: Steps) -> None:
    take(steps, R.REQUESTED)
    records.chase_record(type=LABS, how=Channel.PHONE, **steps.common())  # type: ignore[arg-type]
    take(steps, R.RECEIVED)
    with pytest.raises(InvalidInput, match="Say what is missing"):
        records.review_record(
            type=LABS,
            result=RecordsResult.MORE_NEEDED,
            **steps.common(),  # type: ignore[arg-type]
        )
    take(steps, R.INCOMPLETE)
    assert _item(steps).reviewed_by == steps.by

    take(steps, R.REQUESTED)

    item = _item(steps)
    assert (item.chases, item.received_at, item.reviewed_at, item.result) == (0, None, None, "")


def test_a_coordinator_waives_only_by_naming_who_on_the_study_team_decided(
    steps: Steps, coordinator: User
) -> None:
    steps.by = coordinator
    with pytest.raises(InvalidInput, match="waived by the site lead"):
        take(steps, R.WAIVED)
    elsewhere = StudyStaffFactory()
    with pytest.raises(InvalidInput, match="not on this study's team"):
        records.waive_record(
            type=LABS,
            reason="Seen",
            decided_by=elsewhere,
            **steps.common(),  # type: ignore[arg-type]
        )

    records.waive_record(
        type=LABS,
        reason="Seen",
        decided_by=steps.decided_by,
        **steps.common(),  # type: ignore[arg-type]
    )

    assert _item(steps).decided_by == steps.decided_by


@pytest.mark.parametrize(
    ("verb", "values", "field"),
    [
        (records.request_record, {"how": " \x07 "}, "how"),
        (records.request_record, {"how": "x" * 61}, "how"),
        (records.request_record, {"how": "fax", "provider": "x" * 121}, "provider"),
        (records.waive_record, {"reason": ""}, "reason"),
        (records.give_up_record, {"reason": "  "}, "reason"),
        (records.give_up_record, {"reason": "x" * 201}, "reason"),
    ],
)
def test_missing_and_too_long_words_are_refused_at_their_field(
    steps: Steps, verb: Callable[..., Any], values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        verb(type=LABS, **steps.common(), **values)

    assert refusal.value.field == field
    assert _item(steps).state == R.NEEDED


def test_a_record_that_was_never_named_is_refused(steps: Steps) -> None:
    with pytest.raises(InvalidInput, match="name it first"):
        records.receive_record(type=RecordsType.IMAGING, **steps.common())  # type: ignore[arg-type]


def test_a_step_cannot_lie_before_the_one_it_follows(steps: Steps) -> None:
    take(steps, R.REQUESTED)

    with pytest.raises(InvalidInput, match="only later than that"):
        records.receive_record(
            type=LABS,
            occurred_at=steps.at - timedelta(hours=2),
            **steps.common(),  # type: ignore[arg-type]
        )


def test_a_closed_lead_is_reopened_before_its_records_go_on(
    study_site: StudySite, coordinator: User
) -> None:
    steps = bring_to(Stage.CLOSED_OTHER, make_lead(study_site), coordinator)

    with pytest.raises(InvalidInput, match="Reopen the lead"):
        records.name_records(items=[NamedRecord(LABS)], **steps.common())  # type: ignore[arg-type]
