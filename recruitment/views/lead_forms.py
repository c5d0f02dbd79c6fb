"""In which order the forms of a lead's page stand, and which of them are folded away."""

from collections.abc import Iterable, Mapping, Sequence

from recruitment.forms.answers import AnswersForm
from recruitment.forms.closing import CloseForm, EnrollForm, KnockOutForm
from recruitment.forms.corrections import CorrectStageForm, VoidForm
from recruitment.forms.ctms import CtmsCorrectForm
from recruitment.forms.escalations import EscalateForm
from recruitment.forms.lead_blockers import BlockerRedateForm, BlockerTurnForm
from recruitment.forms.lead_form import LeadForm
from recruitment.forms.lead_review import ReviewDecideForm, ReviewRequestForm
from recruitment.forms.lead_visit import (
    OfferDatesForm,
    VisitConfirmForm,
    VisitEndForm,
    VisitRescheduleForm,
)
from recruitment.forms.lead_work import MoveForm, PrescreenForm
from recruitment.forms.ownership import AssignForm, ReleaseForm
from recruitment.forms.people import ContactPointForm, PersonForm
from recruitment.forms.permissions import OptOutForm, OptOutLiftForm, PermissionForm
from recruitment.forms.readiness import ReadinessForm
from recruitment.forms.records import RecordsForm, RecordsNameForm
from recruitment.forms.recovery import StaleReviewForm
from recruitment.forms.visit_booking import VisitBookForm
from recruitment.queries.lead_page import LeadPage
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ActionType

A = ActionType
Kind = type[LeadForm]

NEXT: Mapping[ActionType, Sequence[Kind]] = {
    A.SEND_PRESCREEN: (PrescreenForm,),
    A.FINISH_PRESCREEN: (PrescreenForm,),
    A.REVIEW_PRESCREEN: (AnswersForm, PrescreenForm),
    A.REQUEST_REVIEW: (ReviewRequestForm,),
    A.AWAIT_REVIEW: (ReviewDecideForm,),
    A.REQUEST_RECORDS: (RecordsForm, RecordsNameForm),
    A.CHASE_RECORDS: (RecordsForm,),
    A.REVIEW_RECORDS: (RecordsForm,),
    A.OFFER_DATES: (OfferDatesForm, VisitBookForm),
    A.CONFIRM_VISIT: (VisitConfirmForm, VisitRescheduleForm),
    A.SEND_PREPARATION: (ReadinessForm,),
    A.RECORD_VISIT: (VisitEndForm, VisitRescheduleForm),
    A.MISSED_VISIT: (VisitBookForm,),
    A.RECORD_OUTCOME: (EnrollForm, CloseForm),
    A.ESCALATE: (EscalateForm,),
    A.DECIDE_CLOSE: (CloseForm, MoveForm),
}
"""The forms that the next action asks for. A call or a message has the outcome pad."""

RARE: frozenset[Kind] = frozenset(
    {
        AssignForm,
        BlockerRedateForm,
        BlockerTurnForm,
        ContactPointForm,
        CorrectStageForm,
        CtmsCorrectForm,
        EscalateForm,
        KnockOutForm,
        OptOutForm,
        OptOutLiftForm,
        PermissionForm,
        PersonForm,
        ReadinessForm,
        RecordsNameForm,
        ReleaseForm,
        VoidForm,
    }
)
"""What is needed now and then; it stands under "More" unless the next action asks for it."""


def next_kinds(page: LeadPage) -> Sequence[Kind]:
    """The forms that the next action asks for, the likeliest first; a stale lead's review leads."""
    first: tuple[Kind, ...] = (StaleReviewForm,) if page.is_stale else ()
    if page.action is None or _waits_for_its_day(page):
        return first
    return [*first, *NEXT.get(ActionType(page.action.type), ())]


def _waits_for_its_day(page: LeadPage) -> bool:
    """Whether a call-back window runs: to decide on a close is planned, and not yet to be done."""
    row = page.action
    if row is None or row.type != ActionType.DECIDE_CLOSE:
        return False
    return page.lead.stage == Stage.NO_RESPONSE and row.due_at > page.now


def in_order(
    forms: Iterable[LeadForm], page: LeadPage, *, refused: LeadForm | None
) -> tuple[list[LeadForm], list[LeadForm]]:
    """The forms that stand open to be chosen, and those under "More".

    What the next action asks for comes first, and the likeliest of it is marked so. What was
    refused, or begins with words that were typed and not sent, is never folded away.
    """
    wanted = next_kinds(page)
    shown: list[LeadForm] = []
    more: list[LeadForm] = []
    for form in forms:
        kept = form is refused or bool(form.draft_said) or type(form) in wanted
        (more if type(form) in RARE and not kept else shown).append(form)
    shown.sort(key=lambda form: wanted.index(type(form)) if type(form) in wanted else len(wanted))
    for form in shown[:1]:
        form.is_next = type(form) in wanted
    return shown, more
