"""Write the generated parts of docs/domain.md, or say whether they are behind the code."""

from collections.abc import Mapping

from recruitment.rules import glossary
from trialsnest.lib.generated import PageCommand


class Command(PageCommand):
    """The stage diagram and the glossary."""

    help = "Writes the stage diagram and the glossary of docs/domain.md from the code."
    page = "domain.md"

    def parts(self) -> Mapping[str, str]:
        """Made from the codes."""
        return glossary.parts()
