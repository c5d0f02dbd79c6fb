"""What the sponsor reports of a study at a site tell."""

from collections.abc import Iterable, Sequence
from typing import ClassVar

from recruitment.forms.setup.base import Line, SettingForm
from recruitment.models import StudySite


class SponsorReportsForm(SettingForm):
    """What the sponsor reports of a study at a site tell beyond what all of them tell (D39)."""

    parts: ClassVar[Sequence[tuple[str, Sequence[Line]]]] = [("", ["tells_site_work"])]

    class Meta:
        model = StudySite
        fields: Iterable[str] = ["tells_site_work"]
        labels = {"tells_site_work": "Tell ownership coverage and paused share"}
        help_texts = {
            "tells_site_work": "How many open leads have an owner and a next action that is not"
            " overdue, and how many running targets stand still. Small numbers are kept back."
        }
