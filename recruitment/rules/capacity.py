"""How full a week of a study at a site is (G7). Weeks begin on Monday, on the site's clock."""

from dataclasses import dataclass
from datetime import date, datetime

WEEKS_SHOWN = 4
MOST_SLOTS = 200  # visits a week that one study at a site can be said to hold
MOST_HELD = 3  # times that may be kept for one person


@dataclass(frozen=True)
class WeekLoad:
    """The visit slots of one week: how many there are, are booked, and are kept for somebody."""

    monday: date
    slots: int
    booked: int
    held: int
    times: tuple[datetime, ...] = ()  # when what is booked or held begins; UTC
    place: str = ""  # where the latest of these visits takes place

    @property
    def taken(self) -> int:
        """Slots that nobody else can have."""
        return self.booked + self.held

    @property
    def free(self) -> int:
        """Slots left; none when more are taken than there are."""
        return max(self.slots - self.taken, 0)

    @property
    def words(self) -> str:
        """`4 of 4 visits taken: 3 booked, 1 held`."""
        return f"{self.taken} of {self.slots} visits taken: {self.booked} booked, {self.held} held"
