"""Write the generated parts of docs/domain.md, or say whether they are behind the code."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recruitment.rules.glossary import renewed


class Command(BaseCommand):
    """May run any number of times; what was written by hand stays as it is."""

    help = "Writes the stage diagram and the glossary of docs/domain.md from the code."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` writes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail if the page is behind"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError for a page that is behind, with `--check`, or has no marks."""
        page = Path(settings.BASE_DIR) / "docs" / "domain.md"
        written = page.read_text()
        try:
            fresh = renewed(written)
        except ValueError as error:
            raise CommandError(str(error)) from error
        if options["check"]:
            if fresh != written:
                raise CommandError("docs/domain.md is behind: run manage.py describe_domain.")
            self.stdout.write("docs/domain.md says what the code says.")
            return
        page.write_text(fresh)
        self.stdout.write(
            "docs/domain.md written.\n" if fresh != written else "Nothing to write.\n"
        )
