"""How the tests of visits end one."""

from typing import Any

from recruitment.rules.vocabulary import VisitResult
from recruitment.services.visits import end_visit
from tests.factories.stages import Steps


def end_with(steps: Steps, result: VisitResult, **values: Any) -> None:
    end_visit(result=result, **{**steps.common(), **values})  # type: ignore[arg-type]
    steps.lead.refresh_from_db()
