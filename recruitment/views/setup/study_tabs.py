"""The settings pages of one study, beside each other."""

from django.urls import reverse

from recruitment.views.setup.base import Tab

PAGES = (
    ("study_edit", "Details"),
    ("stage_settings", "Stages"),
    ("stage_prompts", "Prompts"),
    ("wordings", "Wording"),
    ("sub_reason_list", "Reasons"),
    ("records_list", "Records"),
    ("cadence", "Cadence"),
    ("study_targets", "Targets"),
    ("stale_limits", "Stale limits"),
)
"""URL name, which takes the study's key, and label."""


def study_tabs(pk: int, current: str) -> list[Tab]:
    """The pages about the study with this key."""
    return [Tab(label, reverse(name, args=[pk]), name == current) for name, label in PAGES]
