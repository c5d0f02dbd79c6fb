"""What the timeline says of permissions and corrections, for every code there is."""

import pytest

from recruitment.rules.event_words import event_words
from recruitment.rules.permissions import Scope
from recruitment.rules.vocabulary import Channel, PermissionState


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        ("text", "yes", "Text message: yes"),
        ("phone", "unknown", "Phone: not asked"),
        ("organisation", "no", "Asked not to be contacted: everything here"),
        ("study", "no", "Asked not to be contacted: this study"),
        ("lifted", "unknown", "Opt-out lifted"),
        ("forbidden", "no", "Asked before not to be contacted"),
        ("basis", "passed_on", "Contact basis: Permission passed on by a clinician or partner"),
        ("all", "no", "Permission recorded"),
    ],
)
def test_a_permission_reads(code: str, reason: str, words: str) -> None:
    assert event_words("permission_recorded", code=code, reason_code=reason) == words


def test_every_channel_and_scope_has_words_of_its_own() -> None:
    said = {
        event_words("permission_recorded", code=code, reason_code=PermissionState.NO)
        for code in [*Channel.values, Scope.STUDY, Scope.SITE, Scope.ORGANISATION]
    }

    assert len(said) == len(Channel) + 3


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("person", "Personal details corrected"),
        ("point_added", "Phone or e-mail added"),
        ("point_ended", "Phone or e-mail ended"),
        ("", "Contact details corrected"),
    ],
)
def test_a_correction_reads(code: str, words: str) -> None:
    assert event_words("person_corrected", code=code) == words
