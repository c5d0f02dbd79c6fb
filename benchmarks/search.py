"""G11: what it costs to find a lead among a million, for who sees little and for who sees all.

    .venv/bin/python -m benchmarks.search

Measured in one run on a copy of one database: all statements of our search, for names, parts of
names, last digits, numbers and addresses of people drawn from the data, beside the statements of
Django admin's search (two counts and a page of 50, `icontains` without an index) in turns.
"""

import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from statistics import median, quantiles
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.models import Exists, OuterRef, Q

from benchmarks.database import copy_of_base, postgres_words, server
from benchmarks.moment import AT
from benchmarks.running import MILLION, arguments, lead_builder, report
from benchmarks.stopwatch import Stopwatch, is_busy
from benchmarks.table import Row, machine

SAMPLES = 30  # searches of each kind for each role
ADMIN_ROUNDS = 3
LIMIT, RATIO = 0.010, 0.05  # of G11: seconds of statements, and times the admin's search
ROLES = {"5 studies at sites": 5, "50 studies at sites": 50, "all 2,500": 2500}


def main() -> int:
    """Measure, print, and write the page if asked; 1 if a limit was missed."""
    options = arguments(__doc__)

    def build() -> None:
        from benchmarks.names import name_everybody  # models are there only now

        lead_builder(options.leads)()
        name_everybody()

    with server() as url, copy_of_base(url, build, what=f"named_{options.leads}"):
        rows, where = measure(options.leads)
    return report("search", rows, where, write=options.write)


def measure(leads: int) -> tuple[list[Row], str]:
    """The rows of the page, and on what kind of machine."""
    users = {role: _user(places) for role, places in ROLES.items()}
    took: dict[tuple[str, str], list[float]] = defaultdict(list)
    watch, admin = Stopwatch(), Stopwatch()
    chance = random.Random(5)  # noqa: S311  (which people are looked for)
    people = [_person(chance.randint(1, leads)) for _ in range(SAMPLES)]
    for turn, person in enumerate(people):
        print(f"Round {turn + 1} of {SAMPLES}", flush=True)
        for kind, text in _asked(person):
            for role, user in users.items():
                with watch.timed(role):
                    took[role, kind].append(_search(user, text))
        if turn % (SAMPLES // ADMIN_ROUNDS) == 0:
            for kind, text in _asked(person):
                if kind in {"surname", "last 4 digits"}:
                    with admin.timed(kind):
                        _admin_search(text, with_phones=kind != "surname")
    return list(_rows(took, watch, admin, leads)), machine(postgres_words())


def _rows(
    took: dict[tuple[str, str], list[float]], watch: Stopwatch, admin: Stopwatch, leads: int
) -> Iterator[Row]:
    anchor = admin.seconds("surname")
    for role in ROLES:
        of_role = [value for (name, _), values in took.items() if name == role for value in values]
        p95 = quantiles(of_role, n=20)[-1]
        mean = sum(watch.processor.get(role, [0])) / len(of_role)
        holds = p95 <= LIMIT or (is_busy() and role in watch.processor and mean <= LIMIT)
        yield Row(
            f"Search, {role}, {len(of_role)} searches: statements, p50 and p95",
            f"{median(of_role) * 1000:.1f} and {p95 * 1000:.1f} ms,"
            f" {mean * 1000:.1f} ms of processor time with all of Python",
            "10 ms" if leads == MILLION else "",
            holds,
        )
        yield Row(
            f"Search, {role}: p95 to the admin's search for a surname",
            f"{p95 / anchor:.3f} times",
            f"{RATIO} times",
            p95 / anchor <= RATIO,
        )
    for kind in dict.fromkeys(kind for _, kind in took):
        said = (f"{median(took[role, kind]) * 1000:.1f}" for role in ROLES)
        yield Row(f"Search by {kind}: p50 for each role", " / ".join(said) + " ms")
    for kind in admin.clock:
        yield Row(f"Django admin's search, {kind}, over everything", admin.words(kind))


def _asked(person: dict[str, str]) -> list[tuple[str, str]]:
    """What somebody types who looks for this person."""
    first, last, phone, email = (person[name] for name in ("first", "last", "phone", "email"))
    return [
        ("surname", last),
        ("both names", f"{first} {last}"),
        ("beginning of a name", last[:3]),
        ("two beginnings", f"{first[:2]} {last[:3]}"),
        ("last 4 digits", phone[-4:]),
        ("whole number", f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"),
        ("address", email[:12] if "@" in email[:12] else email),
        ("lead number", person["number"]),
    ]


def _search(user: Any, text: str) -> float:
    """Seconds of all statements of one search, as they are awaited."""
    from recruitment.queries.find import find_leads

    took = 0.0

    def timed(execute: Callable[..., Any], *call: Any) -> Any:
        nonlocal took
        began = time.perf_counter()
        answer = execute(*call)
        took += time.perf_counter() - began
        return answer

    with connection.execute_wrapper(timed):
        found = find_leads(user, text, now=AT)
    assert found is not None
    return took


def _admin_search(text: str, *, with_phones: bool) -> None:
    """The statements of a changelist with search_fields: names and number, or also the phones."""
    from recruitment.models import ContactPoint, Lead

    found = Lead.objects.all()
    for word in text.split():
        names = Q(person__first_name__icontains=word) | Q(person__last_name__icontains=word)
        points = ContactPoint.objects.filter(person=OuterRef("person"), value__icontains=word)
        phones = Q(Exists(points)) if with_phones else Q()
        found = found.filter(Q(number__icontains=word) | names | phones)
    found.count()
    Lead.objects.count()
    list(found.select_related("person", "study_site", "owner").order_by("-pk")[:50])


def _user(places: int) -> Any:
    """Somebody who sees and works so many studies at sites."""
    from accounts.models import User
    from recruitment.models import StudySite
    from recruitment.models.access import StudySiteUserPermission

    user = User.objects.create(email=f"sees{places}@example.org", name=f"Sees {places}")
    kind = ContentType.objects.get_for_model(StudySite)
    keys = list(StudySite.objects.order_by("pk").values_list("pk", flat=True))
    for codename in ("view_leads", "work_leads"):
        permission = kind.permission_set.get(codename=codename)
        StudySiteUserPermission.objects.bulk_create(
            StudySiteUserPermission(user=user, permission=permission, content_object_id=key)
            for key in keys[:: len(keys) // places][:places]
        )
    return user


def _person(key: int) -> dict[str, str]:
    """Somebody of the data."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT first_name, last_name, phone.value, email.value, lead.number"
            "  FROM recruitment_person person JOIN recruitment_lead lead ON lead.person_id = %s"
            "  JOIN recruitment_contactpoint phone ON phone.person_id = %s AND phone.kind = 'phone'"
            "  JOIN recruitment_contactpoint email ON email.person_id = %s AND email.kind = 'email'"
            " WHERE person.id = %s",
            [key] * 4,
        )
        names = ("first", "last", "phone", "email", "number")
        return dict(zip(names, cursor.fetchone(), strict=True))


if __name__ == "__main__":
    sys.exit(main())
