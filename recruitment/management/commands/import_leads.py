"""Read a lead file of another system into leads of a study at a site."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from recruitment.models import Source, StudySite
from recruitment.rules.lead_files import (
    ENCODINGS,
    KINDS,
    MAX_BYTES,
    Action,
    DateOrder,
    UnreadableFile,
)
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.lead_import import (
    HERE,
    STORED,
    ImportPlan,
    apply_import,
    plan_import,
    read_for_site,
)

UNUSABLE = {Action.REJECT.value, Action.CHILD.value, Action.SKIP.value}


class Command(BaseCommand):
    help = "Import leads from a file that another system exported (CSV, TSV); safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Where the leads belong, and what the file cannot say itself."""
        parser.add_argument("--study", required=True, metavar="CODE")
        parser.add_argument("--site", required=True, metavar="CODE")
        parser.add_argument("--source", required=True, metavar="CODE")
        parser.add_argument("--kind", choices=sorted(KINDS), default="", help="else guessed")
        parser.add_argument(
            "--mapping",
            action="append",
            default=[],
            metavar="FILE|COLUMN=FIELD",
            help="a JSON object of column to field, or one column; an empty field leaves it out",
        )
        parser.add_argument("--encoding", choices=ENCODINGS, default="")
        parser.add_argument(
            "--date-order", choices=[order.value for order in DateOrder], default=""
        )
        parser.add_argument("--dry-run", action="store_true", help="tell, and store nothing")
        parser.add_argument("file")

    def handle(self, *args: Any, **options: Any) -> None:
        """A sentence per problem, one line of counts last; exit status 1 if nothing was read."""
        try:
            plan = self._import(**options)
        except Refusal as refusal:
            self.stderr.write(str(refusal))
            self.stdout.write(_counts_line(Counter(), is_dry_run=options["dry_run"]))
            raise SystemExit(1) from None
        for problem in plan.problems:
            self.stderr.write(str(problem))
        self.stdout.write(_counts_line(plan.counts, is_dry_run=options["dry_run"]))
        if {planned.row.action.value for planned in plan.rows} <= UNUSABLE:
            raise SystemExit(1)

    def _import(self, **options: Any) -> ImportPlan:
        study_site = _study_site(options["study"], options["site"])
        source = _source(study_site, options["source"])
        data = _bytes(Path(options["file"]))
        at = timezone.now()
        lead_file = read_for_site(
            data,
            study_site=study_site,
            at=at,
            kind=options["kind"],
            mapping=_mapping(options["mapping"]),
            encoding=options["encoding"],
            date_order=options["date_order"],
        )
        for note in lead_file.notes:
            self.stderr.write(note)
        if options["dry_run"]:
            return plan_import(lead_file, study_site=study_site, source=source, at=at)
        return apply_import(
            lead_file,
            study_site=study_site,
            source=source,
            by=None,
            at=timezone.now(),  # of the transaction: reading a long file took a while
            file_name=Path(options["file"]).name,
            file_sha256=hashlib.sha256(data).hexdigest(),
        )


def _study_site(study: str, site: str) -> StudySite:
    found = StudySite.objects.select_related("study", "site").filter(
        study__code=study, site__code=site
    )
    study_site = found.first()
    if study_site is None:
        raise InvalidInput(f"There is no study {study} at a site {site}.", field="study")
    return study_site


def _source(study_site: StudySite, code: str) -> Source:
    source = Source.objects.filter(study=study_site.study, code=code).first()
    if source is None:
        raise InvalidInput(f"The study {study_site.study.code} has no source {code}.", field="code")
    return source


def _bytes(file: Path) -> bytes:
    """The file, or one byte more than may be read, so that its reader refuses it."""
    try:
        if not file.is_file():
            raise UnreadableFile("There is no such file.")
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableFile(f"The file cannot be opened: {error.strerror}.") from None


def _mapping(given: list[str]) -> Mapping[str, str] | None:
    """Column to field, from files and single columns in the order they were given."""
    mapping: dict[str, str] = {}
    for item in given:
        column, equals, field = item.rpartition("=")
        mapping.update({column: field} if equals else _mapping_file(Path(item)))
    return mapping or None


def _mapping_file(file: Path) -> dict[str, str]:
    try:
        content = json.loads(_bytes(file))
    except (ValueError, RecursionError):
        raise UnreadableFile("The mapping file is not JSON.") from None
    if not isinstance(content, dict) or not all(isinstance(v, str) for v in content.values()):
        raise UnreadableFile("The mapping file must be one object of column to field.")
    return content


def _counts_line(counts: Counter[str], *, is_dry_run: bool) -> str:
    """Every action by its code, the accepted ones told apart into stored and already here."""
    stored = "to store" if is_dry_run else "stored"
    rows = sum(counts[action] for action in Action)
    others = ", ".join(f"{counts[action]} {action}" for action in Action if action != Action.ACCEPT)
    return (
        f"{rows} rows: {counts[Action.ACCEPT]} accept ({counts[STORED]} {stored}, "
        f"{counts[HERE]} already here), {others}"
    )
