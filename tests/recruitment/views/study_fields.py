"""The form of a study on the set-up pages, filled in."""

from typing import Any

from recruitment.models import Sponsor


def study_fields(sponsor: Sponsor, **more: Any) -> dict[str, Any]:
    """What the form needs to be sent; `more` is added or stands instead."""
    return {
        "code": "WREN-1",
        "title": "A study of sleep",
        "sponsor": sponsor.pk,
        "registry_status": "RECRUITING",
        "report_cadence": "weekly",
        "report_weekday": "0",
        "report_time": "06:00",
        "small_cell_floor": "5",
        "contact_opens": "09:00",
        "contact_closes": "19:00",
        "ctms_handoff_on": "attended",
        "released_a_day": "15",
    } | more
