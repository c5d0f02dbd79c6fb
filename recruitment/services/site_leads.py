"""What only the lead of the site may do beside the usual work: waive, override (RC1, G3)."""

from accounts.models import User
from recruitment.models import StudySite, study_sites_for


def leads_site(user: User, study_site: StudySite) -> bool:
    """Whether `user` leads the site of the study. One statement."""
    return user.is_active and study_sites_for(user, "lead_site").filter(pk=study_site.pk).exists()
