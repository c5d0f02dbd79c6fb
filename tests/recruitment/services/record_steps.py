"""The steps of a record's way."""

from collections.abc import Callable
from typing import Any

from recruitment.rules.vocabulary import RecordsState, RecordsType
from recruitment.rules.work_codes import RecordsResult
from recruitment.services import records
from tests.factories.stages import Steps

R = RecordsState
LABS = RecordsType.LABS
WAYS: dict[RecordsState, tuple[Callable[..., Any], dict[str, Any]]] = {
    R.REQUESTED: (records.request_record, {"how": "fax"}),
    R.RECEIVED: (records.receive_record, {}),
    R.REVIEWED: (records.review_record, {"result": RecordsResult.SUFFICIENT}),
    R.INCOMPLETE: (
        records.review_record,
        {"result": RecordsResult.MORE_NEEDED, "reason": "Page 2 is missing"},
    ),
    R.WAIVED: (records.waive_record, {"reason": "Seen at the site"}),
    R.UNOBTAINABLE: (records.give_up_record, {"reason": "The practice closed"}),
    R.NOT_REQUIRED: (records.drop_record, {}),
}


def take(steps: Steps, state: RecordsState) -> None:
    verb, values = WAYS[state]
    verb(type=LABS, **steps.common(), **values)
