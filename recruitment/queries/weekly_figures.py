"""What a review froze beside its items, in words: movement and the visits to come (W1, W2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from recruitment.models import ForecastCheck, ReviewMovement, StudySite, VisitForecast, WeeklyReview
from recruitment.rules.events import MilestoneCode
from recruitment.rules.weekly.forecast import DAYS
from trialsnest.lib.words import counted, day_short


@dataclass(frozen=True)
class Moved:
    """How many leads reached one milestone since the last review, and in as long before it."""

    label: str
    number: int
    before: int
    by_place: Sequence[int]


@dataclass(frozen=True)
class Figures:
    """The movement of all studies at the site together and one by one, and the forecast."""

    places: Sequence[StudySite]
    moved: Sequence[Moved]
    forecast: VisitForecast | None
    checks: Sequence[ForecastCheck]

    @property
    def expects(self) -> str:
        """The forecast in a sentence."""
        if self.forecast is None:
            return ""
        one = self.forecast
        booked = f"{counted(one.booked, 'visit')} booked"
        days = f"for the {DAYS} days from {day_short(one.first_on)}"
        if one.low is None:
            return f"{booked} {days}. A range needs eight weeks of work here to look back on."
        return f"{booked} {days}; {one.low} to {one.high} will take place, four times in five."

    @property
    def came(self) -> Sequence[str]:
        """What came of the forecasts before, each in a sentence."""
        return [_came(check) for check in self.checks]


def _came(check: ForecastCheck) -> str:
    one = check.forecast
    last = one.first_on + timedelta(days=DAYS - 1)
    days = f"From {day_short(one.first_on)} to {day_short(last)}"
    took = f"{counted(check.attended, 'visit')} took place"
    left = f"; {check.unrecorded} without a result yet" if check.unrecorded else ""
    if one.low is None:
        return f"{days} {took} of {one.booked} booked{left}."
    inside = "inside" if check.is_inside else "outside"
    return f"{days} {took}: {inside} the {one.low} to {one.high} expected{left}."


def figures_of(review: WeeklyReview) -> Figures:
    """Three statements."""
    rows = list(
        review.movement.select_related("study_site__study", "study_site__site").order_by("id")
    )
    places = list({row.study_site_id: row.study_site for row in rows}.values())
    checks = review.forecast_checks.select_related("forecast").order_by("forecast__first_on")
    return Figures(
        places,
        [_moved(MilestoneCode(code), rows) for code in dict.fromkeys(row.code for row in rows)],
        VisitForecast.objects.filter(review=review).first(),
        list(checks),
    )


def _moved(code: MilestoneCode, rows: Sequence[ReviewMovement]) -> Moved:
    of_it = [row for row in rows if row.code == code]
    return Moved(
        str(code.label),
        sum(row.number for row in of_it),
        sum(row.before for row in of_it),
        [row.number for row in of_it],
    )
