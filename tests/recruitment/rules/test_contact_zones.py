"""Where the patient's clock is read (D29), and planned calls on it (CK8, OA9, D27)."""

from datetime import UTC, datetime, time

import pytest

from recruitment.rules.area_codes import _AREA_CODES, _ZIP_REGIONS, zone_of_band, zones_of_phone
from recruitment.rules.contact_hours import ContactWindow
from recruitment.rules.contact_zones import (
    LOCATION,
    OVERLAP,
    SITE,
    STATED,
    ContactZones,
    check_planned,
    contact_zones,
    moved_into,
    next_time,
)
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.vocabulary import ActionType
from trialsnest.lib.zones import instant_of, local_time, zone_named

NEW_YORK, CHICAGO, HONOLULU = "America/New_York", "America/Chicago", "Pacific/Honolulu"
HERE = ContactZones((NEW_YORK,), STATED)
WINDOW = ContactWindow()
TUESDAY = datetime(2026, 3, 3, tzinfo=UTC).date()


def _at(clock: str, zone: str = NEW_YORK) -> datetime:
    return instant_of(TUESDAY, time.fromisoformat(clock), zone)


@pytest.mark.parametrize(
    ("number", "zones"),
    [
        ("+16175550123", (NEW_YORK,)),
        ("+13125550123", (CHICAGO,)),
        ("+16025550123", ("America/Phoenix",)),
        ("+18085550123", (HONOLULU,)),
        ("+18505550123", (NEW_YORK, CHICAGO)),
        ("+18005550123", ()),
        ("+442071838750", ("Europe/London",)),
        ("+491701234567", ("Europe/Berlin", "Europe/Busingen")),
        ("no number", ()),
    ],
)
def test_a_number_tells_the_zones_it_may_have_been_given_out_in(
    number: str, zones: tuple[str, ...]
) -> None:
    assert zones_of_phone(number) == zones


def test_every_area_code_and_zip_region_stands_once_and_names_a_known_zone() -> None:
    codes = [code for text in _AREA_CODES.values() for code in text.split()]
    regions = [number for first, last, _ in _ZIP_REGIONS for number in range(first, last + 1)]

    assert len(codes) == len(set(codes))
    assert all(len(code) == 3 and code.isdecimal() for code in codes)
    assert len(regions) == len(set(regions))
    for zone in [
        *(zone for zones in _AREA_CODES for zone in zones),
        *(z for *_, z in _ZIP_REGIONS),
    ]:
        assert zone_named(zone)


@pytest.mark.parametrize(
    ("band", "zone"),
    [
        ("ZIP 021", NEW_YORK),
        ("ZIP 606", CHICAGO),
        ("zip 850, north", "America/Phoenix"),
        ("ZIP 575", ""),
        ("10 to 25 miles", ""),
        ("", ""),
    ],
)
def test_a_location_band_tells_the_zone_where_it_names_a_zip_region(band: str, zone: str) -> None:
    assert zone_of_band(band) == zone


def test_the_patients_zone_is_stated_else_of_the_location_else_the_overlap() -> None:
    def found(**values: object) -> tuple[tuple[str, ...], str]:
        given = {"stated": "", "location_band": "", "site_zone": NEW_YORK, "phones": []} | values
        where = contact_zones(**given)  # type: ignore[arg-type]
        return where.zones, where.basis

    west = "+12135550123"
    stated = "Europe/Rome"
    assert found(stated=stated, location_band="ZIP 606", phones=[west]) == ((stated,), STATED)
    assert found(location_band="ZIP 606", phones=[west]) == ((CHICAGO,), LOCATION)
    assert found(phones=[west]) == ((NEW_YORK, "America/Los_Angeles"), OVERLAP)
    assert found(phones=["+16175550123"]) == ((NEW_YORK,), SITE)
    assert found() == ((NEW_YORK,), SITE)


def test_s40_a_planned_call_after_hours_is_refused_with_the_next_permitted_time() -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_planned(Plan(ActionType.CALL, _at("20:30")), HERE, WINDOW)

    assert "09:00 to 19:00" in str(refusal.value)
    assert "Wed 4 Mar 09:00 New York time" in str(refusal.value)


@pytest.mark.parametrize(
    ("clock", "promised", "fits"),
    [
        ("07:59", True, False),
        ("08:00", True, True),
        ("08:59", False, False),
        ("09:00", False, True),
        ("18:59", False, True),
        ("19:00", False, False),
        ("20:59", True, True),
        ("21:00", True, False),
    ],
)
def test_a_time_that_was_asked_for_may_lie_outside_the_window_but_not_the_hard_limits(
    clock: str, promised: bool, fits: bool
) -> None:
    plan = Plan(ActionType.CALL, _at(clock), promised)

    if fits:
        check_planned(plan, HERE, WINDOW)
    else:
        with pytest.raises(InvalidInput, match="outside the hours for contact"):
            check_planned(plan, HERE, WINDOW)


@pytest.mark.parametrize("action", list(ActionType))
def test_only_what_is_a_call_or_a_text_keeps_to_the_hours(action: ActionType) -> None:
    plan = Plan(action, _at("22:00"))
    calls = action in {ActionType.CALL, ActionType.FINISH_PRESCREEN}

    for may_text in (False, True):
        if calls or (may_text and action == ActionType.MESSAGE):
            with pytest.raises(InvalidInput):
                check_planned(plan, HERE, WINDOW, may_text=may_text)
        else:
            check_planned(plan, HERE, WINDOW, may_text=may_text)


def test_where_the_zone_is_not_known_the_hour_must_suit_both() -> None:
    both = ContactZones((NEW_YORK, "America/Los_Angeles"), OVERLAP)

    check_planned(Plan(ActionType.CALL, _at("12:00")), both, WINDOW)
    with pytest.raises(InvalidInput, match="Tue 3 Mar 12:00 New York time or Tue 3 Mar 09:00"):
        check_planned(Plan(ActionType.CALL, _at("11:00")), both, WINDOW)


def test_a_proposal_moves_into_the_window_and_other_actions_stay() -> None:
    call, review = (
        Plan(ActionType.CALL, _at("06:00")),
        Plan(ActionType.REVIEW_RECORDS, _at("06:00")),
    )

    assert moved_into(call, HERE, WINDOW).due_at == _at("09:00")
    assert moved_into(review, HERE, WINDOW) == review


def test_windows_that_never_meet_leave_the_likeliest_zone() -> None:
    where = ContactZones((NEW_YORK, "Asia/Kolkata"), OVERLAP)

    there = next_time(_at("22:00"), where, ContactWindow(time(9), time(12)))

    assert local_time(there, NEW_YORK).hour == 9
