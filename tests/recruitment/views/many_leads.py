"""Many open leads at once, written in bulk: for what must not grow with the number of rows."""

from typing import TypeVar

from django.db import transaction

from recruitment.models import Lead, NextAction, Person

Row = TypeVar("Row", Lead, NextAction)
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NAMES = [
    ("Alexandra-Josephine", "Fitzgerald-Montgomery"),
    ("Ngozi", "Okonkwo"),
    ("מרים", "בן-דוד"),
    ("Đặng", "Thị Nguyễn"),
    ("Zoë", "O'Brien & Søn"),
    ("王", "小明"),
]


def number_of(n: int) -> str:
    """A lead number as the service makes them, here counted."""
    digits = ""
    for _ in range(8):
        n, last = divmod(n, len(CROCKFORD))
        digits = CROCKFORD[last] + digits
    return digits


def copies_of(lead: Lead, n: int, *, begin: int = 10_000) -> list[Lead]:
    """`n` leads that differ from `lead` in who they are; columns as they stand in its row."""
    lead.refresh_from_db()
    action = NextAction.objects.get(lead=lead, ended_at__isnull=True)
    with transaction.atomic():
        people = Person.objects.bulk_create(
            Person(
                first_name=NAMES[i % len(NAMES)][0],
                last_name=NAMES[i % len(NAMES)][1],
                time_zone=lead.person.time_zone,
                created_at=lead.received_at,
            )
            for i in range(n)
        )
        made = Lead.objects.bulk_create(
            _copy(lead, person=person, number=number_of(begin + i), once_key=None)
            for i, person in enumerate(people)
        )
        NextAction.objects.bulk_create(_copy(action, lead=each) for each in made)
    return made


def _copy(row: Row, **changed: object) -> Row:
    fields = [field for field in type(row)._meta.concrete_fields if not field.primary_key]
    values = {field.attname: getattr(row, field.attname) for field in fields}
    copy = type(row)(**values)
    for name, value in changed.items():
        setattr(copy, name, value)
    return copy
