"""How a lead is answered: as a page, as the panel beside the queue, or as its row."""

from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.forms.answers import AnswersForm
from recruitment.forms.closing import CloseForm, EnrollForm, KnockOutForm, ReopenForm
from recruitment.forms.corrections import CorrectStageForm, VoidForm
from recruitment.forms.ctms import CtmsCorrectForm, CtmsNumberForm, CtmsSendForm
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
    VisitBookForm,
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
from recruitment.models import Lead
from recruitment.models.halts import standing_halt
from recruitment.queries.contact_panel import other_leads
from recruitment.queries.escalations import open_among
from recruitment.queries.handoffs import standing_handoff
from recruitment.queries.lead_page import LeadPage, lead_page
from recruitment.queries.lead_plan import lead_plan
from recruitment.queries.queue import Queue
from recruitment.queries.undo import undoable_action
from recruitment.rules.closing_phases import KNOCK_OUT_STAGES
from recruitment.rules.refusals import LeadChanged, Refusal
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import PrescreenState
from recruitment.rules.work_codes import CtmsState, HandoffState
from recruitment.services.calendars import calendar_of
from recruitment.services.contacting import tried_words
from recruitment.views.clock_lines import clock_lines

S = Stage
BOOKABLE = {S.READY_TO_SCHEDULE, S.CONTACTED, S.SCREENED}


def me(request: HttpRequest) -> User:
    """Who asks; the login middleware saw to it that somebody is signed in."""
    return cast(User, request.user)


def wants(request: HttpRequest, target: str) -> bool:
    """Whether htmx asks for the element `target` and not for a page."""
    return request.headers.get("HX-Target", "") == target


def forms_for(page: LeadPage, rights: frozenset[str]) -> list[type[LeadForm]]:
    """The forms that make sense for the lead as it is and that its reader may send."""
    stage, lead = Stage(page.lead.stage), page.lead
    is_open, asked = page.is_open, page.review is not None and page.review.decision == ""
    offered: list[tuple[type[LeadForm], bool]] = [
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
        (KnockOutForm, stage in KNOCK_OUT_STAGES and not asked),
        (EnrollForm, stage == S.SCREENED),
        (CloseForm, is_open),
        (ReopenForm, not is_open and stage != S.ENROLLED),
        (CorrectStageForm, stage != S.NEW_INQUIRY),
        (VoidForm, True),
    ]
    return [form for form, fits in offered if fits and form.perms & rights]


def lead_context(
    request: HttpRequest, lead: Lead, *, at: datetime, refused: LeadForm | None = None
) -> dict[str, Any]:
    """What the page and the panel show; a refused form stands in its place with what was typed."""
    rights = access.rights(me(request), lead)
    page, calendar = lead_page(lead, now=at), calendar_of(lead.study_site.site)
    handoff = standing_handoff(lead)
    offered = handoff if handoff and handoff.state == HandoffState.OFFERED else None
    escalations = open_among(lead, page.events)
    kinds = [
        *forms_for(page, rights),
        *owner_forms(lead, handoff, me(request), rights),
        *escalation_forms(lead, escalations, rights),
    ]
    forms = [
        refused
        if refused is not None and isinstance(refused, kind)
        else kind(lead=lead, at=at, page=page)
        for kind in kinds
    ]
    if refused is not None and refused not in forms:
        forms.insert(0, refused)
    return {
        "lead": lead,
        "page": page,
        "plan": lead_plan(page, handoff=offered, now=at, calendar=calendar),
        "now": at,
        "zone": page.zone,
        "stage_label": page.words.label,
        "can_work": "work_leads" in rights,
        "can_claim": "work_leads" in rights and lead.owner_id is None and page.is_open,
        "is_mine": lead.owner_id == me(request).pk,
        "others": other_leads(me(request), lead),
        "tried": tried_words(page.reach, lead, by_id=me(request).pk, at=at),
        "handoff": offered,
        "halt": standing_halt(lead.study_site) if page.reach.contact.is_halted else None,
        "escalations": escalations,
        "log": next((form for form in forms if form.key == OutreachForm.key), None),
        "forms": [form for form in forms if form.key != OutreachForm.key],
        "refused": refused,
        "back": request.POST.get("back", "") or request.GET.get("back", ""),
    }


