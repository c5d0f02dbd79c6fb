"""The door of the report pages: fetch and authorise in one call (house.md 4.4; PR2, LR1)."""

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from recruitment.models import (
    ReportDeputy,
    Site,
    Study,
    StudySite,
    studies_for,
    study_sites_for,
)
from reporting.models import SponsorReport

LEAD, READ = "lead_site", "view_reports"


def study_sites_to_issue(user: User) -> QuerySet[StudySite]:
    """The studies at sites whose reports `user` issues: as the site's lead, or as a deputy (D35).

    A deputy is one at this moment only.
    """
    deputy = ReportDeputy.objects.in_force(at=timezone.now()).filter(user=user)
    return StudySite.objects.filter(
        Q(pk__in=study_sites_for(user, LEAD)) | Q(site__in=deputy.values("site"))
    ).select_related("study__sponsor", "site")


def reports(user: User) -> QuerySet[SponsorReport]:
    """What `user` may see: every report of the sites she issues for, issued ones of hers."""
    hers = study_sites_to_issue(user).filter(study=OuterRef("study"), site=OuterRef("site"))
    return SponsorReport.objects.filter(
        Exists(hers) | Q(state="issued", study__in=studies_for(user, READ))
    )


def reports_to_verify(user: User) -> QuerySet[SponsorReport]:
    """The reports whose PDF `user` may hold: also superseded ones of her studies.

    A sponsor took such a one while it was issued, and the list tells which one replaced it.
    """
    known = SponsorReport.objects.filter(state="superseded", study__in=studies_for(user, READ))
    return reports(user) | known


def study_sites(user: User) -> QuerySet[StudySite]:
    """The studies at sites whose reports `user` issues or reads."""
    return StudySite.objects.filter(
        Q(pk__in=study_sites_to_issue(user)) | Q(study__in=studies_for(user, READ))
    ).select_related("study__sponsor", "site")


def require_reader(user: User) -> None:
    """Raise Http404 unless `user` issues a site's reports or reads some study's."""
    if not study_sites_to_issue(user).exists() and not studies_for(user, READ).exists():
        raise Http404


def require_issuer(user: User) -> None:
    """Raise PermissionDenied for who may only read reports, Http404 for who may not even that."""
    require_reader(user)
    if not study_sites_to_issue(user).exists():
        raise PermissionDenied


def reports_to_issue(user: User) -> QuerySet[SponsorReport]:
    """The drafts of the sites that `user` issues for."""
    return reports(user).filter(state="draft")


def get_report(user: User, pk: int) -> SponsorReport:
    """The report, if `user` may see it; Http404 if not, also when there is none (PR2)."""
    found = reports(user).select_related("study", "site", "issued_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def read_studies(user: User) -> QuerySet[Study]:
    """The studies whose reports `user` reads over all their sites."""
    return studies_for(user, READ)


def get_read_study(user: User, pk: int) -> Study:
    """One of them; Http404 for another, also where there is none (PR2)."""
    found: Study | None = read_studies(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_issue(user: User, report: SponsorReport) -> bool:
    """Whether `user` leads the site of the report, or is a deputy of who does (D35)."""
    hers = study_sites_to_issue(user)
    return hers.filter(study=report.study, site=report.site).exists()


def place_led(user: User, report: SponsorReport) -> int | None:
    """The key of the report's study at its site, for who leads it; None for anybody else."""
    led = study_sites_for(user, LEAD).filter(study=report.study, site=report.site)
    found: int | None = led.values_list("pk", flat=True).first()
    return found


def get_report_to_issue(user: User, pk: int) -> SponsorReport:
    """The same for who answers for it; PermissionDenied for somebody who may only read it."""
    found = get_report(user, pk)
    if not may_issue(user, found):
        raise PermissionDenied
    return found


def may_revise(user: User, report: SponsorReport) -> bool:
    """Whether `user` leads the site of the report: a deputy approves, and begins no revision."""
    led = study_sites_for(user, LEAD)
    return led.filter(study=report.study, site=report.site).exists()


def get_report_to_revise(user: User, pk: int) -> SponsorReport:
    """The same for the site's lead; PermissionDenied for a deputy and for who may only read it."""
    found = get_report(user, pk)
    if not may_revise(user, found):
        raise PermissionDenied
    return found


def leads_a_site(user: User) -> bool:
    """Whether `user` leads a site, so that she may name deputies there."""
    return study_sites_for(user, LEAD).exists()


def led_sites(user: User) -> QuerySet[Site]:
    """The sites that `user` leads, whose deputies she names.

    Raises Http404 for whoever has nothing to do with reports, PermissionDenied for who only issues
    or reads them.
    """
    require_reader(user)
    found = Site.objects.filter(pk__in=study_sites_for(user, LEAD).values("site"))
    if not found.exists():
        raise PermissionDenied
    return found.order_by("name", "pk")


def get_led_site(user: User, pk: int) -> Site:
    """One of them; Http404 for another, also when there is none."""
    found = led_sites(user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def get_deputy(user: User, pk: int) -> ReportDeputy:
    """A deputy of one of them; Http404 for another, also when there is none."""
    rows = ReportDeputy.objects.filter(site__in=led_sites(user)).select_related("user", "site")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def may_answer(user: User, report: SponsorReport) -> bool:
    """Whether `user` answers for the sponsor what an issued report asks (AS2)."""
    reads = studies_for(user, READ).filter(pk=report.study_id)
    return report.state == "issued" and reads.exists()


def get_report_to_answer(user: User, pk: int) -> SponsorReport:
    """An issued report, for a reader of the sponsor; PermissionDenied for who only issues it."""
    found = get_report(user, pk)
    if found.state != "issued":
        raise Http404
    if not may_answer(user, found):
        raise PermissionDenied
    return found
