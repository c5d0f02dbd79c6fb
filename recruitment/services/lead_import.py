"""Lead files into leads: what each row would become, and the import itself (RT6, D24, D31)."""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from recruitment.models import ImportBatch, Lead, LeadNote, Source, StudySite
from recruitment.models.contact_files import forbidden_values
from recruitment.rules.lead_files import (
    Action,
    DateOrder,
    LeadFile,
    LeadRow,
    RowProblem,
    mark_known,
    preview,
    read_lead_file,
)
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.vocabulary import ContactBasis
from recruitment.services.imported_rows import enquirer_of
from recruitment.services.intake import check_target, receive_lead
from recruitment.services.known_people import KnownLead, known_people, leads_by_once_key

ID_LIMIT = 150  # letters of a record number that stand in a once_key as they are
BARRED = "this person asked before not to be contacted; the lead comes in, and nobody may reach out"
STORED, HERE = "stored", "already_here"


@dataclass(frozen=True, slots=True)
class PlannedRow:
    """One row and what will become of it. `received_at` is UTC, None for rows without a person.

    `is_here`: an earlier import from this source stored it. A row that is ready becomes a lead.
    """

    row: LeadRow
    once_key: str = ""
    received_at: datetime | None = None
    is_here: bool = False

    @property
    def is_ready(self) -> bool:
        """Whether an import would store it now."""
        return self.row.action is Action.ACCEPT and not self.is_here

    @property
    def is_left_out(self) -> bool:
        """Whether somebody should look at why it is not stored."""
        return self.row.action not in (Action.ACCEPT, Action.CHILD, Action.SKIP)


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Every row of a file in order, with what an import would do to it."""

    rows: tuple[PlannedRow, ...]

    @property
    def counts(self) -> Counter[str]:
        """Rows by the code of their action, and STORED and HERE as parts of `accept`."""
        counts: Counter[str] = Counter(planned.row.action.value for planned in self.rows)
        counts[STORED] = sum(planned.is_ready for planned in self.rows)
        counts[HERE] = sum(planned.is_here for planned in self.rows)
        return counts

    @property
    def problems(self) -> list[RowProblem]:
        """One sentence per problem, in row order; rows that are here already are none."""
        problems: list[RowProblem] = []
        for planned in self.rows:
            number = planned.row.row_number
            if planned.is_left_out:
                problems.append(RowProblem(number, planned.row.reason, is_fatal=True))
            if not planned.is_here:
                problems += [
                    RowProblem(number, warning, is_fatal=False) for warning in planned.row.warnings
                ]
        return problems


def read_for_site(
    data: bytes,
    *,
    study_site: StudySite,
    at: datetime,
    kind: str = "",
    mapping: Mapping[str, str] | None = None,
    encoding: str = "",
    date_order: str = "",
) -> LeadFile:
    """The rows of a file on the clock, the day and in the country of the site. Reads only.

    A date of birth is kept only where `mapping` says so, and always read to hold minors back.
    `at` is UTC; an empty `kind`, `encoding` or `date_order` is found out. Raises UnreadableFile.
    """
    zone = ZoneInfo(study_site.site.time_zone)
    return read_lead_file(
        data,
        kind=kind or preview(data, encoding=encoding or None).kind,
        today=at.astimezone(zone).date(),
        mapping=mapping,
        zone=zone,
        region=study_site.site.country,
        date_order=DateOrder(date_order) if date_order else None,
        encoding=encoding or None,
    )


def plan_import(
    lead_file: LeadFile,
    *,
    study_site: StudySite,
    source: Source,
    at: datetime,
    wanted: frozenset[int] = frozenset(),
) -> ImportPlan:
    """What importing `lead_file` at `at` (UTC) would do. Reads only.

    Rows are compared with the people who have a lead of this study at this site, and with nobody
    else. `wanted` are the numbers of rows to review that somebody decided to store all the same.
    Raises InvalidInput when leads of the source may not come to the study at the site.
    """
    check_target(study_site, source)
    zone = ZoneInfo(study_site.site.time_zone)
    planned = [_timed(row, source, zone=zone, at=at) for row in lead_file.rows]
    stored = leads_by_once_key({p.once_key for p in planned if p.once_key})
    planned = [_if_here(p, stored.get(p.once_key)) for p in planned]
    fresh = [p.row for p in planned if p.is_ready]
    known = known_people(
        study_site,
        phones={phone for row in fresh for phone in row.phones},
        emails={email for row in fresh for email in row.emails},
        birth_years={row.birth_year for row in fresh if row.birth_year},
        at=at,
    )
    marked = {row.row_number: row for row in mark_known(fresh, known)}
    barred = forbidden_values(
        {value for row in fresh for value in (*row.phones, *row.emails)},
        study_id=study_site.study_id,
        site_id=study_site.site_id,
    )
    rows = (
        replace(p, row=_told_if_barred(marked.get(p.row.row_number, p.row), barred))
        for p in planned
    )
    return ImportPlan(tuple(_as_wanted(rows, wanted)))


@transaction.atomic
def apply_import(
    lead_file: LeadFile,
    *,
    study_site: StudySite,
    source: Source,
    by: User | None,
    at: datetime,
    file_name: str,
    file_sha256: str,
    wanted: frozenset[int] = frozenset(),
    most: int | None = None,
) -> ImportPlan:
    """Store every row that is ready, all in one transaction; the plan as it was carried out.

    Plans anew under a lock, so that two imports from one source follow each other. `at` is UTC and
    taken just before the call: reports wait for transactions that began before what they tell, and
    an older time would slip past them (D36).
    May run twice: a row that is here already is left as it is, and a run that stores nothing
    writes nothing. Raises InvalidInput as `plan_import`, and Refusal when more than `most` rows
    are ready.
    """
    Source.objects.select_for_update(no_key=True).get(pk=source.pk)
    plan = plan_import(lead_file, study_site=study_site, source=source, at=at, wanted=wanted)
    if most is not None and plan.counts[STORED] > most:
        raise Refusal(too_many(plan.counts[STORED], most))
    rows = [_store(p, study_site, source, by=by, at=at) if p.is_ready else p for p in plan.rows]
    done = ImportPlan(tuple(rows))
    if done.counts[STORED]:
        ImportBatch.objects.create(
            source=source,
            study_site=study_site,
            kind=lead_file.kind,
            file_sha256=file_sha256,
            file_name=file_name[:200],
            at=at,
            by=by,
            counts=dict(done.counts),
        )
    return done


def too_many(ready: int, most: int) -> str:
    """Why so many rows are not imported while somebody waits, and what helps."""
    return (
        f"{ready:,} rows are ready, and a page imports at most {most:,} at once. Split the file, "
        "or have it imported with manage.py import_leads."
    )


def _store(
    planned: PlannedRow, study_site: StudySite, source: Source, *, by: User | None, at: datetime
) -> PlannedRow:
    """Make the lead; a row that the domain refuses is told and keeps nobody else out."""
    row = planned.row
    try:
        lead = receive_lead(
            study_site=study_site,
            source=source,
            enquirer=enquirer_of(row, region=study_site.site.country),
            received_at=planned.received_at or at,
            by=by,
            at=at,
            basis=ContactBasis.MISSING if row.consent_contact == "no" else None,
            once_key=planned.once_key,
        )
    except InvalidInput as refusal:
        reason = str(refusal).rstrip(".")
        return replace(planned, row=replace(row, action=Action.REJECT, reason=reason))
    _keep_words(lead, row)
    return planned


def _keep_words(lead: Lead, row: LeadRow) -> None:
    """Keep a row's note, and words that stood beside a number, with the receipt of the lead."""
    words = [row.note] if row.note else []
    if row.beside_phone:
        words.append(f'Beside the phone number stood: "{row.beside_phone}"')
    if words:
        LeadNote.objects.create(event=lead.events.get(seq=1), text="; ".join(words))


