"""How many leads of a study rest in each stage, and how many of them are stale (6.1)."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q

from recruitment.models import Lead, StageSetting, Study
from recruitment.rules.stages import Stage


@dataclass(frozen=True)
class StaleCounts:
    """Leads of one stage."""

    leads: int = 0
    stale: int = 0
    at_risk: int = 0


def stale_by_stage(study: Study, *, at: datetime) -> dict[Stage, StaleCounts]:
    """The leads of each stage at all sites of the study, at `at` (UTC); one statement."""
    rows = Lead.objects.filter(study_site__study=study).order_by().values("stage")
    counted = rows.annotate(
        leads=Count("pk"),
        stale=Count("pk", filter=Q(stale_at__lte=at)),
        at_risk=Count("pk", filter=Q(risk_at__lte=at, stale_at__gt=at)),
    )
    found = {
        Stage(row["stage"]): StaleCounts(row["leads"], row["stale"], row["at_risk"])
        for row in counted
    }
    return dict.fromkeys(Stage, StaleCounts()) | found


def versions_by_stage(study: Study) -> dict[Stage, int]:
    """The version of the study's words for each stage, 0 for the usual ones; one statement."""
    rows = StageSetting.objects.filter(study=study).order_by().values_list("code")
    newest = {Stage(code): version for code, version in rows.annotate(Max("version"))}
    return dict.fromkeys(Stage, 0) | newest
