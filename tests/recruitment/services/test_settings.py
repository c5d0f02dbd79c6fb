"""Who changed what, when: one row per setting that differs, with the change."""

from datetime import date, time, timedelta

import pytest

from accounts.models import User
from recruitment.models import SettingChange, Site, Sponsor, StudyStaff
from recruitment.queries.settings import history, latest_change
from recruitment.rules.calendars import InvalidCalendar
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services import site_hours
from recruitment.services.calendars import calendar_of
from recruitment.services.settings import SettingMoved, add_setting, change_setting
from recruitment.services.study_sites import add_study_site
from tests.factories.recruitment import (
    MONDAY,
    Role,
    SiteFactory,
    SponsorFactory,
    StudyFactory,
    StudySiteFactory,
    StudyStaffFactory,
    make_member,
)

DAY = ((0, time(8), time(12)), (0, time(13), time(17)))


@pytest.fixture
def site(db: None) -> Site:
    return SiteFactory(name="Cedar Hollow")


def test_each_setting_that_differs_is_noted_with_old_and_new(
    site: Site, administrator: User
) -> None:
    values = {"name": "Cedar Ridge", "is_active": False, "country": site.country}

    changed = change_setting(site, values, by=administrator, at=MONDAY)

    assert changed == ["name", "is_active"]
    assert [(c.what, c.old, c.new, c.who) for c in history(site)] == [
        ("Active", "yes", "no", administrator.name),
        ("Name", "Cedar Hollow", "Cedar Ridge", administrator.name),
    ]


def test_same_values_again_write_nothing(site: Site, administrator: User) -> None:
    change_setting(site, {"name": site.name}, by=administrator, at=MONDAY)

    assert not SettingChange.objects.exists()
    site.refresh_from_db()
    assert site.calendar_version == 1


def test_change_raises_the_calendar_version(site: Site, administrator: User) -> None:
    before = calendar_of(site)

    change_setting(site, {"time_zone": "America/Phoenix"}, by=administrator, at=MONDAY)

    site.refresh_from_db()
    assert site.calendar_version == 2
    assert calendar_of(site).zone == "America/Phoenix" != before.zone


def test_page_that_is_older_than_a_change_is_refused_by_name(
    site: Site, administrator: User
) -> None:
    seen = latest_change(site)
    change_setting(site, {"name": "Cedar Ridge"}, by=administrator, at=MONDAY)
    colleague = make_member(Role.ADMINISTRATOR)

    with pytest.raises(SettingMoved, match=f"{administrator.name} changed this on Mon 2 Mar 2026"):
        change_setting(site, {"name": "Cedar Bay"}, by=colleague, at=MONDAY, seen=seen)

    site.refresh_from_db()
    assert site.name == "Cedar Ridge"


def test_second_one_like_it_is_refused(administrator: User) -> None:
    SponsorFactory(name="Northfield")

    with pytest.raises(Refusal, match="one like this already"):
        add_setting(Sponsor(name="Northfield"), by=administrator, at=MONDAY)

    assert not SettingChange.objects.exists()


def test_name_of_a_person_is_not_repeated_in_the_log(administrator: User) -> None:
    staff: StudyStaff = StudyStaffFactory(name="Dr. Rivera")

    change_setting(staff, {"name": "Dr. Banks"}, by=administrator, at=MONDAY)

    assert [(c.what, c.old, c.new) for c in history(staff)] == [("Name", "", "")]


def test_opening_hours_are_replaced_whole(site: Site, administrator: User) -> None:
    site_hours.set_opening_hours(site, DAY, by=administrator, at=MONDAY)
    site_hours.set_opening_hours(site, DAY, by=administrator, at=MONDAY)

    site.refresh_from_db()
    assert calendar_of(site).intervals == DAY
    assert [c.new for c in history(site)] == ["Mon 08:00 to 12:00; Mon 13:00 to 17:00"]


def test_hours_that_overlap_are_refused_with_a_sentence_and_nothing_is_written(
    site: Site, administrator: User
) -> None:
    overlapping = ((0, time(8), time(13)), (0, time(12), time(17)))

    with pytest.raises(InvalidInput, match="Monday 08:00 to 13:00 and Monday 12:00 to 17:00"):
        site_hours.set_opening_hours(site, overlapping, by=administrator, at=MONDAY)

    assert not site.opening_intervals.exists()
    site.refresh_from_db()
    assert site.calendar_version == 1


