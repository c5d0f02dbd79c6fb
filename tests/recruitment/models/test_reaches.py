"""How several persons may be reached is read once, and says of each what one reading says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from recruitment.forms.several import Rights, SnoozeSeveralForm
from recruitment.models import DoNotContact, Lead, StudyBlocker, StudySite
from recruitment.models.contact_files import reach_now
from recruitment.models.reaches import reaches_now
from recruitment.rules.permissions import Scope
from recruitment.rules.vocabulary import (
    BlockerCategory,
    Channel,
    ContactBasis,
    ContactResult,
    Party,
    PermissionState,
)
from recruitment.services.one_by_one import Seen
from recruitment.services.opt_outs import opt_out
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_enquirer, make_lead

LATER = MONDAY + timedelta(hours=2)
HALT = BlockerCategory.STUDY_PAUSED


@pytest.fixture
def leads(study_site: StudySite, coordinator: User) -> list[Lead]:
    """One that may be called, and one for each reason why not: nothing of one stands on another."""

    def lead(n: int, place: StudySite = study_site, **values: object) -> Lead:
        return make_lead(place, owner=coordinator, enquirer=make_enquirer(n, **values))

    texted = lead(2, permissions={Channel.TEXT: PermissionState.YES}, location_band="Boise, ID")
    nobody = lead(3, phones=(), emails=("ada3@example.org",))
    out, tried, halted = lead(4), lead(5), lead(6, StudySiteFactory())
    no_basis = make_lead(study_site, owner=coordinator, basis=ContactBasis.MISSING)
    opt_out(
        lead=out, scope=Scope.CHANNEL, channel=Channel.PHONE, how="She rang", by=coordinator,
        at=MONDAY, seen=out.version,
    )  # fmt: skip
    log_outreach(
        lead=tried, channel=Channel.PHONE, result=ContactResult.NO_ANSWER, by=coordinator,
        at=MONDAY, seen=tried.version,
    )  # fmt: skip
    StudyBlocker.objects.create(
        study_site=halted.study_site,
        category=HALT,
        waiting_on=Party.SPONSOR,
        opened_at=MONDAY,
        review_by=LATER,
    )
    found = [lead(1), texted, nobody, out, tried, halted, no_basis]
    assert DoNotContact.objects.exists()
    related = ("study_site__study", "study_site__site", "person", "owner")
    by_key = Lead.objects.select_related(*related).in_bulk([each.pk for each in found])
    return [by_key[each.pk] for each in found]


def test_each_lead_is_read_as_it_is_read_alone(leads: list[Lead]) -> None:
    together = reaches_now(leads, at=LATER)

    assert together == {lead.pk: reach_now(lead, at=LATER) for lead in leads}
    assert len({tuple(reach.refused.items()) for reach in together.values()}) > 4, "all differ"


def test_the_same_person_in_two_studies_is_read_for_both(coordinator: User) -> None:
    first = make_lead(enquirer=make_enquirer(8), owner=coordinator)
    second = make_lead(first.study_site, enquirer=make_enquirer(9), owner=coordinator)
    second.person = first.person
    second.save(update_fields=["person"])
    found = reaches_now([first, second], at=LATER)
    assert found[first.pk] == found[second.pk]


def test_three_statements_read_however_many(
    leads: list[Lead], count_queries: Callable[..., int]
) -> None:
    counts = {count_queries(reaches_now, leads[:n], at=LATER) for n in (1, 2, len(leads))}
    assert counts == {3}


def test_putting_off_several_plans_them_with_as_many_statements_for_two_as_for_six(
    leads: list[Lead], coordinator: User, count_queries: Callable[..., int]
) -> None:
    def plan(chosen: list[Lead]) -> None:
        day = (timezone.now() + timedelta(days=3)).date().isoformat()
        form = SnoozeSeveralForm(
            {"due_date": day, "due_time": "10:00", "push_back": "postponed", "reason": "Later"},
            chosen=[Seen(lead, lead.version) for lead in chosen],
            people=[],
            rights=Rights(works={lead.study_site_id for lead in chosen}, leads=set()),
            user=coordinator,
            at=timezone.now(),
        )
        assert form.is_valid()
        assert all(form.words_for(lead) for lead in chosen)

    assert count_queries(plan, leads[:2]) == count_queries(plan, leads[:6])
