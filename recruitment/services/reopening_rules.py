"""Whether a closed lead may be reopened, and by whom, whichever verb does it (LC11)."""

from recruitment.models import Lead, LeadEvent
from recruitment.models.contact_files import reach_of
from recruitment.rules.closing import CloseCode
from recruitment.rules.events import EventKind
from recruitment.rules.reopening import check_reopen
from recruitment.services.log import Change
from recruitment.services.site_leads import leads_site


def check_reopening(work: Change, *, renewed: str) -> None:
    """Raise Refusal unless who acts may take the closed lead back into work now.

    `renewed` says how the person came back after asking not to be contacted. Five statements.
    """
    closing = closing_event(work.lead)
    check_reopen(
        closing.reason_code if closing is not None else "",
        closed_at=work.state.stage_entered_at,
        at=work.at,
        is_site_lead=work.by is not None and leads_site(work.by, work.lead.study_site),
        renewed=renewed,
        is_barred=is_barred(work),
        has_died=has_died(work.lead.person_id),
    )


def closing_event(lead: Lead) -> LeadEvent | None:
    """The change that closed the lead. One statement."""
    changes = LeadEvent.objects.filter(
        lead=lead, kind=EventKind.STAGE_CHANGED, to_stage=lead.stage, voided_by__isnull=True
    )
    return changes.order_by("-seq").first()


def is_barred(work: Change) -> bool:
    """Whether a do-not-contact instruction covers the person here (DN3). Two statements."""
    study_site = work.lead.study_site
    reach = reach_of(work.lead, at=work.at, has_basis=True)
    return reach.contact.is_opted_out(study_id=study_site.study_id, site_id=study_site.site_id)


def has_died(person_id: int) -> bool:
    """Whether any lead of the person was closed because he or she died (D30). One statement."""
    return LeadEvent.objects.filter(
        lead__person=person_id,
        kind=EventKind.STAGE_CHANGED,
        reason_code=CloseCode.DECEASED,
        voided_by__isnull=True,
    ).exists()
