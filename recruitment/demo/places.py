"""Three invented clinics in three time zones, with their hours, holidays and closed days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from recruitment.models import Closure, Holiday, OpeningInterval, Site
from recruitment.rules.holidays import public_holidays


@dataclass(frozen=True)
class Place:
    """One clinic. `hours` are opening and closing from Monday on, in its own time."""

    code: str
    name: str
    sponsor_label: str
    zone: str
    region: str
    call_back_phone: str
    area_codes: tuple[str, ...]
    hours: tuple[tuple[time, time], ...]


def _week(opens: str, closes: str, friday: str = "") -> tuple[tuple[time, time], ...]:
    usual = (time.fromisoformat(opens), time.fromisoformat(closes))
    last = (usual[0], time.fromisoformat(friday) if friday else usual[1])
    return (usual, usual, usual, usual, last)


PLACES: tuple[Place, ...] = (
    Place(
        "HARBOR",
        "Harbor Lane Research Clinic",
        "Site 01",
        "America/New_York",
        "MA",
        "+1 617 555 0100",
        ("617", "508", "774", "857", "978", "781", "413", "339", "351"),
        _week("08:30", "17:00"),
    ),
    Place(
        "PRAIRIE",
        "Prairie Street Clinical Studies",
        "Site 02",
        "America/Chicago",
        "IL",
        "+1 312 555 0100",
        ("312", "773", "630", "847", "815", "217", "309", "618", "708"),
        _week("08:00", "17:00", friday="15:00"),
    ),
    Place(
        "MESA",
        "Mesa Ridge Trial Center",
        "Site 03",
        "America/Los_Angeles",
        "CA",
        "+1 213 555 0100",
        ("213", "310", "562", "626", "818", "909", "714", "949", "805"),
        _week("09:00", "17:30"),
    ),
)


TUESDAY = 1  # on which each holds its weekly review


def make_sites(*, at: datetime) -> dict[str, Site]:
    """The clinics by code, closed on public holidays from the year before `at` to the one after.

    Each also shut for two days of its own nine weeks before `at`.
    """
    sites = {}
    for place in PLACES:
        site = Site.objects.create(
            code=place.code,
            name=place.name,
            sponsor_label=place.sponsor_label,
            time_zone=place.zone,
            region=place.region,
            call_back_phone=place.call_back_phone,
            is_demo=True,
            review_weekday=TUESDAY,
            review_at=time(10),
        )
        OpeningInterval.objects.bulk_create(
            OpeningInterval(site=site, weekday=weekday, opens=opens, closes=closes)
            for weekday, (opens, closes) in enumerate(place.hours)
        )
        Holiday.objects.bulk_create(
            Holiday(site=site, on=on, name=name[:120])
            for year in (at.year - 1, at.year, at.year + 1)
            for on, name in public_holidays("US", place.region, year).items()
        )
        _close_for_training(site, at=at)
        sites[place.code] = site
    return sites


def _close_for_training(site: Site, *, at: datetime) -> None:
    day = (at - timedelta(weeks=9)).date()
    thursday = day - timedelta(days=(day.weekday() - 3) % 7)
    Closure.objects.create(
        site=site, first_on=thursday, last_on=thursday + timedelta(days=1), reason="Staff training"
    )
