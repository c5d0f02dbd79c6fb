"""Rules about people hold in every verb: who owns, who decides, who may be reached."""

import pytest
from django.conf import settings

from accounts.models import User
from recruitment.models import ContactPoint, DoNotContact, Lead, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.identity import keyed_hash
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactBasis,
    ContactResult,
    PermissionState,
)
from recruitment.services.intake import Enquirer
from recruitment.services.membership import end_role, suspend_user
from recruitment.services.next_actions import set_next_action
from recruitment.services.outreach import log_outreach
from recruitment.services.ownership import assign_lead, claim_lead
from recruitment.services.staleness import flag_stale
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.services.held import DAY, HOUR, move


@pytest.fixture
def lead(study_site: StudySite) -> Lead:
    return make_lead(study_site)


def test_a_missing_contact_basis_is_neither_first_action_nor_movement(
    study_site: StudySite, coordinator: User
) -> None:
    source = SourceFactory(study=study_site.study, default_basis=ContactBasis.MISSING)

    lead = make_lead(study_site, source=source, by=coordinator)

    assert lead.blockers.count() == 1
    assert lead.first_action_at is None
    assert lead.last_movement_at is None
    assert not lead.milestones.filter(code="first_action").exists()


def test_what_somebody_known_says_now_is_kept(study_site: StudySite) -> None:
    person = make_lead(study_site).person
    said = Enquirer(phones=("+16175550191",), permissions={Channel.PHONE: PermissionState.NO})

    lead = make_lead(study_site, person=person, enquirer=said, at=MONDAY + DAY)

    latest = person.permissions.filter(channel="phone").order_by("at", "id").last()
    assert latest is not None
    assert latest.state == "no"
    assert ContactPoint.objects.holding(phones=["+16175550191"]).get().person == person
    tokens = set(lead.search_tokens.values_list("token", flat=True))
    assert "19105557161" in tokens
    assert any("@" in token for token in tokens)


def test_opting_out_is_taken_at_once_and_is_no_two_way_contact(
    lead: Lead, coordinator: User
) -> None:
    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.OPTED_OUT,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
        plan=Plan(ActionType.DECIDE_CLOSE, MONDAY + 2 * HOUR),
    )

    lead.refresh_from_db()
    latest = {p.channel: p.state for p in lead.person.permissions.order_by("at", "id")}
    assert latest == dict.fromkeys(Channel.values, "no")
    assert lead.stage == Stage.NEW_INQUIRY
    values = {point.value for point in lead.person.contact_points.all()}
    hashes = set(DoNotContact.objects.values_list("keyed_hash", flat=True))
    assert hashes == {keyed_hash(value, settings.HASH_KEY) for value in values}


def test_putting_off_is_counted_whatever_else_changes(lead: Lead, coordinator: User) -> None:
    def set_to(hours: int, type_: ActionType, reason: str = "") -> int:
        lead.refresh_from_db()
        set_next_action(
            lead=lead,
            plan=Plan(type_, MONDAY + hours * HOUR),
            by=coordinator,
            at=MONDAY + HOUR,
            seen=lead.version,
            reason=reason,
        )
        return lead.next_actions.get(ended_at__isnull=True).push_backs

    assert set_to(194, ActionType.CALL, "She is away.") == 1
    assert set_to(192, ActionType.CALL) == 1
    assert set_to(300, ActionType.MESSAGE, "Still away.") == 2
    with pytest.raises(InvalidInput, match="put off"):
        set_to(400, ActionType.CALL)


def test_a_flag_for_a_time_to_come_is_refused(lead: Lead) -> None:
    with pytest.raises(InvalidInput, match="future"):
        flag_stale(at=MONDAY.replace(year=2100))


def test_a_call_typed_in_late_leaves_row_and_log_agreeing(lead: Lead, coordinator: User) -> None:
    late = MONDAY + 20 * DAY
    flag_stale(at=late)
    lead.refresh_from_db()

    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.NO_ANSWER,
        by=coordinator,
        at=late + HOUR,
        occurred_at=MONDAY + HOUR,
        seen=lead.version,
    )
    flag_stale(at=late + 60 * DAY)

    assert list(differences([lead])) == []


def test_nobody_who_is_suspended_or_elsewhere_becomes_the_owner(
    lead: Lead, coordinator: User, outsider: User, site_lead: User
) -> None:
    suspend_user(user=coordinator, by=site_lead, at=MONDAY + HOUR)

    for somebody in (coordinator, outsider):
        with pytest.raises(InvalidInput, match="does not work on this study"):
            claim_lead(lead=lead, by=somebody, at=MONDAY + 2 * HOUR)


def test_a_reopened_lead_of_somebody_who_left_is_unowned(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    lead = make_lead(study_site)
    assign_lead(lead=lead, to=coordinator, by=site_lead, at=MONDAY, seen=None)
    move(lead, Stage.CLOSED_OTHER, coordinator, reason=CloseCode.PT_NOT_INTERESTED)
    suspend_user(user=coordinator, by=site_lead, at=MONDAY + 2 * HOUR)

    move(lead, Stage.COORDINATOR_REVIEW, site_lead, 3)

    assert lead.owner is None
    assert list(differences([lead])) == []


def test_ending_a_role_twice_keeps_who_ended_it_first(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    first, second = (coordinator.memberships.get() for _ in range(2))
    other = make_member(Role.SITE_LEAD, study_site.site)

    end_role(membership=first, by=site_lead, at=MONDAY + HOUR)
    end_role(membership=second, by=other, at=MONDAY + 2 * HOUR)

    kept = coordinator.memberships.get()
    assert (kept.ended_by, kept.ended_at) == (site_lead, MONDAY + HOUR)


def test_an_enquirer_is_required_to_be_reachable(study_site: StudySite) -> None:
    with pytest.raises(InvalidInput) as refusal:
        make_lead(study_site, enquirer=make_enquirer(phones=(), emails=()))

    assert refusal.value.field == "phone"
