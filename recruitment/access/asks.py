"""The door to asks, to the items of a review that lead to them, and to changes after input."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from accounts.models import User
from recruitment.access import get_study_site, get_study_site_for
from recruitment.models import AgendaItem, Ask, PatientGroupChange, study_sites_for


def get_agenda_item(user: User, pk: int) -> AgendaItem:
    """An item of a review, about a study at a site that `user` leads; Http404 to everybody else."""
    rows = AgendaItem.objects.select_related("review__site", "study_site", "carried")
    item = get_object_or_404(rows, pk=pk)
    item.study_site = get_study_site(user, item.study_site_id, "lead_site")
    return item


def get_ask(user: User, pk: int, perm: str = "view_leads") -> Ask:
    """An ask of a study at a site; Http404 to whoever has no part there, 403 without `perm`."""
    rows = Ask.objects.select_related("owner", "target", "item__review")
    found = rows.filter(pk=pk, study_site__in=study_sites_for(user, "view_leads")).first()
    if found is None:
        raise Http404
    found.study_site = get_study_site_for(user, found.study_site_id, perm)
    return found


def get_patient_change(user: User, pk: int, perm: str) -> PatientGroupChange:
    """A change after patients spoke; Http404 to whoever has no part there, 403 without `perm`."""
    rows = PatientGroupChange.objects.filter(voids__isnull=True)
    found = rows.filter(pk=pk, study_site__in=study_sites_for(user, "view_leads")).first()
    if found is None:
        raise Http404
    found.study_site = get_study_site_for(user, found.study_site_id, perm)
    return found
