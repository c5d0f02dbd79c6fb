"""Correcting who somebody is and how she is reached (AU4, D24, D29)."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import ContactPoint, Lead, PersonChange, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import (
    ActionType,
    Channel,
    ContactBasis,
    ContactResult,
    PermissionState,
)
from recruitment.services.outreach import log_outreach
from recruitment.services.people import (
    NewPoint,
    add_contact_point,
    correct_person,
    end_contact_point,
    replace_contact_point,
)
from recruitment.services.permissions import Word, record_permission
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)

HOUR = timedelta(hours=1)


def _by(lead: Lead, user: User, hours: int = 1) -> dict[str, Any]:
    lead.refresh_from_db()
    return {"lead": lead, "by": user, "at": MONDAY + hours * HOUR, "seen": lead.version}


def _tokens(lead: Lead) -> set[str]:
    return set(lead.search_tokens.values_list("token", flat=True))


def _current(lead: Lead, hours: int = 1) -> set[str]:
    points = ContactPoint.objects.filter(person=lead.person_id)
    return set(points.current(at=MONDAY + hours * HOUR).values_list("value", flat=True))


def test_a_corrected_name_keeps_the_old_one_and_is_found_on_every_lead(
    lead: Lead, coordinator: User
) -> None:
    other = make_lead(StudySiteFactory(), person=lead.person)

    changed = correct_person(
        values={"first_name": "Adelaide", "language": "Spanish"},
        reason="Misspelled on the form.",
        **_by(lead, coordinator),
    )

    assert set(changed) == {"first_name", "language"}
    kept = PersonChange.objects.get(field="first_name")
    assert (kept.old, kept.new, kept.reason) == ("Ada", "Adelaide", "Misspelled on the form.")
    assert kept.by == coordinator
    for found in (lead, other):
        assert any(token.startswith("adelaide") for token in _tokens(found))
    event = lead.events.get(kind="person_corrected")
    assert event.notes.get().text == "First name, Language"
    lead.refresh_from_db()
    assert list(differences([lead])) == []
    assert lead.last_movement_at is None


@pytest.mark.parametrize(
    ("values", "reason", "field"),
    [
        ({"first_name": "Eve"}, " ", "reason"),
        ({"first_name": "Eve"}, "x" * 201, "reason"),
        ({"first_name": "", "last_name": ""}, "Wrong.", "first_name"),
        ({"first_name": "Ada"}, "Nothing new.", "reason"),
        ({"birth_year": 2020}, "Wrong.", "birth_year"),
        ({"birth_year": 1880}, "Wrong.", "birth_year"),
        ({"language": ""}, "Wrong.", "language"),
        ({"location_band": "x" * 81}, "Wrong.", "location_band"),
        ({"time_zone": "Mars/Olympus"}, "Wrong.", "time_zone"),
        ({"shoe_size": "44"}, "Wrong.", "shoe_size"),
    ],
)
def test_a_correction_that_cannot_be_is_refused_and_nothing_is_written(
    lead: Lead, coordinator: User, values: dict[str, object], reason: str, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        correct_person(values=values, reason=reason, **_by(lead, coordinator))

    assert refusal.value.field == field
    assert not PersonChange.objects.exists()
    lead.person.refresh_from_db()
    assert lead.person.first_name == "Ada"


def test_the_zone_follows_what_was_stated_else_the_location_else_the_numbers(
    lead: Lead, coordinator: User
) -> None:
    def zone() -> tuple[str, str]:
        lead.person.refresh_from_db()
        return lead.person.time_zone, lead.person.time_zone_basis

    def correct(hours: int, **values: object) -> None:
        correct_person(values=values, reason="As told.", **_by(lead, coordinator, hours))

    assert zone() == ("America/New_York", "site")
    correct(1, location_band="ZIP 606")
    assert zone() == ("America/Chicago", "location")
    correct(2, time_zone="America/Denver")
    assert zone() == ("America/Denver", "stated")
    correct(3, time_zone="", location_band="")
    add_contact_point(
        point=NewPoint("phone", "(213) 555-0160"), reason="New.", **_by(lead, coordinator, 4)
    )
    assert zone() == ("America/New_York", "overlap")


def test_a_number_is_added_replaced_and_ended_with_whose_it_is_and_never_lost(
    lead: Lead, coordinator: User
) -> None:
    old = lead.person.contact_points.get(kind="phone")

    new = replace_contact_point(
        key=old.pk,
        point=NewPoint("phone", "(617) 555-0177", "caregiver", voicemail_ok=True),
        reason="Moved in with her daughter.",
        **_by(lead, coordinator),
    )

    assert (new.value, new.whose, new.voicemail_ok) == ("+16175550177", "caregiver", True)
    old.refresh_from_db()
    assert old.valid_until == MONDAY + HOUR
    assert old.value not in _current(lead)
    assert "77105557161" in _tokens(lead)
    end_contact_point(key=new.pk, reason="No longer.", **_by(lead, coordinator, 2))
    assert {value for value in _current(lead, 2) if value.startswith("+")} == set()
    again = add_contact_point(
        point=NewPoint("phone", old.value), reason="Back home.", **_by(lead, coordinator, 3)
    )
    assert again.pk == old.pk
    assert PersonChange.objects.filter(field="phone").count() == 4


@pytest.mark.parametrize(
    ("point", "field"),
    [
        (NewPoint("phone", "12345"), "value"),
        (NewPoint("email", "not an address"), "value"),
        (NewPoint("fax", "(617) 555-0177"), "kind"),
        (NewPoint("phone", "(617) 555-0177", "neighbor"), "whose"),
    ],
)
def test_what_cannot_be_dialed_or_written_to_is_refused(
    lead: Lead, coordinator: User, point: NewPoint, field: str
) -> None:
    before = lead.person.contact_points.count()

    with pytest.raises(InvalidInput) as refusal:
        add_contact_point(point=point, reason="New.", **_by(lead, coordinator))

    assert refusal.value.field == field
    assert lead.person.contact_points.count() == before


def test_a_value_on_file_and_somebody_elses_are_refused(lead: Lead, coordinator: User) -> None:
    own = lead.person.contact_points.get(kind="email")
    theirs = make_lead(lead.study_site).person.contact_points.get(kind="phone")

    with pytest.raises(InvalidInput, match="on file already"):
        add_contact_point(
            point=NewPoint("email", own.value), reason="Again.", **_by(lead, coordinator)
        )
    with pytest.raises(InvalidInput, match="no number or address of this person"):
        end_contact_point(key=theirs.pk, reason="Wrong.", **_by(lead, coordinator))


def test_a_shared_phone_stays_two_people(lead: Lead, coordinator: User) -> None:
    shared = lead.person.contact_points.get(kind="phone").value
    child = make_lead(lead.study_site, enquirer=make_enquirer(91, phones=()))

    add_contact_point(
        point=NewPoint("phone", shared, "parent"),
        reason="Lives at home.",
        **_by(child, coordinator),
    )

    assert child.person_id != lead.person_id
    assert ContactPoint.objects.holding(phones=[shared]).count() == 2


def test_a_wrong_number_ends_from_the_log_and_reaching_somebody_else_is_not_two_way(
    lead: Lead, coordinator: User
) -> None:
    phone = lead.person.contact_points.get(kind="phone")

    log_outreach(
        channel=Channel.PHONE,
        result=ContactResult.WRONG_NUMBER,
        wrong_point=phone.pk,
        **_by(lead, coordinator),
    )
    lead.refresh_from_db()

    assert phone.value not in _current(lead)
    assert not lead.milestones.filter(code="first_two_way_contact").exists()
    assert lead.next_actions.get(ended_at__isnull=True).type == ActionType.MESSAGE
    with pytest.raises(InvalidInput, match="No phone number is on file"):
        log_outreach(
            channel=Channel.PHONE, result=ContactResult.NO_ANSWER, **_by(lead, coordinator, 2)
        )


def test_an_opt_out_holds_for_a_number_that_is_added_later(lead: Lead, coordinator: User) -> None:
    log_outreach(channel=Channel.PHONE, result=ContactResult.OPTED_OUT, **_by(lead, coordinator))
    add_contact_point(
        point=NewPoint("phone", "(617) 555-0178"), reason="New.", **_by(lead, coordinator, 2)
    )

    flagged = make_lead(
        StudySiteFactory(), enquirer=make_enquirer(phones=("+16175550178",), emails=())
    )

    assert flagged.next_actions.get().type == ActionType.DECIDE_CLOSE


def _word(**values: Any) -> Word:
    given = {"channel": Channel.TEXT, "state": PermissionState.YES, "how": "by phone"}
    return Word(**(given | values))


def test_a_recorded_yes_opens_a_channel_and_the_latest_word_counts(
    lead: Lead, coordinator: User
) -> None:
    record_permission(word=_word(wording="v3"), **_by(lead, coordinator))
    log_outreach(
        channel=Channel.TEXT,
        result=ContactResult.REPLIED,
        plan=Plan(ActionType.CALL, MONDAY + 24 * HOUR),
        **_by(lead, coordinator, 2),
    )
    record_permission(word=_word(state=PermissionState.NO), **_by(lead, coordinator, 3))

    with pytest.raises(InvalidInput, match="said no"):
        log_outreach(channel=Channel.TEXT, result=ContactResult.SENT, **_by(lead, coordinator, 4))
    row = lead.person.permissions.filter(channel="text", state="yes").first()
    assert row is not None
    assert (row.how, row.wording, row.by) == ("by phone", "v3", coordinator)


@pytest.mark.parametrize(
    ("word", "field"),
    [
        (_word(how=""), "how"),
        (_word(how="x" * 61), "how"),
        (_word(wording="x" * 61), "wording"),
        (_word(given_at=MONDAY + 5 * HOUR), "on"),
        (_word(channel=Channel.PHONE, given_at=MONDAY - HOUR), "on"),
    ],
)
def test_a_permission_that_cannot_be_is_refused(
    lead: Lead, coordinator: User, word: Word, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        record_permission(word=word, **_by(lead, coordinator))

    assert refusal.value.field == field


def test_s44_without_a_contact_basis_nobody_reaches_out_until_one_is_recorded(
    study_site: StudySite, coordinator: User
) -> None:
    source = SourceFactory(study=study_site.study, default_basis=ContactBasis.MISSING)
    lead = make_lead(study_site, source=source, owner=coordinator)
    call = {"channel": Channel.PHONE, "result": ContactResult.NO_ANSWER}
    with pytest.raises(InvalidInput, match="No contact basis"):
        log_outreach(**call, **_by(lead, coordinator))

    record_permission(word=_word(), basis=ContactBasis.PASSED_ON, **_by(lead, coordinator, 2))

    lead.refresh_from_db()
    assert lead.basis == ContactBasis.PASSED_ON
    assert list(differences([lead])) == []
    log_outreach(**call, **_by(lead, coordinator, 3))