def _timed(row: LeadRow, source: Source, *, zone: ZoneInfo, at: datetime) -> PlannedRow:
    """The row with its key and its time: as stated, the start of its day, or now."""
    if row.action not in (Action.ACCEPT, Action.REVIEW):
        return PlannedRow(row)
    received_at = row.received_at or at
    if row.received_at is None and row.received_on is not None:
        received_at = datetime.combine(row.received_on, time(), zone)
    if received_at > at:
        ahead = "it would have been received in the future"
        return PlannedRow(replace(row, action=Action.REJECT, reason=ahead))
    return PlannedRow(row, _once_key(row, source), received_at)


def _told_if_barred(row: LeadRow, barred: Collection[str]) -> LeadRow:
    """The row with a warning if its person asked before not to be contacted (DN4)."""
    if not {*row.phones, *row.emails} & set(barred):
        return row
    return replace(row, warnings=(*row.warnings, BARRED))


def _once_key(row: LeadRow, source: Source) -> str:
    """The record number, or a digest of what the row says, under the source it came from."""
    if row.external_id and len(row.external_id) <= ID_LIMIT:
        return f"import:{source.pk}:{row.external_id}"
    said = [
        row.external_id,
        *(row.first, row.last, row.birth_year, row.phones, row.emails),
        *(str(row.received_at or ""), str(row.received_on or "")),
    ]
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return f"import:{source.pk}:sha256:{digest}"


def _if_here(planned: PlannedRow, stored: KnownLead | None) -> PlannedRow:
    """The row as already here, or in conflict with a record number that somebody else has."""
    if stored is None:
        return planned
    row = planned.row
    if stored.contacts & {*row.phones, *row.emails}:
        return replace(planned, row=replace(row, action=Action.ACCEPT, reason=""), is_here=True)
    reason = f"its record number belongs to lead {stored.number}, with other contact details"
    return replace(planned, row=replace(row, action=Action.CONFLICT, reason=reason))


def _as_wanted(rows: Iterable[PlannedRow], wanted: frozenset[int]) -> Iterable[PlannedRow]:
    """Accept the rows to review that somebody decided to store; each key once."""
    taken: set[str] = set()
    for planned in rows:
        row = planned.row
        is_wanted = row.action is Action.REVIEW and row.row_number in wanted
        if is_wanted and planned.once_key not in taken:
            planned = replace(planned, row=replace(row, action=Action.ACCEPT, reason=""))
        taken.add(planned.once_key)
        yield planned
