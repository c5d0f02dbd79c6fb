"""Undo takes back the whole of one's own last action, and nothing else (D21)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Lead, LeadEvent, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.events import EventKind
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    BlockerCategory,
    Channel,
    ContactResult,
    PrescreenState,
)
from recruitment.services.blockers import open_blocker
from recruitment.services.moves import move_lead
from recruitment.services.next_actions import set_next_action
from recruitment.services.notes import add_note
from recruitment.services.outreach import log_outreach
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.prescreens import record_prescreen
from recruitment.services.staleness import flag_stale
from recruitment.services.undo import undo_action
from tests.factories.recruitment import MONDAY, make_lead, make_member
from tests.recruitment.picture import picture

AT = MONDAY + timedelta(hours=1)
LATER = AT + timedelta(minutes=5)
CALL = Plan(ActionType.CALL, AT + timedelta(days=1))

Step = Callable[[Lead, User], object]


def _no_answer(lead: Lead, by: User) -> None:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=by,
        at=AT,
        seen=lead.version,
    )


def _reached(lead: Lead, by: User) -> None:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.REACHED,
        prescreen=PrescreenState.STARTED,
        by=by,
        at=AT,
        seen=lead.version,
        plan=CALL,
        note="Asked for a call tomorrow.",
    )


def _close(lead: Lead, by: User) -> None:
    move_lead(
        lead=lead,
        to=Stage.CLOSED_OTHER,
        reason="pt_not_interested",
        by=by,
        at=AT,
        seen=lead.version,
    )


def _block(lead: Lead, by: User) -> None:
    open_blocker(
        lead=lead,
        category=BlockerCategory.PATIENT_DECIDING,
        review_by=AT + timedelta(days=3),
        by=by,
        at=AT,
        seen=lead.version,
    )


def _prescreen(lead: Lead, by: User) -> None:
    record_prescreen(
        lead=lead,
        state=PrescreenState.SENT,
        to=Stage.AWAITING_PRESCREEN,
        plan=CALL,
        by=by,
        at=AT,
        seen=lead.version,
    )


STEPS: dict[str, Step] = {
    "a call nobody answered": _no_answer,
    "a call with prescreen and note": _reached,
    "a close": _close,
    "a blocker": _block,
    "a prescreen with a move": _prescreen,
    "another next action": lambda lead, by: set_next_action(
        lead=lead, plan=CALL, by=by, at=AT, seen=lead.version, reason="She asked for it."
    ),
    "a note": lambda lead, by: add_note(lead=lead, text="A word.", by=by, at=AT),
    "a claim": lambda lead, by: claim_lead(lead=lead, by=by, at=AT),
    "an assignment": lambda lead, by: assign_lead(
        lead=lead, to=by, by=by, at=AT, seen=lead.version
    ),
}


def _last_action(lead: Lead) -> LeadEvent:
    last = lead.events.order_by("-seq").first()
    assert last is not None
    return last


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


@pytest.mark.parametrize("name", STEPS)
def test_undo_leaves_the_lead_as_if_the_step_had_not_been_taken(
    name: str, lead: Lead, coordinator: User
) -> None:
    before = picture(lead)
    STEPS[name](lead, coordinator)
    assert picture(lead) != before

    undo_action(action_id=_last_action(lead).action_id, by=coordinator, at=LATER)

    assert picture(lead) == before
    assert list(differences([lead])) == []


@pytest.mark.parametrize("name", STEPS)
def test_what_was_undone_stays_in_the_log_and_on_record(
    name: str, lead: Lead, coordinator: User
) -> None:
    STEPS[name](lead, coordinator)
    done = _last_action(lead).action_id
    told = set(LeadEvent.objects.filter(action_id=done).values_list("pk", flat=True))

    undo_action(action_id=done, by=coordinator, at=LATER)

    voids = lead.events.filter(kind=EventKind.VOIDED)
    assert set(voids.values_list("voids", flat=True)) == told
    assert LeadEvent.objects.filter(pk__in=told).count() == len(told)


def test_steps_are_undone_from_the_last_to_the_first(lead: Lead, coordinator: User) -> None:
    pictures = []
    for step in (_no_answer, _reached, _block):
        lead.refresh_from_db()
        pictures.append(picture(lead))
        step(lead, coordinator)
    actions = list(dict.fromkeys(lead.events.order_by("-seq").values_list("action_id", flat=True)))

    for action_id, before in zip(actions, reversed(pictures), strict=False):
        undo_action(action_id=action_id, by=coordinator, at=LATER)
        assert picture(lead) == before
    assert list(differences([lead])) == []


def test_an_earlier_step_is_not_undone_past_a_later_one(lead: Lead, coordinator: User) -> None:
    _no_answer(lead, coordinator)
    first = _last_action(lead).action_id
    lead.refresh_from_db()
    _block(lead, coordinator)

    with pytest.raises(Refusal, match="Undo your later action on this lead first"):
        undo_action(action_id=first, by=coordinator, at=LATER)


def test_nothing_is_undone_once_a_colleague_acted(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    _no_answer(lead, coordinator)
    done = _last_action(lead).action_id
    add_note(lead=lead, text="Spoke to the clinic.", by=site_lead, at=LATER)
    before = picture(lead)

    with pytest.raises(Refusal, match="Ana Lead acted since"):
        undo_action(action_id=done, by=coordinator, at=LATER)
    assert picture(lead) == before


def test_a_flag_of_the_software_does_not_stand_in_the_way(lead: Lead, coordinator: User) -> None:
    lead.refresh_from_db()
    _block(lead, coordinator)
    done = _last_action(lead).action_id
    lead.refresh_from_db()
    assert lead.stale_at is not None
    assert flag_stale(at=lead.stale_at) == 1

    with pytest.raises(Refusal, match="Only today's actions"):
        undo_action(action_id=done, by=coordinator, at=lead.stale_at)
    undo_action(action_id=done, by=coordinator, at=MONDAY + timedelta(hours=2))
    assert list(differences([lead])) == []


def test_somebody_elses_step_is_not_mine_to_undo(
    lead: Lead, coordinator: User, site_lead: User
) -> None:
    _no_answer(lead, coordinator)

    with pytest.raises(Refusal, match="Only your own actions"):
        undo_action(action_id=_last_action(lead).action_id, by=site_lead, at=LATER)


def test_an_undo_is_not_undone_nor_made_twice(lead: Lead, coordinator: User) -> None:
    _no_answer(lead, coordinator)
    done = _last_action(lead).action_id
    undo_action(action_id=done, by=coordinator, at=LATER)

    with pytest.raises(Refusal, match="undone or voided already"):
        undo_action(action_id=done, by=coordinator, at=LATER)
    with pytest.raises(Refusal, match="An undo is not undone"):
        undo_action(action_id=_last_action(lead).action_id, by=coordinator, at=LATER)


def test_an_opt_out_is_not_undone(lead: Lead, coordinator: User) -> None:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.OPTED_OUT,
        by=coordinator,
        at=AT,
        seen=lead.version,
        plan=Plan(ActionType.DECIDE_CLOSE, AT + timedelta(days=1)),
    )

    with pytest.raises(Refusal, match="An opt-out or a permission is not undone"):
        undo_action(action_id=_last_action(lead).action_id, by=coordinator, at=LATER)


def test_only_the_last_twenty_of_my_actions_are_undone(
    study_site: StudySite, coordinator: User
) -> None:
    leads = [make_lead(study_site) for _ in range(21)]
    for lead in leads:
        _no_answer(lead, coordinator)

    with pytest.raises(Refusal, match="last 20 actions"):
        undo_action(action_id=_last_action(leads[0]).action_id, by=coordinator, at=LATER)
    undo_action(action_id=_last_action(leads[1]).action_id, by=coordinator, at=LATER)


def test_a_lead_given_back_to_somebody_who_left_goes_to_unowned(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    gone = make_member(Role.COORDINATOR, study_site)
    lead = make_lead(study_site, owner=gone)
    assign_lead(lead=lead, to=coordinator, by=site_lead, at=AT, seen=lead.version)
    gone.is_active = False
    gone.save()

    undo_action(action_id=_last_action(lead).action_id, by=site_lead, at=LATER)

    lead.refresh_from_db()
    assert lead.owner is None
    assert list(differences([lead])) == []
