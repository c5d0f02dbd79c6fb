"""Who works on the leads of a study at a site."""

from django.db.models import QuerySet

from accounts.models import User
from recruitment.models.access import StudySiteUserPermission


def workers_of(study_site_id: int) -> QuerySet[User]:
    """Active people who may work its leads, by name: those a form offers as owners (O4)."""
    held = StudySiteUserPermission.objects.filter(
        content_object=study_site_id, permission__codename="work_leads"
    )
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("name", "pk")
