"""What was found over HTTP as rows of the page: first the times, then the ratios with limits."""

from collections.abc import Iterator, Sequence

from benchmarks.http_found import Found, Timed
from benchmarks.queue_sql import SEES
from benchmarks.running import MILLION
from benchmarks.table import Row

ADMIN, TUNED = 0.2, 0.35  # G2: p95 to that of the admin's list
CONSTANT, FASTER = 6.0, 5.0  # G3: p50 to a constant page, requests a second to the tuned admin's
FLAT = 1.3  # G4
DEEP = 1.5  # G5
POSTED, WRITTEN = 0.35, 2.0  # G6: requests a second to a constant page's, statements to a bare one
HEAVIEST = 90  # KiB of HTML, of a page with fifty rows
FOUND = 0.1  # seconds until the first result is there, at a million leads
CONSTANTS = {"constant": "", "constant ours": " behind our middleware"}
PAGES = {
    "panel": "Lead panel beside the queue",
    "outcome": "Contact logged with one key; the answer is the next lead",
    "outcome plain": "The same without JavaScript; the answer is a redirect",
    "search": "Search by surname, its beginning or last digits",
    "admin": "Django admin's list of the same leads, plain",
    "tuned": "Django admin's list, tuned",
    "admin search": "Django admin's search for a surname",
    "constant": "A constant page as large as the first queue page, signed in",
    "constant ours": "The same behind the product's own middleware",
}


def rows(found: Sequence[Found]) -> Iterator[Row]:
    """Size by size, and at the end the largest to the smallest."""
    for one in found:
        size = f"{one.leads:,} leads: "
        for row in (*_times(one), *_beside(one), *_writes(one)):
            yield Row(size + row.what, row.figure, row.limit, row.holds)
    if len(found) > 1:
        yield from _growth(found[0], found[-1])


def _times(one: Found) -> Iterator[Row]:
    for reader, who in SEES.items():
        page = one.took[f"queue {reader}"]
        yield Row(f"Queue page, {_low(who)}", page.words, *_weighs(page))
        bare = one.took[f"bare {reader}"]
        yield Row(
            f"its {one.statements[reader]} statements alone, through psycopg",
            f"{bare.words}; {bare.p50 / page.p50:.0%} of the page",
        )
        deep = one.took.get(f"deep {reader}")
        if deep is not None:
            yield Row("page 41 of it by its key", deep.words, *_weighs(deep))
            yield _most("page 41 to page 1, p50", deep.p50 / page.p50, DEEP)
    for name, what in PAGES.items():
        yield Row(what, one.took[name].words, *_guard(one, name))


def _weighs(page: Timed) -> tuple[str, bool]:
    return f"{HEAVIEST} KiB", page.size <= HEAVIEST * 1024


def _guard(one: Found, name: str) -> tuple[str, bool] | tuple[()]:
    if name != "search" or one.leads != MILLION:
        return ()
    return f"{FOUND * 1000:.0f} ms for 95 of 100", one.took[name].p95 <= FOUND


def _beside(one: Found) -> Iterator[Row]:
    """G2 and G3, for who works five studies at sites."""
    page = one.took["queue coordinator"]
    admin, tuned = one.took["admin"], one.took["tuned"]
    yield _most("the coordinator's page to the admin's list, p95", page.p95 / admin.p95, ADMIN)
    yield _most("the coordinator's page to the tuned list, p95", page.p95 / tuned.p95, TUNED)
    for name, where in CONSTANTS.items():
        what = f"the coordinator's page to the constant page{where}, p50"
        yield _most(what, page.p50 / one.took[name].p50, CONSTANT)
    yield _least("the coordinator's pages a second to tuned lists", page.rate / tuned.rate, FASTER)


def _writes(one: Found) -> Iterator[Row]:
    """G6."""
    cost, race = one.cost, one.race
    for name, where in CONSTANTS.items():
        for post, answer in (("outcome", "the next lead"), ("outcome plain", "a redirect")):
            what = f"contacts a second, answered with {answer}, to constant pages{where}"
            yield _least(what, one.took[post].rate / one.took[name].rate, POSTED)
    yield Row(
        f"{cost.statements} statements of a contact, from signing in to the redirect",
        f"{cost.whole * 1000:.2f} ms, of them {cost.write * 1000:.2f} ms in transactions",
    )
    yield Row(
        "one bare statement: the lead, guarded by version, and one event",
        f"{cost.bare * 1000:.2f} ms",
    )
    yield _most("all statements of a contact to that one", cost.whole / cost.bare, WRITTEN)
    yield Row(
        "16 clients at once on the same lead",
        f"{race.sent} sent, {race.kept} kept, {race.refused} told who was first, {race.lost} lost",
        "none lost",
        race.lost == 0,
    )


def _growth(few: Found, many: Found) -> Iterator[Row]:
    """G4."""
    for reader, who in SEES.items():
        ratio = many.took[f"queue {reader}"].p50 / few.took[f"queue {reader}"].p50
        yield _most(
            f"Queue page, {_low(who)}: {many.leads:,} to {few.leads:,} leads, p50", ratio, FLAT
        )


def _most(what: str, ratio: float, limit: float) -> Row:
    return Row(what, f"{ratio:.2f} times", f"{limit} times", ratio <= limit)


def _least(what: str, ratio: float, limit: float) -> Row:
    return Row(what, f"{ratio:.2f} times", f"at least {limit} times", ratio >= limit)


def _low(who: str) -> str:
    return who[0].lower() + who[1:]
