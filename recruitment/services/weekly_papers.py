"""Papers of a weekly review: who made a copy with names on it (W12, AU1)."""

from datetime import datetime

from accounts.models import User
from recruitment.models import SiteOnlyCopy, WeeklyReview
from recruitment.services.verbs import verb


@verb
def note_copy(*, review: WeeklyReview, size: str, by: User, at: datetime) -> SiteOnlyCopy:
    """Note that `by` made a site-only copy at `at` (UTC). `size` is one of SiteOnlyCopy.SIZES.

    One line each time; a second call notes a second copy.
    """
    return SiteOnlyCopy.objects.create(review=review, size=size, by=by, at=at)
