"""Drafts: what somebody typed into a form and has not sent, kept on the server only.

`lead` is the one that the form is about; None for a form of her own, such as adding a lead.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from recruitment.models import Draft, Lead
from recruitment.models.access import StudySiteUserPermission
from recruitment.rules.drafts import KEPT, Words, words_of
from recruitment.services.verbs import verb


@verb
def keep_draft(
    *, lead: Lead | None, form: str, words: Words, seen: int = 0, by: User, at: datetime
) -> Draft | None:
    """Keep what stands in one form now, in place of what was kept of it before; `at` is UTC.

    `seen` is the version of the lead that the form showed. A form emptied again leaves nothing,
    and None. May run twice. One statement. Raises InvalidInput for too much.
    """
    said = words_of(words)
    if not said:
        throw_draft(lead=lead, form=form, by=by)
        return None
    draft = Draft(user=by, lead=lead, form=form, words=said, seen=seen, saved_at=at)
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["user", "lead", "form"],
        update_fields=["words", "seen", "saved_at"],
    )
    return draft


def draft_of(*, lead: Lead | None, form: str, by: User) -> Draft | None:
    """What `by` typed into this form and has not sent, if anything. One statement."""
    return Draft.objects.filter(user=by, lead=lead, form=form).first()


@verb
def throw_draft(*, lead: Lead | None, form: str, by: User) -> None:
    """Forget what `by` typed into this form: she sent it, or throws it away. May run twice."""
    Draft.objects.filter(user=by, lead=lead, form=form).delete()


def delete_old_drafts(*, at: datetime) -> int:
    """Delete drafts a week old at `at` (UTC), and those of leads their writer sees no more.

    A form without a lead goes once its writer sees no lead at all. How many went. Two statements;
    may run twice.
    """
    sees = StudySiteUserPermission.objects.filter(
        user=OuterRef("user"), permission__codename="view_leads"
    )
    sees_it = sees.filter(content_object=OuterRef("lead__study_site"))
    gone = Q(~Exists(sees)) | Q(~Exists(sees_it), lead__isnull=False)
    old, _ = Draft.objects.filter(saved_at__lte=at - KEPT).delete()
    unseen, _ = Draft.objects.filter(gone).delete()
    return old + unseen
