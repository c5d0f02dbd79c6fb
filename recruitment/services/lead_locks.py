"""A lead as it is under its lock, and what a caller's page may have missed (LC10, CK5)."""

from django.db.models import QuerySet

from accounts.models import User
from recruitment.models import Lead, StudySite
from recruitment.rules.events import NOTICES, EventKind
from recruitment.rules.refusals import LeadChanged
from trialsnest.lib.prepared import prepared
from trialsnest.lib.zones import local_time


def lock_lead(lead: Lead) -> Lead:
    """The lead's row as it is now, locked; its study at the site is the caller's where read."""
    knows_place = Lead.study_site.is_cached(lead)
    found = _locked(knows_place, lead=lead.pk)
    if not found:
        raise Lead.DoesNotExist
    [locked] = found
    if knows_place and locked.study_site_id == lead.study_site_id:
        locked.study_site = lead.study_site
    return locked


@prepared
def _locked(knows_place: bool, *, lead: int) -> QuerySet[Lead]:
    rows = Lead.objects.select_for_update(of=("self",)).filter(pk=lead)
    return rows if knows_place else rows.select_related("study_site__site", "study_site__study")


def read_settings_if_moved(lead: Lead, versions: tuple[int, int]) -> None:
    """Read the study and the site again if they are not as the caller, or the wait, had them.

    Hours may have changed and been counted anew for this very lead since its page was read; it
    must not be written by the old ones again (CK5). No statement where nothing moved.
    """
    known = lead.study_site
    if (known.study.settings_version, known.site.calendar_version) != versions:
        rows = StudySite.objects.select_related("site", "study")
        lead.study_site = rows.get(pk=lead.study_site_id)


def refuse_if_changed(lead: Lead, seen: int, *, by: User | None) -> None:
    """Raise LeadChanged naming who and when, unless only notices of jobs came since `seen`.

    Where that was `by` herself it says so: a form sent twice, or one left open in another tab.
    """
    event = (
        lead.events.filter(seq__gt=seen)
        .exclude(kind__in=NOTICES)
        .select_related("actor")
        .order_by("-seq")
        .first()
    )
    if event is None and lead.version >= seen:
        return
    who = event.actor.name if event is not None and event.actor else "Somebody"
    recorded_at = event.recorded_at if event is not None else lead.received_at
    when = local_time(recorded_at, lead.study_site.site.time_zone)
    what = EventKind(event.kind).label.lower() if event is not None else "changed"
    told = f"{when:%a %d %b %H:%M}: {what}"
    if event is not None and by is not None and event.actor_id == by.pk:
        raise LeadChanged(
            f"You changed this lead yourself, {told}. This form was older and saved nothing; "
            "the lead is shown as it is now."
        )
    raise LeadChanged(f"{who} was first, {told}. The lead is shown as it is now.")
