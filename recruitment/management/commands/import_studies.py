"""Read ClinicalTrials.gov records into studies."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from recruitment.rules.identity import clean_line
from recruitment.rules.refusals import Refusal
from recruitment.rules.registry import StudyFile, UnreadableRecord, read_studies
from recruitment.rules.registry.reading import MAX_BYTES
from recruitment.services.registry_import import Result, import_study
from trialsnest.lib.words import counted


class Command(BaseCommand):
    help = "Import study records of ClinicalTrials.gov (JSON, API v2); safe to run twice."

    def add_arguments(self, parser: CommandParser) -> None:
        """Files, or folders of which every *.json is read."""
        parser.add_argument("paths", nargs="+", metavar="FILE_OR_FOLDER")

    def handle(self, *args: Any, **options: Any) -> None:
        """A sentence per refusal, one line of counts last; exit status 1 if nothing was read."""
        counts: Counter[str] = Counter()
        for name, found in read_study_files(options["paths"]):
            for problem in _import(found, counts):
                counts["refused"] += 1
                self.stderr.write(f"{name}: {problem}")
        read = sum(counts[result] for result in Result)
        self.stdout.write(
            f"{counted(read, 'study', 'studies')} read: "
            + ", ".join(f"{counts[result]} {result}" for result in Result)
            + f"; {counts['refused']} refused"
        )
        if not read:
            raise SystemExit(1)


def read_study_files(paths: Sequence[str]) -> Iterator[tuple[str, StudyFile]]:
    """Every file of `paths` under its name: folders give their *.json in order of name.

    What cannot be read at all comes as a file of one problem.
    """
    for path in map(Path, paths):
        files = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not files:
            yield _name(path), StudyFile((), ("The folder holds no file named *.json.",))
        for file in files:
            try:
                yield _name(file), read_studies(_bytes(file))
            except UnreadableRecord as refusal:
                yield _name(file), StudyFile((), (str(refusal),))


def _bytes(file: Path) -> bytes:
    """The file, or one byte more than may be read, so that its reader refuses it."""
    try:
        if not file.is_file():
            raise UnreadableRecord("There is no such file.")
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise UnreadableRecord(f"The file cannot be opened: {error.strerror}.") from None


def _name(path: Path) -> str:
    return clean_line(path.name) or "."


def _import(found: StudyFile, counts: Counter[str]) -> list[str]:
    """Store the studies of one file and count them; the sentences of what was refused."""
    problems = list(found.problems)
    for study in found.studies:
        try:
            outcome = import_study(study, by=None, at=timezone.now())
        except Refusal as refusal:
            problems.append(str(refusal))
        else:
            counts[outcome.result] += 1
    return problems
