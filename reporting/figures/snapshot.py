"""The frozen form of a report: canonical JSON and its SHA-256.

The text is the same for the same figures: sorted keys, no spaces, whole numbers only, instants in
UTC as 2026-11-16T11:00:00Z, days as 2026-11-16. It holds figures and labels, no lead and no
person, and it is all that a page or a PDF is made from. It survives a round trip through a JSON
column.
"""

import json
import types
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, partial
from hashlib import sha256 as _sha256
from typing import Any, TypeAlias, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from reporting.figures.report import Report

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"

SCHEMA = 5
"""Version of the shape below; raised with every change that an older reader cannot take."""
_SINCE_2: dict[str, Json] = {"asks": {"open": [], "answered": []}}
_SINCE_3: dict[str, Json] = dict.fromkeys(
    ("agreed", "execution", "scheduling", "stalled", "friction", "planned", "revised")
)
_SINCE_4: dict[str, Json] = dict.fromkeys(("site_work", "changes"))
MISSING: dict[int, dict[str, Json]] = {
    1: _SINCE_2 | _SINCE_3 | _SINCE_4,
    2: _SINCE_3 | _SINCE_4,
    3: _SINCE_4,
    4: {},
    5: {},
}
"""What a report of each schema does not hold, as it is read: a section that it has none of."""
_HEADER_SINCE_5: dict[str, Json] = {"site_zone": "", "site_hours": "", "next_review_on": None}
_ASK_SINCE_5: dict[str, Json] = {"options": [], "option": ""}
TOP = {"schema", "report"}
R = TypeVar("R")
Reader: TypeAlias = "Callable[[Json, str], Any]"
"""Makes a value of plain JSON; the words say where that stands, for the error."""


class UnreadableSnapshot(ValueError):
    """The text is no snapshot of this schema; `str()` says where it differs."""


def to_document(report: Report) -> dict[str, Json]:
    """The report as plain JSON values, for a JSON column."""
    return {"schema": SCHEMA, "report": _plain(report)}


def canonical(document: dict[str, Json]) -> str:
    """The one text of a document. Raises TypeError for a number that is not whole."""
    _refuse_fractions(document)
    return json.dumps(
        document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def to_json(report: Report) -> str:
    """The canonical text of a report."""
    return canonical(to_document(report))


def sha256(text: str) -> str:
    """The hash of a canonical text, in hexadecimal: the one that is stored and printed."""
    return _sha256(text.encode()).hexdigest()


def from_document(document: dict[str, Json]) -> Report:
    """The report of a stored document. Raises UnreadableSnapshot."""
    schema, report = document.get("schema"), document.get("report")
    if not isinstance(schema, int) or schema not in MISSING or set(document) != TOP:
        raise UnreadableSnapshot(f"this is no snapshot of schema {SCHEMA}")
    if isinstance(report, dict):
        report = report | MISSING[schema]
        if schema < 5:
            report |= _words_before_5(report)
    return _read_dataclass(Report, report, "report")


def _words_before_5(report: dict[str, Json]) -> dict[str, Json]:
    """Header and asks of an older report, without what they did not tell then."""
    header, asks = report.get("header"), report.get("asks")
    found: dict[str, Json] = {}
    if isinstance(header, dict):
        found["header"] = _HEADER_SINCE_5 | header
    if isinstance(asks, dict):
        found["asks"] = {name: _with_options(rows) for name, rows in asks.items()}
    return found


def _with_options(rows: Json) -> Json:
    if not isinstance(rows, list):
        return rows
    return [_ASK_SINCE_5 | row if isinstance(row, dict) else row for row in rows]


def from_json(text: str) -> Report:
    """The report of a text. Raises UnreadableSnapshot."""
    try:
        document = json.loads(text)
    except ValueError as problem:
        raise UnreadableSnapshot("this is no JSON") from problem
    if not isinstance(document, dict):
        raise UnreadableSnapshot("this is no JSON object")
    return from_document(document)


def _plain(value: object) -> Json:
    if isinstance(value, Enum):
        return str(value.value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError("a snapshot holds no naive time")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(getattr(value, name)) for name in _names(type(value))}
    raise TypeError(f"a snapshot holds no {type(value).__name__}")


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    """The fields of a dataclass."""
    return tuple(field.name for field in fields(kind))


def _refuse_fractions(value: Json) -> None:
    if isinstance(value, float):
        raise TypeError("a snapshot holds whole numbers only")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_fractions(item)
    elif isinstance(value, list):
        for item in value:
            _refuse_fractions(item)


def _read_plain(kind: Any, value: Json, at: str) -> Any:
    """`value` as the type `kind`, of which it is or as whose text it stands."""
    if type(value) is kind:
        return value
    if not isinstance(value, str) or not issubclass(kind, date | Enum):
        raise UnreadableSnapshot(f"{at} is no {kind.__name__}")
    try:
        return kind.fromisoformat(value) if issubclass(kind, date) else kind(value)
    except ValueError as problem:
        raise UnreadableSnapshot(f"{at} is no {kind.__name__}") from problem


def _read_tuple(kinds: tuple[Any, ...], value: Json, at: str) -> tuple[Any, ...]:
    is_open = kinds[-1] is Ellipsis
    if not isinstance(value, list) or (not is_open and len(kinds) != len(value)):
        raise UnreadableSnapshot(f"{at} is no list of the right length")
    readers = [_reader(kind) for kind in kinds if kind is not Ellipsis]
    if is_open:
        readers *= len(value)
    return tuple(
        read(item, f"{at}.{i}") for i, (read, item) in enumerate(zip(readers, value, strict=True))
    )


def _read_dataclass(kind: type[R], value: Json, at: str) -> R:
    readers = _readers(cast("Hashable", kind))
    if not isinstance(value, dict) or value.keys() != readers.keys():
        raise UnreadableSnapshot(f"{at} does not have the fields of {kind.__name__}")
    return kind(**{name: read(value[name], f"{at}.{name}") for name, read in readers.items()})


@cache
def _readers(kind: Hashable) -> Mapping[str, Reader]:
    """What reads the fields of a dataclass, by their names."""
    hints = get_type_hints(kind)
    return types.MappingProxyType({name: _reader(hint) for name, hint in hints.items()})


@cache
def _reader(kind: Any) -> Reader:
    """What reads a value of an annotated type; to look at the annotation costs the most."""
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        inner = _reader(next(arg for arg in get_args(kind) if arg is not types.NoneType))
        return lambda value, at: None if value is None else inner(value, at)
    if origin is tuple:
        return partial(_read_tuple, get_args(kind))
    if is_dataclass(kind) and isinstance(kind, type):
        return partial(_read_dataclass, kind)
    return partial(_read_plain, kind)
