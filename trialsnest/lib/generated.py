"""Pages of docs/ with parts that are made from the code, each between its two marks."""

from argparse import ArgumentParser
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


def renewed(page: str, parts: Mapping[str, str]) -> str:
    """`page` with these parts, by name, as they are now; what was written by hand stays.

    Raises ValueError where a mark is missing.
    """
    for name, text in parts.items():
        begins, ends = f"<!-- generated: {name} -->\n", f"<!-- end of {name} -->"
        before, found, rest = page.partition(begins)
        _, closed, after = rest.partition(ends)
        if not found or not closed:
            raise ValueError(f"The page has no marks for {name}.")
        page = f"{before}{begins}{text}{ends}{after}"
    return page


class PageCommand(BaseCommand):
    """Writes the generated parts of one page, or says whether they are behind the code.

    May run any number of times; what was written by hand stays as it is. Needs no database.
    """

    page: str
    requires_system_checks = ()

    def parts(self) -> Mapping[str, str]:
        """The text of each generated part, by the name in its marks."""
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` writes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if the page is behind"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a page that is behind, with `--check`, or has no marks."""
        page = Path(settings.BASE_DIR) / "docs" / self.page
        written = page.read_text()
        try:
            fresh = renewed(written, self.parts())
        except ValueError as error:
            raise CommandError(f"docs/{self.page}: {error}") from error
        if options["check"]:
            if fresh != written:
                command = type(self).__module__.rpartition(".")[2]
                raise CommandError(f"docs/{self.page} is behind: run manage.py {command}.")
            self.stdout.write(f"docs/{self.page} says what the code says.")
            return
        page.write_text(fresh)
        changed = fresh != written
        self.stdout.write(f"docs/{self.page} written.\n" if changed else "Nothing to write.\n")
