"""Write the generated part of docs/figures.md, or say whether it is behind the code."""

from collections.abc import Mapping

from reporting.figures import definitions
from trialsnest.lib.generated import PageCommand


class Command(PageCommand):
    """What every figure of a sponsor report counts, and of what."""

    help = "Writes the table of definitions of docs/figures.md from the code."
    page = "figures.md"

    def parts(self) -> Mapping[str, str]:
        """Made from the definitions."""
        return definitions.parts()
