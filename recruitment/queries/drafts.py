"""Somebody's own drafts of one lead. Whoever calls came through the lead's door."""

from accounts.models import User
from recruitment.models import Draft, Lead


def drafts_of(user: User, lead: Lead) -> dict[str, Draft]:
    """What `user` typed into the lead's forms and has not sent, by the form's key. One statement."""
    return {draft.form: draft for draft in Draft.objects.filter(user=user, lead=lead)}
