"""Which column of a file means what: by its header, by a person's word, or not at all."""

import re
from collections.abc import Mapping, Sequence
from enum import StrEnum

from recruitment.rules.identity import clean_line, normalize_email, normalize_phone, words
from recruitment.rules.lead_files.rows import UnreadableFile

HEADER_LIMIT = 500  # characters; form builders put whole questions into headers
HEADER_WITHIN = 15  # records; more lines than this above a header are somebody's document


class LeadField(StrEnum):
    """What a column may be read as (13.2). The value is the code that a mapping uses."""

    EXTERNAL_ID = "external_id"
    FIRST = "first"
    LAST = "last"
    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    POSTAL_CODE = "postal_code"
    RECEIVED_AT = "received_at"
    CONSENT_CONTACT = "consent_contact"
    CONSENT_SMS = "consent_sms"
    CONSENT_EMAIL = "consent_email"
    LANGUAGE = "language"
    BEST_TIME = "best_time"
    NOTE = "note"

    @property
    def label(self) -> str:
        """The field in staff's words."""
        return LABELS[self]


LABELS: Mapping[LeadField, str] = {
    LeadField.EXTERNAL_ID: "Record number",
    LeadField.FIRST: "First name",
    LeadField.LAST: "Last name",
    LeadField.NAME: "Whole name",
    LeadField.EMAIL: "E-mail",
    LeadField.PHONE: "Phone",
    LeadField.BIRTH_DATE: "Date of birth",
    LeadField.POSTAL_CODE: "ZIP or postal code",
    LeadField.RECEIVED_AT: "Received",
    LeadField.CONSENT_CONTACT: "Agreed to be contacted",
    LeadField.CONSENT_SMS: "Agreed to texts",
    LeadField.CONSENT_EMAIL: "Agreed to e-mail",
    LeadField.LANGUAGE: "Language",
    LeadField.BEST_TIME: "Best time to call",
    LeadField.NOTE: "Note",
}
SEVERAL = frozenset({LeadField.EMAIL, LeadField.PHONE, LeadField.RECEIVED_AT})
"""Fields that more than one column may feed."""

_AGREE = r"\b(?:agree|consent|permission|may we|ok to|okay to)\b"
# Matched in this order against the folded words of a header; the first that fits decides.
_RULES: tuple[tuple[LeadField, str], ...] = (
    (LeadField.CONSENT_SMS, rf"{_AGREE}.*\b(?:sms|texts?|text messages?)\b|^sms consent$"),
    (LeadField.CONSENT_EMAIL, rf"{_AGREE}.*\be ?mail\b"),
    (LeadField.CONSENT_CONTACT, rf"{_AGREE}.*\b(?:contact(?:ed|ing)?|call(?:ed)?|phoned?|reach)\b"),
    (LeadField.BEST_TIME, r"\b(?:best|preferred) times?\b"),
    (LeadField.EMAIL, r"\be ?mail\b"),
    (LeadField.PHONE, r"\b(?:tele)?phone\b|\b(?:tel|mobile|cell)\b"),
    (
        LeadField.BIRTH_DATE,
        r"\b(?:d ?o ?b|yob|(?:date|day|year) ?of ?birth|birth ?(?:date|day|year)|birthdt)\b"
        r"|^born(?: on)?$|\b(?:geburts(?:datum|tag|jahr)|fecha de nacimiento|date de naissance)\b",
    ),
    (LeadField.FIRST, r"\b(?:first|given|fore) ?name\b|^given$|^vorname$"),
    (LeadField.LAST, r"\b(?:last|family|sur) ?name\b|^nachname$"),
    (
        LeadField.NAME,
        r"^(?:(?:full|whole|patient|participant|contact) )?name$|\byour (?:full )?name\b",
    ),
    (LeadField.POSTAL_CODE, r"\b(?:zip|zip ?code|postal code|post ?code|plz)\b"),
    (LeadField.LANGUAGE, r"^(?:(?:preferred|spoken) )?(?:language|lang)$"),
    (
        LeadField.RECEIVED_AT,
        r"^(?:timestamp|created(?: time| at)?|received(?: at| on)?|submitted(?: at| on)?|date"
        r"|date (?:received|submitted)|submission (?:date|time)|(?:inquiry|enquiry|reply) date)$",
    ),
    (LeadField.NOTE, r"^(?:notes?|comments?)$"),
    (LeadField.EXTERNAL_ID, r"^(?:(?:lead|record|external|response|submission) )?id$|^reference$"),
)


def field_for(header: str, extra: Sequence[tuple[LeadField | None, str]] = ()) -> LeadField | None:
    """What a header means. `extra` rules come first; one with None leaves the column out."""
    key = " ".join(words(header)) or header
    for target, pattern in (*extra, *_RULES):
        if re.search(pattern, key):
            return target
    return None


def birth_columns(
    columns: Sequence[str], extra: Sequence[tuple[LeadField | None, str]] = ()
) -> tuple[str, ...]:
    """The columns whose headers say that they tell when somebody was born."""
    return tuple(c for c in columns if field_for(c, extra) is LeadField.BIRTH_DATE)


def guess_mapping(
    columns: Sequence[str], extra: Sequence[tuple[LeadField | None, str]] = ()
) -> dict[str, LeadField]:
    """Column by column, what it is read as; columns that say nothing are left out.

    The first column wins for a field that takes one.
    """
    mapping: dict[str, LeadField] = {}
    for column in columns:
        target = field_for(column, extra)
        if target is not None and (target in SEVERAL or target not in mapping.values()):
            mapping[column] = target
    return mapping


def name_columns(cells: Sequence[str]) -> tuple[str, ...]:
    """Headers as unique clean names: blanks are numbered, a repeated one gets its count."""
    names: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = clean_line(cell) or f"Column {place}"
        if len(name) > HEADER_LIMIT:
            raise UnreadableFile(
                "The first row does not look like column names: a cell is too long."
            )
        count = 2
        unique = name
        while unique in names:
            unique, count = f"{name} ({count})", count + 1
        names.append(unique)
    return tuple(names)


def looks_like_a_person(cells: Sequence[str]) -> bool:
    """Whether a record holds an address or a number, as a header never does."""
    return any(normalize_email(cell) for cell in cells if "@" in cell) or any(
        normalize_phone(cell) for cell in cells if len(cell) < 40 and not cell.strip().isalpha()
    )


def suggest_by_content(cells: Sequence[str]) -> dict[str, LeadField]:
    """For a file without headers: what the cells of one row show for certain."""
    found: dict[str, LeadField] = {}
    for place, cell in enumerate(cells, 1):
        if normalize_email(cell):
            found[f"Column {place}"] = LeadField.EMAIL
        elif not re.search(r"[A-Za-z]|^\d{4}-", cell) and normalize_phone(cell):
            found[f"Column {place}"] = LeadField.PHONE
    return found
