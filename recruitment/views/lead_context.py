"""What the page and the panel of one lead show: what was read of it, and its forms."""

from datetime import datetime
from typing import Any, cast

from django.http import HttpRequest

from accounts.models import User
from recruitment import access
from recruitment.forms.answers import AnswersForm
from recruitment.forms.closing import CloseForm, EnrollForm, KnockOutForm, ReopenForm
from recruitment.forms.corrections import CorrectStageForm, VoidForm
from recruitment.forms.ctms import CtmsCorrectForm, CtmsNumberForm, CtmsSendForm
from recruitment.forms.drafts import put_back_one
from recruitment.forms.escalations import escalation_forms
from recruitment.forms.lead_blockers import (
    BlockerOpenForm,
    BlockerRedateForm,
    BlockerResolveForm,
    BlockerTurnForm,
)
from recruitment.forms.lead_form import LeadForm
from recruitment.forms.lead_review import ReviewDecideForm, ReviewRequestForm
from recruitment.forms.lead_visit import (
    OfferDatesForm,
    VisitConfirmForm,
    VisitEndForm,
    VisitRescheduleForm,
)
from recruitment.forms.lead_work import (
    MoveForm,
    NoteForm,
    PrescreenForm,
)
from recruitment.forms.next_action import ActionForm, DoneForm
from recruitment.forms.outreach import OutreachForm
from recruitment.forms.ownership import owner_forms
from recruitment.forms.people import ContactPointForm, PersonForm
from recruitment.forms.permissions import OptOutForm, OptOutLiftForm, PermissionForm
from recruitment.forms.readiness import ReadinessForm
from recruitment.forms.records import RecordsForm, RecordsNameForm
from recruitment.forms.recovery import StaleReviewForm
from recruitment.forms.visit_booking import VisitBookForm
from recruitment.models import Lead
from recruitment.queries.approved_wording import wordings_for
from recruitment.queries.contact_panel import other_leads
from recruitment.queries.lead_page import LeadPage, lead_page
from recruitment.queries.lead_plan import lead_plan
from recruitment.rules.closing_phases import KNOCK_OUT_STAGES
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PrescreenState
from recruitment.rules.work_codes import CtmsState, HandoffState
from recruitment.services.calendars import calendar_of
from recruitment.services.contacting import tried_words
from recruitment.views.lead_forms import in_order

Fit = tuple[type[LeadForm], bool]
S = Stage
MOST_QUERY = 120  # characters of a board's filters
BOOKABLE = {S.READY_TO_SCHEDULE, S.CONTACTED, S.SCREENED}


def forms_for(page: LeadPage, rights: frozenset[str]) -> list[type[LeadForm]]:
    """The forms that make sense for the lead as it is and that its reader may send."""
    offered = [*_on_the_way(page), *_beside_the_way(page)]
    return [form for form, fits in offered if fits and form.perms & rights]


def _on_the_way(page: LeadPage) -> list[Fit]:
    """What brings a lead to its visit and beyond, and whether it fits the lead as it is."""
    stage, lead = Stage(page.lead.stage), page.lead
    is_open, asked = page.is_open, page.is_asked
    return [
        (OutreachForm, is_open),
        (StaleReviewForm, page.is_stale),
        (MoveForm, is_open),
        (PrescreenForm, is_open),
        (AnswersForm, is_open and lead.prescreen == PrescreenState.COMPLETE),
        (RecordsForm, is_open and bool(page.records)),
        (RecordsNameForm, is_open),
        (OfferDatesForm, stage == S.READY_TO_SCHEDULE),
        (VisitBookForm, stage in BOOKABLE and lead.visit_at is None),
        (VisitConfirmForm, lead.visit_at is not None and not lead.visit_confirmed),
        (VisitRescheduleForm, lead.visit_at is not None),
        (VisitEndForm, lead.visit_at is not None),
        (ReadinessForm, is_open and stage != S.SCREENED),
        (CtmsSendForm, page.ctms_state == CtmsState.TO_HAND_OFF),
        (CtmsNumberForm, page.ctms_state == CtmsState.SENT),
        (CtmsCorrectForm, page.ctms_state == CtmsState.ACKNOWLEDGED),
        (ReviewRequestForm, is_open and lead.prescreen == PrescreenState.COMPLETE and not asked),
        (ReviewDecideForm, asked),
    ]


