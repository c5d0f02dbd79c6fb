"""One record of a lead file into a LeadRow: the person in it, and what must happen to the row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, tzinfo

from recruitment.rules.identity import clean_line, words
from recruitment.rules.lead_files.columns import LeadField
from recruitment.rules.lead_files.dates import (
    DateOrder,
    DateReading,
    Moment,
    age_on,
    read_birth_date,
    read_moment,
    settle_order,
)
from recruitment.rules.lead_files.kinds import RowView, SourceKind
from recruitment.rules.lead_files.people import (
    Cell,
    Remarks,
    read_all_emails,
    read_all_phones,
    read_answer,
    read_name,
    read_postal_code,
)
from recruitment.rules.lead_files.rows import Action, Answer, LeadRow
from recruitment.rules.lead_files.table import Record

ADULT_AGE = 18
EXTERNAL_ID_LIMIT = 200
NOTE_LIMIT = 500  # IN2: free text is capped
LANGUAGE_LIMIT = 40
BEST_TIME_LIMIT = 80
F = LeadField
_NOT_A_VALUE = ("[not completed]",)
Births = tuple[DateReading, tuple[DateReading, ...]]
"""What the column says that is kept, and what the others say that tell the age."""


class RowReader:
    """Reads the records of one file. `questions` are sentences about what the file leaves open.

    `unkept_births` are columns that are read only to tell who is under age.
    """

    def __init__(
        self,
        source: SourceKind,
        columns: Sequence[str],
        fields: Mapping[str, LeadField],
        *,
        unkept_births: Sequence[str],
        today: date,
        zone: tzinfo | None,
        region: str,
        order: DateOrder | None,
    ) -> None:
        self._source = source
        self._columns = columns
        self._keys = [" ".join(words(column)) for column in columns]
        self._places = {
            field: [columns.index(c) for c, f in fields.items() if f is field] for field in F
        }
        self._unkept = [columns.index(column) for column in unkept_births]
        self._unkept_orders: dict[int, DateOrder | None] = {}
        self._today = today
        self._zone = zone
        self._region = region
        self._stated_order = order
        self._orders: dict[LeadField, DateOrder | None] = {}
        self._saw_two_way = False
        self.questions: list[str] = []

    def read_all(self, records: Sequence[Record]) -> tuple[LeadRow, ...]:
        """Every record in order. The order of day and month is settled first, column by column."""
        self._settle_orders(records)
        rows = tuple(self._read(record) for record in records)
        if self._saw_two_way:
            self.questions.append(
                "Dates can be read day first or month first: say which the file uses."
            )
        return rows

    def _settle_orders(self, records: Sequence[Record]) -> None:
        for field in (F.BIRTH_DATE, F.RECEIVED_AT):
            cells = (cell.text for r in records for cell in self._cells(r, field))
            self._orders[field] = settle_order(cells, self._stated_order)
        for place in self._unkept:
            texts = (cell.text for r in records for cell in self._cells_at(r, [place]))
            self._unkept_orders[place] = settle_order(texts, self._stated_order)
        # The stamp of a form is written by its system, the birth date perhaps by a person.
        self._orders[F.RECEIVED_AT] = self._orders[F.RECEIVED_AT] or self._orders[F.BIRTH_DATE]

    def _read(self, record: Record) -> LeadRow:
        empty = LeadRow(record.number, Action.SKIP, "an empty line", channel=self._source.channel)
        if record.problem:
            return replace(empty, action=Action.REJECT, reason=record.problem)
        if record.is_blank:
            return empty
        outside = record.cells[len(self._columns) :]
        if len(record.cells) < len(self._columns) or any(cell.strip() for cell in outside):
            return replace(
                empty,
                action=Action.REJECT,
                reason=f"it has {len(record.cells)} cells where the column names have "
                f"{len(self._columns)}",
            )
        return self._judged(record, self._filled(record))

    def _judged(self, record: Record, filled: tuple[LeadRow, Births, Remarks]) -> LeadRow:
        row, births, remarks = filled
        verdict = self._source.judge(self._view(record))
        if verdict and verdict[0] in (Action.SKIP, Action.CHILD):
            return _without_person(row, *verdict)
        if remarks.fatal:
            return _without_person(row, Action.REJECT, remarks.fatal)
        if verdict:
            return replace(row, action=verdict[0], reason=verdict[1])
        if not row.emails and not row.phones:
            reason = "it has no phone number and no e-mail address that can be used"
            return replace(_without_person(row, Action.REJECT, reason), warnings=row.warnings)
        action, reason = self._age_verdict(births)
        return replace(row, action=action, reason=reason)

    def _age_verdict(self, births: Births) -> tuple[Action, str]:
        kept, unkept = births
        if any(self._may_be_minor(birth) for birth in (kept, *unkept)):
            return Action.MINOR, f"the person may be under {ADULT_AGE}"
        if kept.is_two_way:
            return Action.REVIEW, "the birth date can be read day first or month first"
        return Action.ACCEPT, ""

    def _may_be_minor(self, birth: DateReading) -> bool:
        """Whether the youngest person that a cell may mean is under age today."""
        age = birth.age
        if birth.day:
            age = age_on(self._today, birth.day)
        elif birth.year:
            age = self._today.year - birth.year - 1  # this year's birthday may be to come
        return age is not None and age < ADULT_AGE

    def _filled(self, record: Record) -> tuple[LeadRow, Births, Remarks]:
        """Every field of the row, whatever will become of it."""
        remarks = Remarks()
        name = read_name(
            self._cell(record, F.FIRST),
            self._cell(record, F.LAST),
            self._cell(record, F.NAME),
            remarks,
        )
        phones, beside = read_all_phones(self._cells(record, F.PHONE), self._region, remarks)
        birth = self._birth(record, remarks)
        unkept = self._unkept_births(record, remarks)
        moment = self._moment(record, remarks)
        row = LeadRow(
            record.number,
            Action.ACCEPT,
            external_id=self._line(record, F.EXTERNAL_ID, EXTERNAL_ID_LIMIT, remarks),
            first=name.first,
            last=name.last,
            emails=read_all_emails(self._cells(record, F.EMAIL), remarks),
            phones=phones,
            beside_phone=beside[:NOTE_LIMIT],
            birth_date=birth.day,
            birth_year=birth.day.year if birth.day else birth.year,
            postal_code=read_postal_code(self._cell(record, F.POSTAL_CODE), self._region, remarks),
            received_at=moment.at,
            received_on=moment.on,
            consent_contact=self._answer(record, F.CONSENT_CONTACT, remarks),
            consent_sms=self._answer(record, F.CONSENT_SMS, remarks),
            consent_email=self._answer(record, F.CONSENT_EMAIL, remarks),
            language=self._line(record, F.LANGUAGE, LANGUAGE_LIMIT, remarks),
            best_time=self._line(record, F.BEST_TIME, BEST_TIME_LIMIT, remarks),
            note=self._note(record, moment, remarks),
            channel=self._source.channel,
        )
        return replace(row, warnings=tuple(remarks.warnings)), (birth, unkept), remarks

    def _birth(self, record: Record, remarks: Remarks) -> DateReading:
        cell = self._cell(record, F.BIRTH_DATE)
        if not cell.text.strip():
            return DateReading()
        reading = read_birth_date(cell.text, self._orders[F.BIRTH_DATE], self._today)
        self._saw_two_way |= reading.is_two_way
        if reading.problem and not reading.is_two_way:
            remarks.warn(cell, reading.problem)
        return reading

    def _unkept_births(self, record: Record, remarks: Remarks) -> tuple[DateReading, ...]:
        """What the columns say that are read for the age check alone."""
        readings = []
        for place in self._unkept:
            for cell in self._cells_at(record, [place]):
                if cell.text:
                    reading = read_birth_date(cell.text, self._unkept_orders[place], self._today)
                    readings.append(reading)
                    self._saw_two_way |= reading.is_two_way and self._may_be_minor(reading)
                    if (reading.day, reading.year, reading.age) == (None, None, None):
                        remarks.warn(cell, "holds no birth date that can be read for the age check")
        return tuple(readings)

    def _moment(self, record: Record, remarks: Remarks) -> Moment:
        for cell in self._cells(record, F.RECEIVED_AT):
            if cell.text.strip():
                zone = UTC if words(cell.column)[-1:] == ("utc",) else self._zone
                moment = read_moment(cell.text, self._orders[F.RECEIVED_AT], zone, self._today)
                self._saw_two_way |= moment.is_two_way
                if moment.problem:
                    remarks.warn(cell, moment.problem)
                return moment
        return Moment()

    def _answer(self, record: Record, field: LeadField, remarks: Remarks) -> Answer:
        if not self._places[field]:
            return ""
        is_tick_box = self._source.code == "google_forms"
        cell = self._cell(record, field)
        return read_answer(cell, ticked_by_header=is_tick_box, remarks=remarks)

    def _note(self, record: Record, moment: Moment, remarks: Remarks) -> str:
        parts = [self._line(record, F.NOTE, NOTE_LIMIT, remarks)]
        if moment.on and self._source.day_only_note:
            parts.append(f"{self._source.day_only_note} {moment.on.isoformat()}")
        return "; ".join(part for part in parts if part)

    def _line(self, record: Record, field: LeadField, limit: int, remarks: Remarks) -> str:
        cell = self._cell(record, field)
        text = clean_line(cell.text)
        if len(text) > limit:
            remarks.warn(cell, f"holds more than {limit} characters and is cut there")
        return text[:limit].rstrip()

    def _cell(self, record: Record, field: LeadField) -> Cell:
        return next(iter(self._cells(record, field)), Cell("", ""))

    def _cells(self, record: Record, field: LeadField) -> list[Cell]:
        """The cells that feed a field, without the prefix their system puts before values."""
        return self._cells_at(record, self._places[field], self._source.prefixes.get(field, ""))

    def _cells_at(self, record: Record, places: Sequence[int], prefix: str = "") -> list[Cell]:
        cells = []
        for place in places:
            if place < len(record.cells) and record.cells[place] not in _NOT_A_VALUE:
                text = record.cells[place].strip().removeprefix(prefix)
                cells.append(Cell(self._columns[place], text))
        return cells

    def _view(self, record: Record) -> RowView:
        keyed: dict[str, str] = {}
        for key, cell in zip(self._keys, record.cells, strict=False):
            keyed.setdefault(key, cell)
        return RowView(keyed, record.cells[0])


def _without_person(row: LeadRow, action: Action, reason: str) -> LeadRow:
    """What is left of a row that becomes nothing: no identity is carried further (IN4)."""
    return LeadRow(
        row.row_number,
        action,
        reason,
        external_id=row.external_id,
        received_at=row.received_at,
        received_on=row.received_on,
        consent_contact=row.consent_contact,
        consent_sms=row.consent_sms,
        consent_email=row.consent_email,
        channel=row.channel,
    )
