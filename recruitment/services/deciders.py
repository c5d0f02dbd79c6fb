"""Whose decision a record may be: the study team's, or that of who was delegated (LC6, LC7, CL3).

Before consent, which here is before Screened, a member delegated for prescreening may decide on
the study's criteria from a completed prescreen, and on nothing else (D26).
"""

from recruitment.models import Lead, LeadEvent, Review, StudyStaff, stage_label
from recruitment.rules.events import EventKind
from recruitment.rules.refusals import InvalidInput, Refusal
from recruitment.rules.stages import CLOSED, Stage
from recruitment.rules.vocabulary import PrescreenState, ReviewDecision
from recruitment.services.log import Change

PRESCREENING = "prescreening"


def check_decider(work: Change, to: Stage, decided_by: StudyStaff | None) -> None:
    """Refuse a move to `to` that names nobody who may decide it (LC6, LC7).

    Raises InvalidInput at `decided_by`. At most one statement.
    """
    outcome = work.state.stage == Stage.SCREENED and to in CLOSED
    needed = outcome or to in {Stage.SCREENED, Stage.ENROLLED, Stage.NOT_QUALIFIED}
    if needed and decided_by is None:
        raise InvalidInput(
            f"Name who on the study team decided; {to.label} is their decision.",
            field="decided_by",
        )
    if decided_by is None:
        return
    check_on_team(decided_by, work.lead)
    if decided_by.decides != PRESCREENING:
        return
    if to != Stage.NOT_QUALIFIED:
        check_study_team(decided_by, work.lead)
    if after_consent(work):
        raise InvalidInput(
            f"{decided_by.name} decides before consent only; name who on the study team decided.",
            field="decided_by",
        )


def check_basis(work: Change, decided_by: StudyStaff | None) -> None:
    """Refuse Not qualified without a completed prescreen or a study-team review (LC6).

    Who is delegated for prescreening decides on a completed prescreen alone (CL3). Raises
    Refusal, InvalidInput. At most one statement.
    """
    if work.state.prescreen == PrescreenState.COMPLETE:
        return
    reviews = Review.objects.filter(lead=work.lead, decided_by__isnull=False)
    if not reviews.exclude(decision=ReviewDecision.WITHDRAWN).exists():
        label = stage_label(work.lead.study_site.study, Stage.NOT_QUALIFIED)
        raise Refusal(f"{label} needs a completed prescreen or a study-team review first.")
    if decided_by is not None and decided_by.decides == PRESCREENING:
        raise InvalidInput(
            f"{decided_by.name} decides on a completed prescreen only;"
            " name who on the study team decided.",
            field="decided_by",
        )


def check_on_team(decided_by: StudyStaff, lead: Lead) -> None:
    """Refuse somebody who is not, or no longer, on the study's team at the site (LC7)."""
    if decided_by.study_site_id != lead.study_site_id or not decided_by.is_active:
        raise InvalidInput("That person is not on this study's team here.", field="decided_by")


def check_study_team(decided_by: StudyStaff, lead: Lead) -> None:
    """Refuse whoever does not decide for the study team: not on it, or delegated only (LC7)."""
    check_on_team(decided_by, lead)
    if decided_by.decides == PRESCREENING:
        raise InvalidInput(
            f"{decided_by.name} is delegated for prescreening only;"
            " name who on the study team decided.",
            field="decided_by",
        )


def after_consent(work: Change) -> bool:
    """Whether the lead came to Screened, however it went on. One statement, or none."""
    if work.state.stage == Stage.SCREENED:
        return True
    screened = LeadEvent.objects.filter(
        lead=work.lead,
        kind=EventKind.STAGE_CHANGED,
        to_stage=Stage.SCREENED,
        voided_by__isnull=True,
    )
    return screened.exists()