def test_site_without_any_hours_is_refused(site: Site, administrator: User) -> None:
    site_hours.set_opening_hours(site, DAY, by=administrator, at=MONDAY)

    with pytest.raises(InvalidInput, match="at least one day"):
        site_hours.set_opening_hours(site, (), by=administrator, at=MONDAY)


def test_refused_change_is_not_remembered_under_the_next_version(
    site: Site, administrator: User
) -> None:
    overlapping = ((0, time(8), time(13)), (0, time(12), time(17)))
    with pytest.raises(InvalidInput):
        site_hours.set_opening_hours(site, overlapping, by=administrator, at=MONDAY)

    site_hours.set_opening_hours(site, DAY, by=administrator, at=MONDAY)

    site.refresh_from_db()
    assert calendar_of(site).intervals == DAY


def test_public_holidays_of_the_region_go_in_once_and_leave_own_ones(
    site: Site, administrator: User
) -> None:
    july = date(2026, 7, 4)
    site_hours.add_holiday(site, on=july, name="Our own day", by=administrator, at=MONDAY)

    first = site_hours.add_public_holidays(site, year=2026, by=administrator, at=MONDAY)
    second = site_hours.add_public_holidays(site, year=2026, by=administrator, at=MONDAY)

    assert first > 8
    assert second == 0
    assert site.holidays.get(on=july).name == "Our own day"
    assert site.holidays.filter(on=date(2026, 12, 25), is_own=False).exists()


def test_holiday_twice_is_refused_and_removed_again_leaves_a_trace(
    site: Site, administrator: User
) -> None:
    on = date(2026, 5, 4)
    site_hours.add_holiday(site, on=on, name="Founders", by=administrator, at=MONDAY)
    with pytest.raises(InvalidInput, match="holiday already"):
        site_hours.add_holiday(site, on=on, name="Founders", by=administrator, at=MONDAY)

    site_hours.remove_holiday(site.holidays.get(), by=administrator, at=MONDAY)

    assert not site.holidays.exists()
    assert [(c.old, c.new) for c in history(site)] == [
        ("Mon 4 May 2026, Founders", ""),
        ("", "Mon 4 May 2026, Founders"),
    ]
    site.refresh_from_db()
    assert site.calendar_version == 3


def test_closure_closes_its_days_and_may_be_taken_back(site: Site, administrator: User) -> None:
    first, last = date(2026, 8, 3), date(2026, 8, 5)
    site_hours.add_closure(
        site, first_on=first, last_on=last, reason="Moving", by=administrator, at=MONDAY
    )
    site.refresh_from_db()
    assert not calendar_of(site).works_on(date(2026, 8, 4))

    site_hours.remove_closure(site.closures.get(), by=administrator, at=MONDAY)

    site.refresh_from_db()
    assert calendar_of(site).works_on(date(2026, 8, 4))


@pytest.mark.parametrize(("days", "sentence"), [(-1, "before the first"), (60, "no working time")])
def test_closure_that_cannot_be_is_refused(
    site: Site, administrator: User, days: int, sentence: str
) -> None:
    first = date(2026, 8, 3)

    with pytest.raises((InvalidInput, InvalidCalendar), match=sentence):
        site_hours.add_closure(
            site,
            first_on=first,
            last_on=first + timedelta(days=days),
            reason="Moving",
            by=administrator,
            at=MONDAY,
        )

    assert not site.closures.exists()


def test_study_at_a_site_gives_the_site_lead_rights_and_the_study_its_zone(
    site: Site, administrator: User
) -> None:
    lead = make_member(Role.SITE_LEAD, site)
    site.time_zone = "America/Phoenix"
    site.save()
    study = StudyFactory()

    place = add_study_site(
        StudySiteFactory.build(study=study, site=site), by=administrator, at=MONDAY
    )

    study.refresh_from_db()
    assert lead.has_perm("recruitment.lead_site", place)
    assert study.report_zone == "America/Phoenix"


def test_report_zone_that_somebody_chose_stays(site: Site, administrator: User) -> None:
    study = StudyFactory()
    change_setting(study, {"report_zone": "America/Chicago"}, by=administrator, at=MONDAY)

    add_study_site(StudySiteFactory.build(study=study, site=site), by=administrator, at=MONDAY)

    study.refresh_from_db()
    assert study.report_zone == "America/Chicago"
