"""Opting out, what it ends, and how long it holds (DN2-DN5, D25; scenarios 37 and 38)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from recruitment.models import (
    ContactPoint,
    DoNotContact,
    Lead,
    SlotHold,
    Source,
    StudySite,
)
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactResult,
    PermissionState,
)
from recruitment.services.lead_import import apply_import, read_for_site
from recruitment.services.next_actions import set_next_action
from recruitment.services.opt_outs import lift_opt_out, opt_out
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)

SignIn = Callable[[User], Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
R = ContactResult


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator)


def _log(lead: Lead, by: User, result: ContactResult, hours: float = 1, **values: Any) -> Lead:
    lead.refresh_from_db()
    given = {"channel": Channel.PHONE, "at": MONDAY + hours * HOUR, "seen": lead.version} | values
    log_outreach(lead=lead, by=by, result=result, **given)
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    return lead


def _action(lead: Lead) -> Any:
    return lead.next_actions.get(ended_at__isnull=True)


def _call(days: float = 2) -> Plan:
    return Plan(ActionType.CALL, MONDAY + days * DAY)


def _with_other_leads(lead: Lead) -> dict[str, Lead]:
    """The same person's leads: same site, other study; other site, same study; elsewhere."""
    here = lead.study_site
    places = {
        "same site": StudySiteFactory(site=here.site),
        "same study": StudySiteFactory(study=here.study),
        "elsewhere": StudySiteFactory(),
    }
    return {name: make_lead(place, person=lead.person) for name, place in places.items()}


@pytest.mark.parametrize(
    ("scope", "parked"),
    [
        (Scope.ORGANISATION, {"same site", "same study", "elsewhere"}),
        (Scope.SITE, {"same site"}),
        (Scope.STUDY, {"same study"}),
        (Scope.CHANNEL, {"same site", "same study", "elsewhere"}),
    ],
)
def test_s37_an_opt_out_ends_planned_contact_on_every_lead_within_its_scope(
    lead: Lead, coordinator: User, scope: Scope, parked: set[str]
) -> None:
    others = _with_other_leads(lead)
    held = SlotHold.objects.create(
        lead=others["elsewhere"],
        starts_at=MONDAY + 9 * DAY,
        until=MONDAY + 5 * DAY,
        held_at=MONDAY,
        held_by=coordinator,
    )
    channel = Channel.PHONE if scope == Scope.CHANNEL else None

    opt_out(
        lead=lead,
        scope=scope,
        channel=channel,
        how="Said so on the phone.",
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
    )

    found = set()
    for name, other in others.items():
        other.refresh_from_db()
        assert list(differences([other])) == []
        if _action(other).type == ActionType.DECIDE_CLOSE:
            found.add(name)
            with pytest.raises(InvalidInput, match="asked not to be contacted"):
                _log(other, coordinator, R.NO_ANSWER, 2)
    assert found == parked
    held.refresh_from_db()
    assert (held.ended_at is not None) == (scope == Scope.ORGANISATION)
    with pytest.raises(InvalidInput, match="asked not to be contacted"):
        _log(lead, coordinator, R.NO_ANSWER, 2)
    lead.refresh_from_db()
    planned = {"plan": _call(), "at": MONDAY + 2 * HOUR, "seen": lead.version, "reason": "Again."}
    with pytest.raises(InvalidInput, match="asked not to be contacted"):
        set_next_action(lead=lead, by=coordinator, **planned)
    _log(lead, coordinator, R.CALLED_US, 3, plan=Plan(ActionType.DECIDE_CLOSE, MONDAY + DAY))


def test_s37_a_logged_opt_out_holds_at_once_and_a_booked_visit_stays(
    lead: Lead, study_site: StudySite, coordinator: User
) -> None:
    _log(lead, coordinator, R.OPTED_OUT)

    assert _action(lead).type == ActionType.DECIDE_CLOSE
    with pytest.raises(InvalidInput, match="asked not to be contacted"):
        _log(lead, coordinator, R.NO_ANSWER, 2)


