"""Who works on one study learns nothing of another one in which the same person is (PR3, DU4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, Membership, Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.closing import CloseCode
from recruitment.rules.permissions import Scope
from recruitment.rules.vocabulary import Channel
from recruitment.services.closing import close_lead
from recruitment.services.membership import end_role
from recruitment.services.notes import add_note
from recruitment.services.opt_outs import opt_out
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.recruitment.views.lead_steps import words_of

SignIn = Callable[[User], Client]
DAY = timedelta(days=1)


@pytest.fixture
def lead(study_site: StudySite, coordinator: User) -> Lead:
    return make_lead(study_site, owner=coordinator, received_at=timezone.now() - DAY)


@pytest.fixture
def elsewhere(lead: Lead) -> Lead:
    """The same person in another study at another site."""
    return make_lead(StudySiteFactory(), person=lead.person, received_at=timezone.now() - DAY)


def _read(lead: Lead, user: User, as_user: SignIn) -> str:
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    page = as_user(user).get(reverse("lead", args=[lead.number]))
    assert page.status_code == 200
    return words_of(page)


@pytest.mark.parametrize("scope", [Scope.ORGANISATION, Scope.CHANNEL])
def test_an_opt_out_tells_another_study_neither_who_recorded_it_nor_in_which_words(
    lead: Lead, elsewhere: Lead, coordinator: User, as_user: SignIn, scope: Scope
) -> None:
    there = make_member(Role.COORDINATOR, elsewhere.study_site)

    opt_out(
        lead=lead,
        scope=scope,
        channel=Channel.PHONE if scope == Scope.CHANNEL else None,
        how="Done with HARE-77.",
        by=coordinator,
        at=timezone.now(),
        seen=lead.version,
    )

    told = _read(elsewhere, there, as_user)
    assert "opted out" in told
    for secret in ("HARE-77", lead.study_site.study.code, lead.number, coordinator.name):
        assert secret not in told
    ours = _read(lead, coordinator, as_user)
    assert "HARE-77" in ours
    assert coordinator.name in ours


def test_one_action_stands_on_every_lead_where_whoever_acted_works(
    lead: Lead, coordinator: User
) -> None:
    beside = StudySiteFactory(site=lead.study_site.site)
    make_member(Role.COORDINATOR, beside, user=coordinator)
    other = make_lead(beside, person=lead.person, received_at=timezone.now() - DAY)

    values = {"by": coordinator, "at": timezone.now(), "seen": lead.version}
    opt_out(lead=lead, scope=Scope.ORGANISATION, how="Said so.", **values)

    ours, theirs = (x.events.get(kind="permission_recorded") for x in (lead, other))
    assert (theirs.actor, theirs.action_id) == (coordinator, ours.action_id)


def test_a_death_tells_another_study_neither_that_nor_who_said_so(
    lead: Lead, elsewhere: Lead, coordinator: User, as_user: SignIn
) -> None:
    there = make_member(Role.COORDINATOR, elsewhere.study_site)

    close_lead(
        lead=lead,
        code=CloseCode.DECEASED,
        by=coordinator,
        at=timezone.now(),
        seen=lead.version,
    )

    told = _read(elsewhere, there, as_user)
    assert "Contact has ended." in told
    for secret in ("opted out: deceased", lead.study_site.study.code, coordinator.name):
        assert secret not in told
    assert not elsewhere.events.filter(actor=coordinator).exists()


def test_what_i_did_today_leaves_out_leads_that_i_may_not_see_any_more(
    lead: Lead, coordinator: User, administrator: User, as_user: SignIn
) -> None:
    client, url = as_user(coordinator), reverse("actions")
    make_member(Role.COORDINATOR, StudySiteFactory(), user=coordinator)
    add_note(lead=lead, text="Wants evenings.", by=coordinator, at=timezone.now())
    assert lead.number in words_of(client.get(url))

    held = Membership.objects.get(user=coordinator, study_site=lead.study_site)
    end_role(membership=held, by=administrator, at=timezone.now())

    told = words_of(client.get(url))
    assert "Nothing yet today" in told
    assert lead.number not in told
    assert lead.person.display_name not in told
