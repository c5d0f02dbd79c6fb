"""The weekly review of a site with 5,000 open leads: its agenda frozen, and shown.

    make bench

The site has fifty studies. A third of its leads have gone stale by the moment of the review, with
their next actions past due, so that every lane has much to say. Each round opens the review of
another week before it is taken back.
"""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from benchmarks.database import copy_of_base, postgres_words, server
from benchmarks.moment import AT
from benchmarks.running import arguments, lead_builder, report
from benchmarks.stopwatch import Stopwatch
from benchmarks.table import Row, machine

if TYPE_CHECKING:
    from accounts.models import User
    from recruitment.models import Site, StudySite

ROUNDS = 7
LEADS = 250_000  # 5,000 at each of fifty sites
LATER = timedelta(days=9)  # by then a third has gone stale
SECOND = 1.0
FROZEN, SHOWN, BOTH = "frozen", "shown", "frozen and shown"


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__, leads=LEADS)
    build = lead_builder(options.leads)
    with server() as url, copy_of_base(url, build, what=str(options.leads)):
        rows, where = _measure()
    return report("weekly", rows, where, write=options.write)


def _measure() -> tuple[list[Row], str]:
    from benchmarks.http_clients import in_process, sign_in  # models are there only now
    from recruitment.models import AgendaItem, Lead
    from recruitment.services.weekly_reviews import open_review

    places = _places_of_fullest_site()
    site = places[0].site
    lead = _leader(site)
    client = in_process(sign_in(lead))
    watch, statements, items, size = Stopwatch(), 0, 0, 0
    for turn in range(ROUNDS + 1):
        at = AT + LATER + timedelta(minutes=turn)
        with transaction.atomic():
            with watch.timed(BOTH):
                with watch.timed(FROZEN):
                    with CaptureQueriesContext(connection) as asked:
                        review = open_review(
                            site=site, places=places, study_site=None, by=lead, at=at
                        )
                    statements = len(asked)  # a request begins to count anew
                with watch.timed(SHOWN):
                    page = client.get(f"/weekly/{review.pk}/")
            assert page.status_code == 200, page.status_code
            size, items = len(page.content), AgendaItem.objects.filter(review=review).count()
            transaction.set_rollback(True)
        if not turn:  # the first reads what later ones find warm
            watch.clock.clear()
            watch.processor.clear()
    leads = Lead.objects.filter(study_site__in=places)
    what = (
        f"{leads.count():,} open leads of {len(places)} studies, "
        f"{leads.stale(at=AT + LATER).count():,} of them stale"
    )
    rows = [
        Row(f"Agenda of a site with {what}: frozen", watch.words(FROZEN)),
        Row(f"The same shown, {items} items, {size // 1024} KiB", watch.words(SHOWN)),
        Row("Both", watch.words(BOTH), "1,000 ms", watch.within(BOTH, SECOND)),
        Row("Statements of the opening, writing included", str(statements)),
    ]
    return rows, machine(postgres_words())


def _places_of_fullest_site() -> list["StudySite"]:
    """The studies of the site with the most leads."""
    from recruitment.models import Lead, StudySite  # models are there only now

    groups = Lead.objects.order_by().values("study_site__site").annotate(n=Count("pk"))
    fullest = groups.order_by("-n", "study_site__site").first()
    assert fullest is not None
    rows = StudySite.objects.filter(site=fullest["study_site__site"])
    return list(rows.select_related("site", "study").order_by("pk"))


def _leader(site: "Site") -> "User":
    """Somebody who leads the site."""
    from accounts.models import User  # models are there only now
    from recruitment.models import Role
    from recruitment.services.membership import grant_role

    user = User.objects.order_by("pk").first()
    assert user is not None
    grant_role(user=user, role=Role.SITE_LEAD, scope=site, by=None, at=AT)
    return user


if __name__ == "__main__":
    sys.exit(main())
