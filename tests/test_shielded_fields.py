"""Which fields about people the screen-share shield hides, and which it leaves alone (D34)."""

from django.apps import apps

from trialsnest.lib import shield
from trialsnest.lib.field_classes import class_of

SHOWN: dict[str, set[str]] = {
    "of the work, not of a patient": {
        "Lead.number",
        "Lead.person",
        "Person.language",
        "Person.needs_interpreter",
        "Person.time_zone",
        "Person.time_zone_basis",
        "Visit.place",
        "OutreachAttempt.wording",
        "ContactPermission.wording",
    },
    "settings and staff": {
        "ApprovedWording.approval_reference",
        "ApprovedWording.approved_version",
        "ApprovedWording.text",
        "Closure.reason",
        "Holiday.name",
        "Invitation.email",
        "Invitation.name",
        "RecordsListItem.why",
        "SettingChange.new",
        "SettingChange.old",
        "SettingChange.reason",
        "Site.call_back_phone",
        "Site.name",
        "Source.name",
        "Source.wording",
        "StagePrompt.approval_reference",
        "StagePrompt.approved_version",
        "StagePrompt.text",
        "StageSetting.action_text",
        "StageSetting.help_text",
        "StudyBlocker.detail",
        "StudyBlocker.resolution",
        "StudyStaff.name",
        "StudyStaff.role",
        "Invitation.token_hash",
    },
    "words of a review, which a shared screen shows": {
        "AgendaItem.words",
        "ReviewAction.words",
        "ReviewCorrection.words",
    },
    "numbers of visits, kept from reports": {
        "VisitForecast.booked",
        "VisitForecast.low",
        "VisitForecast.high",
        "ForecastCheck.attended",
        "ForecastCheck.unrecorded",
    },
    "who of the sponsor's side answered, which is no patient": {
        "AskEvent.said_by",
    },
    "never on a page": {
        "DoNotContact.keyed_hash",
        "Lead.once_key",
        "RowChange.before",
        "SearchToken.token",
        "ImportUpload.content",
        "ImportUpload.mapping",
    },
}
"""Fields about people, or with free words, that the shield leaves alone, and why."""


def test_every_field_about_a_patient_is_behind_the_shield_or_says_why_not() -> None:
    left = set().union(*SHOWN.values())
    open_ones = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_app_config("recruitment").get_models()
        for field in model._meta.concrete_fields
        if class_of(field) in {"identifying", "sensitive"} and not shield.is_shielded(field)
    }
    assert open_ones == left
