"""A study comes to a site (D11, D12)."""

from datetime import datetime

from django.db import transaction

from accounts.models import User
from recruitment.models import SettingChange, StudySite
from recruitment.services.membership import extend_to
from recruitment.services.settings import add_setting, change_setting, kind_of


@transaction.atomic
def add_study_site(study_site: StudySite, *, by: User, at: datetime) -> StudySite:
    """Save a study at a site that its form has checked, and give the site's leads their rights.

    The study's report zone becomes that of its first site, unless somebody chose one (D12).
    """
    add_setting(study_site, by=by, at=at)
    extend_to(study_site)
    study = study_site.study
    chosen = SettingChange.objects.filter(
        kind=kind_of(study), object_id=study.pk, field="report_zone"
    )
    if study.study_sites.count() == 1 and not chosen.exists():
        change_setting(study, {"report_zone": study_site.site.time_zone}, by=by, at=at)
    return study_site