def lead_answer(
    request: HttpRequest,
    lead: Lead,
    *,
    status: int = 200,
    refused: LeadForm | None = None,
    conflict: str = "",
    said: str = "",
) -> HttpResponse:
    """The panel when htmx asks for it, else the whole page."""
    at = timezone.now()
    context = lead_context(request, lead, at=at, refused=refused)
    context["conflict"] = conflict
    if wants(request, "panel"):
        html: str = render_to_string("recruitment/_panel.html", context, request)
        if request.method == "POST":
            html += row_out_of_band(request, lead, at=at, said=said)
        return HttpResponse(html, status=status)
    page: LeadPage = context["page"]
    context["clocks"] = clock_lines(
        lead, now=at, events=page.events, items=page.records, blockers=page.blockers
    )
    return render(request, "recruitment/lead.html", context, status=status)


def row_answer(
    request: HttpRequest, lead: Lead, *, status: int = 200, said: str = "", tone: str = ""
) -> HttpResponse:
    """The row as it is now, and a toast beside it."""
    at = timezone.now()
    context = {"row": row_of(request, lead, at=at)}
    html = render_to_string("recruitment/_queue_row.html", context, request)
    toast = {"text": said, "tone": tone}
    return HttpResponse(
        html + render_to_string("recruitment/_toast_oob.html", toast, request), status=status
    )


def row_out_of_band(request: HttpRequest, lead: Lead, *, at: datetime, said: str) -> str:
    """The row for the list behind the panel, inside a template so that htmx keeps it."""
    undo = undo_url(request, lead) if said else ""
    context = {"row": row_of(request, lead, at=at), "oob": True, "text": said, "undo_url": undo}
    return render_to_string("recruitment/_queue_oob.html", context, request)


def row_of(request: HttpRequest, lead: Lead, *, at: datetime) -> Any:
    """The prepared row of one lead."""
    return Queue(me(request), [lead.study_site], at).row(lead)


def changed_first(
    request: HttpRequest, lead: Lead, refusal: LeadChanged, form: LeadForm
) -> HttpResponse:
    """A colleague was first: 409, the lead as it is now, and what was typed kept."""
    lead = access.get_lead(me(request), lead.number)
    form.lead = lead
    form.renew(lead.version)
    return lead_answer(request, lead, status=409, refused=form, conflict=str(refusal))


def refused(request: HttpRequest, lead: Lead, form: LeadForm) -> HttpResponse:
    """Something is missing or not allowed: 422, with the sentence at its field."""
    return lead_answer(request, lead, status=422, refused=form)


def saved(request: HttpRequest, lead: Lead, form: LeadForm) -> HttpResponse:
    """The panel as it is now for htmx, else back to where the form stood."""
    if wants(request, "panel"):
        lead = access.get_lead(me(request), lead.number)
        return lead_answer(request, lead, said=form.done)
    messages.success(request, form.done, extra_tags=undo_url(request, lead))
    return back(request, lead)


def undo_url(request: HttpRequest, lead: Lead) -> str:
    """Where the step just taken can be taken back (D21); empty where it cannot."""
    action_id = undoable_action(lead, me(request))
    return reverse("action_undo", args=[action_id]) if action_id else ""


def back(request: HttpRequest, lead: Lead) -> HttpResponse:
    """To the queue or the hand-offs when the form stood there, else to the lead."""
    if request.POST.get("back") in {"queue", "handoffs"}:
        return redirect(request.POST["back"])
    return redirect(reverse("lead", args=[lead.number]))


def act(request: HttpRequest, number: str, kind: type[LeadForm]) -> HttpResponse:
    """One form about one lead: door, form, service, answer."""
    lead = access.get_lead_for(me(request), number, kind.perms)
    at = timezone.now()
    form = kind(request.POST, lead=lead, at=at)
    if not form.is_valid():
        return refused(request, lead, form)
    try:
        form.run(by=me(request), at=at)
    except LeadChanged as refusal:
        return changed_first(request, lead, refusal, form)
    except Refusal as refusal:
        form.refuse(refusal)
        return refused(request, lead, form)
    return saved(request, lead, form)
