"""What a close means for contact with the person: mostly nothing (DN3, D30)."""

from recruitment.models.contact_files import reach_of
from recruitment.rules.closing import CloseCode
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.services.log import Change
from recruitment.services.opt_out_scope import asks_scope
from recruitment.services.opt_outs import record_opt_out
from recruitment.services.reopening_rules import is_barred


def end_contact(work: Change, reason: str) -> None:
    """End contact where the close code says so, inside the change that closed the lead.

    Asked not to be contacted takes the widest scope, unless the instruction stands already, with
    the scope that the person gave it. Where the scope has to be asked, it must stand already (D25).
    A death ends all contact for good. Raises InvalidInput.
    """
    if reason == CloseCode.DECEASED and not _is_over(work):
        record_opt_out(work, how="deceased")
    elif reason == CloseCode.CONTACT_DNC and not is_barred(work):
        if asks_scope(work.lead):
            raise InvalidInput(
                "Record the opt-out first, with what it ends: this person has another open lead "
                "or a booked visit. Then close the lead.",
                field="reason",
            )
        record_opt_out(work, how="said when the lead was closed")


def _is_over(work: Change) -> bool:
    """Whether contact ended everywhere already, by another lead of the same person."""
    reach = reach_of(work.lead, at=work.at, has_basis=True)
    return any(entry.scope == Scope.ORGANISATION for entry in reach.contact.forbidden)