def _beside_the_way(page: LeadPage) -> list[Fit]:
    """Next actions, blockers, the person, the end of the work, and corrections."""
    stage, is_open = Stage(page.lead.stage), page.is_open
    return [
        (DoneForm, is_open and page.is_completable),
        (ActionForm, is_open),
        (BlockerOpenForm, is_open),
        (BlockerResolveForm, bool(page.blockers)),
        (BlockerRedateForm, bool(page.blockers)),
        (BlockerTurnForm, bool(page.blockers)),
        (NoteForm, True),
        (PermissionForm, True),
        (OptOutForm, not page.is_opted_out),
        (OptOutLiftForm, bool(page.reach.contact.forbidden)),
        (ContactPointForm, True),
        (PersonForm, True),
        (KnockOutForm, stage in KNOCK_OUT_STAGES and not page.is_asked),
        (EnrollForm, stage == S.SCREENED),
        (CloseForm, is_open),
        (ReopenForm, not is_open and stage != S.ENROLLED),
        (CorrectStageForm, stage != S.NEW_INQUIRY),
        (VoidForm, True),
    ]


def forms_of(
    page: LeadPage, reader: User, rights: frozenset[str], *, refused: LeadForm | None
) -> list[LeadForm]:
    """The forms: the refused one with what was typed, the others with the reader's drafts."""
    lead, rows = page.lead, page.rows
    kinds = [
        *forms_for(page, rights),
        *owner_forms(lead, rows.handoff, reader, rights),
        *escalation_forms(lead, rows.escalations, rights),
    ]
    forms = [
        refused
        if refused is not None and isinstance(refused, kind)
        else kind(lead=lead, at=page.now, page=page)
        for kind in kinds
    ]
    if refused is not None and refused not in forms:
        forms.insert(0, refused)
    for form in forms:
        form.suit(rights)
        put_back_one(form, rows.drafts, reader=reader)
    return forms


def lead_context(
    request: HttpRequest, lead: Lead, *, at: datetime, refused: LeadForm | None = None
) -> dict[str, Any]:
    """What the page and the panel show; a refused form stands in its place with what was typed."""
    reader = cast(User, request.user)
    rights = access.rights(reader, lead)
    page, calendar = lead_page(lead, reader=reader, now=at), calendar_of(lead.study_site.site)
    handoff = page.rows.handoff
    offered = handoff if handoff and handoff.state == HandoffState.OFFERED else None
    forms = forms_of(page, reader, rights, refused=refused)
    others = [form for form in forms if form.key != OutreachForm.key]
    shown, more = in_order(others, page, refused=refused)
    return {
        "lead": lead,
        "page": page,
        "plan": lead_plan(page, handoff=offered, now=at, calendar=calendar),
        "now": at,
        "zone": page.zone,
        "stage_label": page.words.label,
        "can_work": "work_leads" in rights,
        "can_claim": "work_leads" in rights and lead.owner_id is None and page.is_open,
        "is_mine": lead.owner_id == reader.pk,
        "wordings": wordings_for(lead, refused=page.reach.refused) if page.is_open else [],
        "others": other_leads(reader, lead),
        "tried": tried_words(page.reach, lead, by_id=reader.pk, at=at),
        "handoff": offered,
        "handoff_steps": page.rows.steps,
        "halt": page.rows.halt,
        "escalations": page.rows.escalations,
        "log": next((form for form in forms if form.key == OutreachForm.key), None),
        "forms": shown,
        "more_forms": more,
        "refused": refused,
        "back": request.POST.get("back", "") or request.GET.get("back", ""),
        "back_query": request.POST.get("back_query", "")[:MOST_QUERY],
    }
