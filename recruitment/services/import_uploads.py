"""Uploaded files between their upload and their import (RT6): kept for a day, in one table."""

import csv
import hashlib
import io
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from recruitment.models import ImportUpload, Source, StudySite
from recruitment.rules.identity import clean_line
from recruitment.rules.lead_files import KINDS, LeadFile, safe_cell
from recruitment.rules.lead_files.reading import open_sheet
from recruitment.rules.refusals import Refusal
from recruitment.services.lead_import import ImportPlan, apply_import, plan_import, read_for_site

KEPT = timedelta(days=1)
MOST_AT_ONCE = 500  # rows; about 30 ms each, and a web request has a minute


def keep_upload(
    *,
    owner: User,
    study_site: StudySite | None,
    source: Source | None,
    file_name: str,
    content: bytes,
    kind: str,
    at: datetime,
) -> ImportUpload:
    """Keep a file from `at` (UTC) for a day. What has expired goes at the same time."""
    delete_expired_uploads(at=at)
    return ImportUpload.objects.create(
        owner=owner,
        study_site=study_site,
        source=source,
        file_name=clean_line(file_name)[:200],
        content=content,
        kind=kind,
        made_at=at,
        expires_at=at + KEPT,
    )


def delete_expired_uploads(*, at: datetime) -> int:
    """Delete uploads that expired by `at` (UTC); how many. May run twice."""
    deleted, _ = ImportUpload.objects.filter(expires_at__lte=at).delete()
    return deleted


def match_columns(upload: ImportUpload, *, mapping: Mapping[str, str], date_order: str) -> None:
    """Keep what each column is read as; columns that are left out stand with an empty field."""
    upload.mapping, upload.date_order = dict(mapping), date_order
    upload.save(update_fields=["mapping", "date_order"])


def read_as(upload: ImportUpload, *, kind: str, encoding: str) -> None:
    """Keep which system the file comes from and what encoding somebody named; columns anew."""
    upload.kind, upload.encoding, upload.mapping = kind, encoding, {}
    upload.save(update_fields=["kind", "encoding", "mapping"])


def read_upload(
    upload: ImportUpload, *, at: datetime, mapping: Mapping[str, str] | None = None
) -> LeadFile:
    """The rows of an upload as it is matched, or as `mapping` would. Raises UnreadableFile."""
    return read_for_site(
        bytes(upload.content),
        study_site=_place(upload)[0],
        at=at,
        kind=upload.kind,
        mapping=mapping or upload.mapping,
        encoding=upload.encoding,
        date_order=upload.date_order,
    )


def plan_upload(upload: ImportUpload, lead_file: LeadFile, *, at: datetime) -> ImportPlan:
    """What importing the upload at `at` (UTC) would do. Reads only. Raises InvalidInput."""
    study_site, source = _place(upload)
    return plan_import(lead_file, study_site=study_site, source=source, at=at)


@transaction.atomic
def import_upload(
    upload: ImportUpload, *, by: User, at: datetime, wanted: Collection[int] = ()
) -> ImportUpload:
    """Import a lead file that was matched; the upload with the counts of its rows.

    Afterwards only the rows that were left out are kept, for the rest of the day. `wanted` as in
    `plan_import`; `at` is UTC. May run twice: the second call finds it done. Raises Refusal.
    """
    locked = ImportUpload.objects.select_for_update().get(pk=upload.pk)
    if locked.imported_at is not None:
        return locked
    study_site, source = _place(locked)
    lead_file = read_upload(locked, at=at)
    if lead_file.is_encoding_guess:
        raise Refusal("Say first which encoding shows the names as they should be.")
    plan = apply_import(
        lead_file,
        study_site=study_site,
        source=source,
        by=by,
        at=at,
        file_name=locked.file_name,
        file_sha256=hashlib.sha256(locked.content).hexdigest(),
        wanted=frozenset(wanted),
        most=MOST_AT_ONCE,
    )
    locked.content = left_out_csv(locked, plan)
    locked.counts = dict(plan.counts)
    locked.imported_at = at
    locked.save(update_fields=["content", "counts", "imported_at"])
    return locked


def left_out_csv(upload: ImportUpload, plan: ImportPlan) -> bytes:
    """The rows that would not be stored, as they came, with number and reason (UTF-8 with BOM).

    No cell of it is run as a formula by a spreadsheet. Empty when no row is left out.
    """
    left_out = {p.row.row_number: p.row.reason for p in plan.rows if p.is_left_out}
    if not left_out:
        return b""
    sheet = open_sheet(
        bytes(upload.content),
        KINDS[upload.kind],
        wanted=tuple(upload.mapping),
        encoding=upload.encoding or None,
    )
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    width = len(sheet.columns)
    writer.writerow([*map(safe_cell, sheet.columns), "Row in the file", "Why it was left out"])
    for record in sheet.records:
        if record.number in left_out:
            cells = (*record.cells, *[""] * width)[:width]
            reason = left_out[record.number]
            writer.writerow([*map(safe_cell, cells), record.number, safe_cell(reason)])
    return out.getvalue().encode("utf-8-sig")


def _place(upload: ImportUpload) -> tuple[StudySite, Source]:
    """Where a lead file belongs; a constraint keeps it there."""
    if upload.study_site is None or upload.source is None:
        raise Refusal("This is no lead file.")
    return upload.study_site, upload.source
