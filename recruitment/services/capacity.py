"""How many visits a study at a site can hold: the usual week, and weeks that differ (G7)."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import StudySite, WeekCapacity
from recruitment.rules.capacity import MOST_SLOTS
from recruitment.rules.refusals import InvalidInput
from recruitment.services.settings import check_seen, lock, record
from trialsnest.lib.words import day

RANGE = f"Write a whole number from 0 to {MOST_SLOTS}."


@transaction.atomic
def set_capacity(
    study_site: StudySite,
    *,
    usual: int,
    weeks: Mapping[date, int | None],
    by: User,
    at: datetime,
    seen: int | None = None,
) -> int:
    """Set the usual slots a week, and those of single weeks by their Monday; None is as usual.

    What is booked stays booked, also above the new number. Every change is kept with who and
    when; how many there were comes back. `at` is UTC; `seen` is the newest change that the page
    knew. Raises InvalidInput naming `usual` or the Monday, SettingMoved. May run twice.
    """
    place = lock(study_site)
    if seen is not None:
        check_seen(place, seen, zone=by.time_zone)
    _check(usual, "usual")
    changes = 0
    if place.capacity_per_week != usual:
        old, place.capacity_per_week = place.capacity_per_week, usual
        place.save(update_fields=["capacity_per_week"])
        record(place, "capacity_per_week", by=by, at=at, old=old, new=usual)
        changes += 1
    held = dict(place.week_capacities.values_list("week_on", "slots"))
    for monday, slots in weeks.items():
        if held.get(monday) == slots:
            continue
        _set_week(place, monday, slots)
        record(
            place,
            f"visits in the week of {day(monday)}",
            by=by,
            at=at,
            old=held.get(monday, "as usual"),
            new="as usual" if slots is None else slots,
        )
        changes += 1
    return changes


def _set_week(place: StudySite, monday: date, slots: int | None) -> None:
    field = f"week_{monday.isoformat()}"
    if monday.weekday() != 0:
        raise InvalidInput("A week begins on a Monday.", field=field)
    if slots is None:
        WeekCapacity.objects.filter(study_site=place, week_on=monday).delete()
        return
    _check(slots, field)
    WeekCapacity.objects.update_or_create(
        study_site=place, week_on=monday, defaults={"slots": slots}
    )


def _check(slots: int, field: str) -> None:
    if not 0 <= slots <= MOST_SLOTS:
        raise InvalidInput(RANGE, field=field)
