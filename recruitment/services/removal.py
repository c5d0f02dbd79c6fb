"""Removing somebody for good: only when nothing hangs on her any more (O5, D22)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from recruitment.models import Escalation, Handoff, Lead, Leave, Membership, StudySite
from recruitment.rules.recovery_codes import EscalationState
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import OPEN
from recruitment.rules.work_codes import HandoffState
from recruitment.services.deputies import end_without_part
from recruitment.services.membership import end_sessions, hold_to_end_access, rewrite_grants
from recruitment.services.settings import change_setting
from trialsnest.lib.words import counted


@transaction.atomic
def remove_user(*, user: User, by: User, at: datetime) -> None:
    """End the account and every role of `user` at `at` (UTC). The row stays: the log names it.

    Its address is given up, so that the person can be invited anew.

    Raises Refusal, counting what is in the way and saying what to do, while she owns open leads,
    a study at a site or an open escalation, or has an open hand-off; and for oneself and the
    last administrator.
    Suspending never waits for this (D22). May run twice.
    """
    if user == by:
        raise Refusal("You cannot remove yourself.")
    hold_to_end_access(user)
    user.refresh_from_db(fields=["is_active", "removed_at"])
    if user.removed_at is not None:
        return
    in_the_way = what_holds(user)
    if in_the_way:
        raise Refusal(f"{user.name} cannot be removed yet. {' '.join(in_the_way)}")
    freed = f"removed-{user.pk}@trialsnest.invalid"  # the person may be invited again one day
    values = {"is_active": False, "removed_at": at, "email": freed}
    change_setting(user, values, by=by, at=at)
    user.refresh_from_db(fields=list(values))
    end_sessions(user)
    Membership.objects.filter(user=user, ended_at__isnull=True).update(ended_at=at, ended_by=by)
    leaves = Leave.objects.filter(user=user, ended_at__isnull=True)
    leaves.filter(starts_at__gte=at).update(ended_at=at)
    leaves.update(begun_at=Coalesce("begun_at", Value(at)), ended_at=at)
    rewrite_grants(user)
    end_without_part(user, by=by, at=at)


def what_holds(user: User) -> list[str]:
    """What must be given away before `user` can be removed, one sentence each. Four statements."""
    leads = Lead.objects.filter(owner=user, stage__in=OPEN).count()
    places = StudySite.objects.filter(owner=user).count()
    handoffs = Handoff.objects.filter(
        Q(sender=user) | Q(receiver=user), state=HandoffState.OFFERED
    ).count()
    asked = Escalation.objects.filter(owner=user, state=EscalationState.OPEN).count()
    said = []
    if leads:
        said.append(f"{counted(leads, 'open lead')} must be reassigned first, on the Team page.")
    if places:
        said.append(
            f"{counted(places, 'study at a site', 'studies at sites')} must get another owner "
            "first, in the set-up."
        )
    if handoffs:
        said.append(
            f"{counted(handoffs, 'open hand-off')} must be answered or withdrawn first, on the "
            "Hand-offs page."
        )
    if asked:
        said.append(
            f"{counted(asked, 'open escalation')} must be answered or withdrawn first, on the "
            "page of the lead."
        )
    return said
