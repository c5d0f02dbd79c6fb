"""A study's own reasons: added, reworded, retired, and fit for sponsors to read (CL4, 15.4)."""

from datetime import timedelta

import pytest

from accounts.models import User
from recruitment.models import Study, SubReason
from recruitment.queries.wording import retired_sub_reasons, sub_reasons_for
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.services.sub_reasons import (
    add_sub_reason,
    retire_sub_reason,
    reword_sub_reason,
)
from tests.factories.recruitment import MONDAY, StudyFactory, StudyStaffFactory

DAY = timedelta(days=1)


@pytest.fixture
def study(db: None) -> Study:
    return StudyFactory()


def add(study: Study, by: User, label: str = "No bus in the evening", **more: str) -> SubReason:
    values = {"under": "close", "code": "burden_travel", "label": label} | more
    return add_sub_reason(study=study, by=by, at=MONDAY, **values)


def offered(study: Study) -> list[str]:
    study.refresh_from_db()
    return [row.label for row in sub_reasons_for(study, "close")]


def test_a_reason_is_offered_reworded_as_the_next_version_and_retired(
    study: Study, administrator: User
) -> None:
    row = add(study, administrator)
    assert offered(study) == ["No bus in the evening"]
    assert sub_reasons_for(study, "blocker") == []

    new = reword_sub_reason(row=row, label="No bus after six", by=administrator, at=MONDAY + DAY)
    again = reword_sub_reason(row=new, label="No bus after six", by=administrator, at=MONDAY + DAY)

    assert again == new
    assert (new.version, new.code) == (2, "burden_travel")
    assert offered(study) == ["No bus after six"]
    with pytest.raises(Refusal, match="meanwhile"):
        reword_sub_reason(row=row, label="Another", by=administrator, at=MONDAY + DAY)
    for _ in range(2):
        retire_sub_reason(row=new, by=administrator, at=MONDAY + 2 * DAY)
    assert offered(study) == []
    assert [gone.version for gone in retired_sub_reasons(study)] == [2, 1]


@pytest.mark.parametrize(
    ("label", "said"),
    [
        ("", "Write the reason first."),
        ("x" * 61, "At most 60 characters."),
        ("Not eligible after all", "only the study team may say"),
        ("Asked Dr. Cole", "names no person"),
        ("Asked Marigold Finch", "names no person"),
    ],
)
def test_a_reason_that_says_too_much_or_nothing_is_refused(
    study: Study, administrator: User, label: str, said: str
) -> None:
    StudyStaffFactory(name="Marigold Finch")

    with pytest.raises(InvalidInput, match=said) as refusal:
        add(study, administrator, label)

    assert refusal.value.field == "label"
    assert not SubReason.objects.exists()


@pytest.mark.parametrize(
    ("under", "code"),
    [("close", "travel"), ("blocker", "burden_travel"), ("stage", "contacted"), ("close", "")],
)
def test_a_reason_stands_under_a_fixed_code(
    study: Study, administrator: User, under: str, code: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        add(study, administrator, under=under, code=code)

    assert refusal.value.field == "code"


def test_the_same_words_stand_once_under_a_code(study: Study, administrator: User) -> None:
    add(study, administrator)
    add(study, administrator, code="burden_schedule")

    with pytest.raises(InvalidInput, match="has this reason already"):
        add(study, administrator)
