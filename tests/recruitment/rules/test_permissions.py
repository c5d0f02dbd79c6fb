"""By which channels somebody may be contacted, every word and every scope enumerated (OA7, DN3)."""

from datetime import UTC, datetime
from itertools import product

import pytest

from recruitment.rules.permissions import (
    CONSENTED,
    OPTED_OUT,
    ContactFile,
    Forbidden,
    Point,
    Said,
    Scope,
    allowed,
    refusals,
)
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import Channel, PermissionState

AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
PHONE = Point(1, "phone", "+16175550101", "self", "Own", True)
EMAIL = Point(2, "email", "ada@example.org", "self", "Own", False)
STUDY, SITE = 7, 3
Y, N, U = PermissionState.YES, PermissionState.NO, PermissionState.UNKNOWN


def _file(
    said: dict[Channel, PermissionState] | None = None,
    *forbidden: Forbidden,
    points: tuple[Point, ...] = (PHONE, EMAIL),
    how: str = "stated",
) -> ContactFile:
    words = {channel: Said(state, how, "", AT) for channel, state in (said or {}).items()}
    return ContactFile(points, words, forbidden, (), "", "")


def _may(
    contact: ContactFile, stage: Stage = Stage.CONTACTED, *, has_basis: bool = True
) -> set[str]:
    refused = refusals(contact, study_id=STUDY, site_id=SITE, stage=stage, has_basis=has_basis)
    assert all(sentence.endswith(".") for sentence in refused.values())
    return {str(channel) for channel in allowed(refused)}


@pytest.mark.parametrize(("channel", "word"), list(product(Channel, [*PermissionState, None])))
def test_each_word_on_each_channel(channel: Channel, word: PermissionState | None) -> None:
    may = _may(_file({channel: word} if word else {}))

    if channel == Channel.TEXT:
        assert (channel in may) == (word == Y)
    else:
        assert (channel in may) == (word != N)


def test_nothing_is_allowed_without_a_contact_basis() -> None:
    assert _may(_file(dict.fromkeys(Channel, Y)), has_basis=False) == set()


@pytest.mark.parametrize("points", [(), (PHONE,), (EMAIL,), (PHONE, EMAIL)])
def test_a_channel_needs_something_to_reach_her_by(points: tuple[Point, ...]) -> None:
    may = _may(_file({Channel.TEXT: Y}, points=points))

    kinds = {point.kind for point in points}
    assert (Channel.PHONE in may) == (Channel.TEXT in may) == ("phone" in kinds)
    assert (Channel.EMAIL in may) == ("email" in kinds)


@pytest.mark.parametrize(
    ("entry", "ends"),
    [
        (Forbidden(Scope.ORGANISATION, "", None, None), True),
        (Forbidden(Scope.SITE, "", None, SITE), True),
        (Forbidden(Scope.SITE, "", None, SITE + 1), False),
        (Forbidden(Scope.STUDY, "", STUDY, None), True),
        (Forbidden(Scope.STUDY, "", STUDY + 1, None), False),
    ],
)
@pytest.mark.parametrize("stage", list(Stage))
def test_an_opt_out_ends_every_channel_within_its_scope_until_consent(
    entry: Forbidden, ends: bool, stage: Stage
) -> None:
    contact = _file(dict.fromkeys(Channel, Y), entry)

    assert contact.is_opted_out(study_id=STUDY, site_id=SITE) == ends
    governs = ends and stage not in CONSENTED
    assert _may(contact, stage) == (set() if governs else set(Channel.values))


@pytest.mark.parametrize("stage", [Stage.CONTACTED, Stage.SCREENED])
def test_a_text_keyword_ends_texts_everywhere_and_nothing_else(stage: Stage) -> None:
    contact = _file(dict.fromkeys(Channel, Y), Forbidden(Scope.CHANNEL, "text", None, None))

    assert _may(contact, stage) == set(Channel.values) - {"text"}
    assert not contact.is_opted_out(study_id=STUDY, site_id=SITE)


def test_the_no_of_an_opt_out_does_not_govern_the_study_teams_contact_but_her_own_no_does() -> None:
    said = {Channel.PHONE: N, Channel.EMAIL: N}
    by_opt_out, own = _file(said, how=f"{OPTED_OUT}: by phone"), _file(said)

    assert Channel.PHONE in _may(by_opt_out, Stage.SCREENED)
    assert Channel.PHONE not in _may(by_opt_out, Stage.CONTACTED)
    assert Channel.PHONE not in _may(own, Stage.SCREENED)