def test_a_text_keyword_ends_texts_and_nothing_else(
    study_site: StudySite, coordinator: User
) -> None:
    said = {Channel.TEXT: PermissionState.YES, Channel.PHONE: PermissionState.YES}
    lead = make_lead(study_site, enquirer=make_enquirer(4, permissions=said))

    _log(lead, coordinator, R.OPTED_OUT, channel=Channel.TEXT)

    assert set(DoNotContact.objects.values_list("scope", "channel")) == {("channel", "text")}
    with pytest.raises(InvalidInput, match="this channel only"):
        _log(lead, coordinator, R.SENT, 2, channel=Channel.TEXT)
    _log(lead, coordinator, R.NO_ANSWER, 2)


def test_an_opt_out_leaves_the_study_team_its_contact_with_a_consented_participant(
    lead: Lead, coordinator: User
) -> None:
    Lead.objects.filter(pk=lead.pk).update(stage=Stage.SCREENED)
    lead.refresh_from_db()

    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=R.OPTED_OUT,
        by=coordinator,
        at=MONDAY + HOUR,
        seen=lead.version,
        plan=_call(),
    )
    lead.refresh_from_db()

    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=R.REACHED,
        by=coordinator,
        at=MONDAY + 2 * HOUR,
        seen=lead.version,
        plan=_call(),
    )
    assert lead.attempts_made.count() == 2


def test_only_renewed_contact_lifts_an_opt_out_and_the_person_is_asked_anew(
    lead: Lead, coordinator: User
) -> None:
    _log(lead, coordinator, R.OPTED_OUT)
    values = {"lead": lead, "by": coordinator, "at": MONDAY + 3 * HOUR, "seen": lead.version}
    with pytest.raises(InvalidInput, match="got in touch again"):
        lift_opt_out(how=" ", **values)

    assert lift_opt_out(how="She called and wants to hear from us.", **values) == 2

    lead.refresh_from_db()
    assert not DoNotContact.objects.filter(lifted_at__isnull=True).exists()
    assert set(DoNotContact.objects.values_list("lifted_by", flat=True)) == {coordinator.pk}
    _log(lead, coordinator, R.NO_ANSWER, 4)
    with pytest.raises(InvalidInput, match="Nothing forbids"):
        lift_opt_out(how="Again.", **(values | {"seen": lead.version, "at": MONDAY + 5 * HOUR}))


FILE = b"name,phone,email\nGrace Sample,(617) 555-0142,grace@example.org\n"


def _import(study_site: StudySite, source: Source, file: bytes = FILE) -> Any:
    at = MONDAY + 10 * DAY
    read = read_for_site(file, study_site=study_site, at=at)
    return apply_import(
        read,
        study_site=study_site,
        source=source,
        by=None,
        at=at,
        file_name="again.csv",
        file_sha256="0" * 64,
    )


@pytest.mark.parametrize("points_are_gone", [False, True])
def test_s38_importing_an_opted_out_person_again_brings_the_lead_in_flagged(
    study_site: StudySite, coordinator: User, points_are_gone: bool
) -> None:
    enquirer = make_enquirer(phones=("+16175550142",), emails=())
    old = make_lead(StudySiteFactory(), enquirer=enquirer)
    _log(old, coordinator, R.OPTED_OUT)
    if points_are_gone:
        ContactPoint.objects.filter(person=old.person).delete()

    done = _import(study_site, SourceFactory(study=study_site.study))

    [problem] = done.problems
    assert "asked before not to be contacted" in problem.sentence
    lead = Lead.objects.get(study_site=study_site)
    assert list(differences([lead])) == []
    assert _action(lead).type == ActionType.DECIDE_CLOSE
    assert lead.first_action_at is None
    said = lead.events.get(kind="permission_recorded")
    assert (said.code, said.reason_code, said.actor) == ("forbidden", "no", None)
    with pytest.raises(InvalidInput, match="asked not to be contacted"):
        _log(lead, coordinator, R.NO_ANSWER, 11 * 24)
