"""Rows that may be one person. Nothing is merged here: a row is marked, and a person decides (DU2).

Same number and same address, or the only contact point both have under one name: a duplicate.
Anything shared under another name or beside something that differs: a suspected match (D24).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from recruitment.rules.identity import name_key
from recruitment.rules.lead_files.rows import Action, LeadRow

_SHARING = 20  # people remembered per value; a call center's own number may stand in every row


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody already on file. `label` names her in a sentence ("lead 7XK2M9QD", "row 2").

    `name` is `name_key`; e-mails and phones are normalized.
    """

    label: str
    external_id: str = ""
    name: str = field(default="", repr=False)
    emails: frozenset[str] = field(default=frozenset(), repr=False)
    phones: frozenset[str] = field(default=frozenset(), repr=False)
    birth_date: date | None = field(default=None, repr=False)
    birth_year: int | None = field(default=None, repr=False)


def known_from_row(row: LeadRow, label: str = "") -> KnownPerson:
    """A row of a file as somebody known, by default under its row number."""
    return KnownPerson(
        label=label or f"row {row.row_number}",
        external_id=row.external_id,
        name=name_key(row.first, row.last),
        emails=frozenset(row.emails),
        phones=frozenset(row.phones),
        birth_date=row.birth_date,
        birth_year=row.birth_year,
    )


def mark_within(rows: Iterable[LeadRow]) -> tuple[LeadRow, ...]:
    """Rows accepted so far, compared with the accepted rows above them."""
    register = _Register()
    marked: list[LeadRow] = []
    for row in rows:
        if row.action is Action.ACCEPT:
            row = _judge(row, register, match_ids=True)
            if row.action in (Action.ACCEPT, Action.REVIEW):
                register.add(known_from_row(row))
        marked.append(row)
    return tuple(marked)


def mark_known(rows: Iterable[LeadRow], known: Iterable[KnownPerson]) -> tuple[LeadRow, ...]:
    """Accepted rows compared with people on file. Record numbers are not compared: the caller
    knows from which system they came."""
    register = _Register()
    for person in known:
        register.add(person)
    return tuple(
        _judge(row, register, match_ids=False) if row.action is Action.ACCEPT else row
        for row in rows
    )


class _Register:
    """People by everything that may be shared; the first entered is found first."""

    def __init__(self) -> None:
        self._by: dict[str, list[KnownPerson]] = {}

    def add(self, person: KnownPerson) -> None:
        """Enter a person under everything she has."""
        for key in _keys(person):
            sharing = self._by.setdefault(key, [])
            if len(sharing) < _SHARING:
                sharing.append(person)

    def by_id(self, external_id: str) -> KnownPerson | None:
        """The first person under a record number; empty finds nobody."""
        return next(iter(self._by.get(f"id:{external_id}", ())), None) if external_id else None

    def like(self, person: KnownPerson) -> list[KnownPerson]:
        """Everybody who shares a number, an address, or a name and birth year."""
        found: dict[int, KnownPerson] = {}
        for key in _keys(person):
            for other in self._by.get(key, ()) if not key.startswith("id:") else ():
                if not (key.startswith("name:") and _born_apart(person, other)):
                    found[id(other)] = other
        return list(found.values())


def _keys(person: KnownPerson) -> list[str]:
    keys = [f"phone:{phone}" for phone in person.phones]
    keys += [f"email:{email}" for email in person.emails]
    if person.name and person.birth_year:
        keys.append(f"name:{person.name}:{person.birth_year}")
    if person.external_id:
        keys.append(f"id:{person.external_id}")
    return keys


def _judge(row: LeadRow, register: _Register, *, match_ids: bool) -> LeadRow:
    action, reason = _verdict(known_from_row(row), register, match_ids=match_ids)
    return replace(row, action=action, reason=reason)


def _verdict(person: KnownPerson, register: _Register, *, match_ids: bool) -> tuple[Action, str]:
    numbered = register.by_id(person.external_id) if match_ids else None
    if numbered is not None:
        if replace(numbered, label=person.label) == person:
            return Action.DUPLICATE, f"the same record number as {numbered.label}"
        return Action.CONFLICT, f"the record number of {numbered.label} with another content"
    alike = register.like(person)
    for other in alike:
        if _is_same(person, other):
            return (
                Action.DUPLICATE,
                f"the same person as {other.label}: {_shared(person, other)}",
            )
    if alike:
        other = alike[0]
        return Action.REVIEW, f"may be the person of {other.label}: {_shared(person, other)}"
    return Action.ACCEPT, ""


def _born_apart(one: KnownPerson, other: KnownPerson) -> bool:
    return bool(one.birth_date and other.birth_date) and one.birth_date != other.birth_date


def _is_same(one: KnownPerson, other: KnownPerson) -> bool:
    if _born_apart(one, other):
        return False
    pairs = ((one.phones, other.phones), (one.emails, other.emails))
    shared = [bool(mine & theirs) for mine, theirs in pairs if mine and theirs]
    return bool(shared) and all(shared) and one.name == other.name


def _shared(one: KnownPerson, other: KnownPerson) -> str:
    checks: Sequence[tuple[str, bool, bool]] = (
        ("phone number", bool(one.phones & other.phones), bool(one.phones and other.phones)),
        ("e-mail address", bool(one.emails & other.emails), bool(one.emails and other.emails)),
        ("name", bool(one.name) and one.name == other.name, bool(one.name and other.name)),
    )
    same = " and ".join(name for name, is_same, _ in checks if is_same)
    differing = " and ".join(name for name, is_same, both in checks if both and not is_same)
    return f"same {same}, other {differing}" if differing else f"same {same}"
