"""Versions of a study's targets: from when, for whom, and what is refused (5.1, CK5, D28)."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import SettingChange, Study, StudySite, Target
from recruitment.queries.target_settings import all_rows, targets_now
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.target_words import STARTS, STOPS, pauses_words
from recruitment.rules.targets import DEFAULTS, ESCALATES_TO, TargetKey, Unit
from recruitment.rules.vocabulary import SourceKind
from recruitment.services.settings import SettingMoved
from recruitment.services.target_settings import Wanted, set_target, set_targets, versions_of
from recruitment.services.terms import terms_of
from tests.factories.recruitment import MONDAY

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
T, HOURS = TargetKey, Unit.HOURS


@pytest.fixture
def study(study_site: StudySite) -> Study:
    return study_site.study


def _set(study: Study, by: User, **values: Any) -> Target | None:
    given: dict[str, Any] = {
        "key": T.FIRST_RESPONSE,
        "amount": 6,
        "unit": HOURS,
        "in_force_from": MONDAY,
        "at": MONDAY,
    }
    return set_target(study=study, by=by, **(given | values))


def _now(study_site: StudySite, key: T, at: datetime, kind: str = "") -> int:
    study_site.study.refresh_from_db()
    return terms_of(study_site).target(key, at, kind).amount


def test_a_version_holds_from_its_moment_on_and_is_read_at_once(
    study_site: StudySite, study: Study, administrator: User
) -> None:
    assert _now(study_site, T.FIRST_RESPONSE, MONDAY) == 8

    row = _set(study, administrator, in_force_from=MONDAY + DAY)

    assert row is not None
    assert row.version == 1
    assert _now(study_site, T.FIRST_RESPONSE, MONDAY + DAY - HOUR) == 8
    assert _now(study_site, T.FIRST_RESPONSE, MONDAY + DAY) == 6


def test_the_same_again_writes_nothing(study: Study, administrator: User) -> None:
    assert _set(study, administrator, amount=8) is None  # the default says so
    assert _set(study, administrator) is not None
    assert _set(study, administrator) is None

    assert Target.objects.count() == 1
    assert SettingChange.objects.filter(field="target").count() == 1


def test_of_two_that_hold_from_one_moment_the_one_set_later_counts(
    study_site: StudySite, study: Study, administrator: User
) -> None:
    later = MONDAY + DAY
    _set(study, administrator, in_force_from=later)

    _set(study, administrator, in_force_from=later, amount=8)

    assert _now(study_site, T.FIRST_RESPONSE, later) == 8
    assert list(Target.objects.order_by("version").values_list("version", flat=True)) == [1, 2]


def test_a_site_has_its_own_until_it_goes_back_to_the_studys(
    study_site: StudySite, study: Study, administrator: User
) -> None:
    _set(study, administrator)
    _set(study, administrator, study_site=study_site, amount=2)
    assert _now(study_site, T.FIRST_RESPONSE, MONDAY) == 2

    _set(
        study,
        administrator,
        study_site=study_site,
        amount=None,
        unit="",
        at=MONDAY + HOUR,
        in_force_from=MONDAY + HOUR,
    )

    assert _now(study_site, T.FIRST_RESPONSE, MONDAY + HOUR) == 6


def test_a_kind_of_source_is_set_apart(
    study_site: StudySite, study: Study, administrator: User
) -> None:
    _set(study, administrator, source_kind=SourceKind.WEB, amount=1)

    assert _now(study_site, T.FIRST_RESPONSE, MONDAY, SourceKind.WEB) == 1
    assert _now(study_site, T.FIRST_RESPONSE, MONDAY, SourceKind.PAID) == 4
    assert _now(study_site, T.FIRST_RESPONSE, MONDAY, SourceKind.REFERRAL) == 8


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("amount", {"amount": 0}),
        ("amount", {"amount": -4}),
        ("amount", {"amount": 241}),
        ("amount", {"amount": None}),
        ("unit", {"unit": "closing"}),
        ("unit", {"unit": "weeks"}),
        ("unit", {"key": T.VISIT_CONFIRM}),
        ("source_kind", {"key": T.OWN, "source_kind": SourceKind.WEB}),
        ("source_kind", {"source_kind": "radio"}),
        ("in_force_from", {"in_force_from": MONDAY - HOUR}),
        ("in_force_from", {"in_force_from": MONDAY + 400 * DAY}),
        ("in_force_from", {"in_force_from": datetime(2026, 3, 3)}),  # noqa: DTZ001  (naive)
    ],
)
def test_what_cannot_be_is_refused_at_its_field_and_nothing_is_written(
    study: Study, administrator: User, field: str, values: dict[str, Any]
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _set(study, administrator, **values)

    assert refusal.value.field == field
    assert str(refusal.value).endswith(".")
    assert not Target.objects.exists()
    assert not SettingChange.objects.exists()


def test_several_are_set_together_or_none(study: Study, administrator: User) -> None:
    wanted = [Wanted(T.OWN, "", 2, HOURS), Wanted(T.OUTCOME, "", 0, HOURS)]

    with pytest.raises(InvalidInput):
        set_targets(study=study, wanted=wanted, in_force_from=MONDAY, by=administrator, at=MONDAY)

    assert not Target.objects.exists()


def test_a_page_older_than_a_change_is_refused_by_name(study: Study, administrator: User) -> None:
    _set(study, administrator)

    with pytest.raises(SettingMoved, match=administrator.name):
        set_targets(
            study=study,
            wanted=[Wanted(T.OWN, "", 2, HOURS)],
            in_force_from=MONDAY,
            by=administrator,
            at=MONDAY,
            seen=0,
        )


def test_the_change_is_told_in_words(study: Study, administrator: User) -> None:
    _set(study, administrator, source_kind=SourceKind.WEB, in_force_from=MONDAY + DAY)

    change = SettingChange.objects.get(field="target")
    assert (change.kind, change.object_id) == ("study", study.pk)
    assert change.old == "First response: web inquiry: 4 business hours"
    assert change.new == "First response: web inquiry: 6 business hours, from Tue 3 Mar 2026"


def test_the_page_has_a_row_for_each_target_and_each_kind_of_source(study: Study) -> None:
    rows = targets_now(versions_of(study), at=MONDAY, is_site=False)

    assert list(rows) == all_rows()
    assert len(rows) == len(TargetKey) + len(SourceKind)
    assert {key: rows[(key, "")].here for key in TargetKey} == dict(DEFAULTS)
    assert rows[(T.FIRST_RESPONSE, SourceKind.REFERRAL)].here is None
    assert rows[(T.FIRST_RESPONSE, SourceKind.REFERRAL)].in_force == DEFAULTS[T.FIRST_RESPONSE]


def test_every_target_says_when_it_starts_stops_pauses_and_who_is_shown_a_miss() -> None:
    for key in TargetKey:
        assert STARTS[key]
        assert STOPS[key]
        assert pauses_words(key)
        assert ESCALATES_TO[key]
