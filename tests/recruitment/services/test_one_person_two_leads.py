"""What is known of a person holds on each of her leads, whichever was worked on (DN4, D29)."""

from datetime import timedelta

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import ContactPoint, Person, Role, StudySite
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import Channel, ContactResult, PermissionState
from recruitment.services.outreach import log_outreach
from recruitment.services.people import (
    NewPoint,
    add_contact_point,
    correct_person,
    end_contact_point,
)
from tests.factories.recruitment import (
    MONDAY,
    StudySiteFactory,
    make_enquirer,
    make_lead,
    make_member,
)
from tests.recruitment.test_lock_order import beside

AT = MONDAY + timedelta(hours=1)


def test_an_opt_out_holds_for_the_number_that_somebody_known_wrote_from_later(
    study_site: StudySite, coordinator: User
) -> None:
    first = make_lead(study_site, owner=coordinator)
    log_outreach(
        lead=first,
        channel=Channel.PHONE,
        result=ContactResult.OPTED_OUT,
        by=coordinator,
        at=AT,
        seen=first.version,
    )
    again = make_lead(
        study_site,
        owner=coordinator,
        person=first.person,
        enquirer=make_enquirer(
            phones=("+16175550199",), permissions={Channel.PHONE: PermissionState.YES}
        ),
        received_at=AT,
    )
    for point in ContactPoint.objects.filter(person=first.person).exclude(value="+16175550199"):
        again.refresh_from_db()
        end_contact_point(
            lead=again, key=point.pk, reason="Old.", by=coordinator, at=AT, seen=again.version
        )
    again.refresh_from_db()

    with pytest.raises(InvalidInput, match="asked not to be contacted"):
        log_outreach(
            lead=again,
            channel=Channel.PHONE,
            result=ContactResult.NO_ANSWER,
            by=coordinator,
            at=AT,
            seen=again.version,
        )


def test_a_lead_is_not_found_by_a_number_that_a_call_showed_to_be_wrong(
    study_site: StudySite, coordinator: User
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    phone = lead.person.contact_points.get(kind="phone")
    token = phone.value.lstrip("+")[::-1]
    assert lead.search_tokens.filter(token=token).exists()

    log_outreach(
        lead=lead,
        channel=Channel.PHONE,
        result=ContactResult.WRONG_NUMBER,
        wrong_point=phone.pk,
        by=coordinator,
        at=AT,
        seen=lead.version,
    )

    assert not lead.search_tokens.filter(token=token).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_zone_stated_on_one_lead_outlives_a_number_added_on_another_at_once(
    transactional_db: None,
) -> None:
    here, there = StudySiteFactory(), StudySiteFactory()
    one, other = (make_member(Role.COORDINATOR, place) for place in (here, there))
    lead = make_lead(here)
    beside_it = make_lead(there, person=lead.person)

    with transaction.atomic():
        correct_person(
            lead=lead,
            values={"time_zone": "America/Denver"},
            reason="She said so.",
            by=one,
            at=AT,
            seen=lead.version,
        )
        adding = beside(
            lambda: add_contact_point(
                lead=beside_it,
                point=NewPoint("phone", "(617) 555-0178"),
                reason="New.",
                by=other,
                at=AT,
                seen=beside_it.version,
            )
        )
        adding.__enter__()
    adding.__exit__(None, None, None)

    person = Person.objects.get(pk=lead.person_id)
    assert (person.time_zone, person.time_zone_basis) == ("America/Denver", "stated")
