"""Grants: guardian's direct tables, and the history of who held which role (D11, PR1)."""

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase
from guardian.shortcuts import get_objects_for_user

from accounts.models import User
from recruitment.models.places import Site
from recruitment.models.studies import Study, StudySite
from trialsnest.lib.field_classes import identifying, operational, sensitive


class StudySiteUserPermission(UserObjectPermissionBase):
    """One permission of one user on a study at a site."""

    content_object = operational(models.ForeignKey(StudySite, models.CASCADE))


class StudySiteGroupPermission(GroupObjectPermissionBase):
    """One permission of a group on a study at a site."""

    content_object = operational(models.ForeignKey(StudySite, models.CASCADE))


class StudyUserPermission(UserObjectPermissionBase):
    """One permission of one user on a study."""

    content_object = operational(models.ForeignKey(Study, models.CASCADE))


class StudyGroupPermission(GroupObjectPermissionBase):
    """One permission of a group on a study."""

    content_object = operational(models.ForeignKey(Study, models.CASCADE))


def studies_for(user: User, perm: str) -> models.QuerySet[Study]:
    """The studies on which `user` holds `perm`; a superuser gains none by that (D11)."""
    found: models.QuerySet[Study] = get_objects_for_user(
        user,
        f"recruitment.{perm}",
        Study,
        accept_global_perms=False,
        with_superuser=False,
        use_groups=False,
    )
    return found


def with_rights(study_sites: models.QuerySet[StudySite], user: User) -> models.QuerySet[StudySite]:
    """Adds `perms`, what `user` may do there as codenames, for whoever reads them anyway."""
    held = StudySiteUserPermission.objects.filter(user=user, content_object=models.OuterRef("pk"))
    return study_sites.annotate(perms=ArraySubquery(held.values("permission__codename")))


class Role(models.TextChoices):
    """What somebody is here to do (1.1). Codes are stored, never paths of Python."""

    COORDINATOR = "coordinator", "Coordinator"
    SITE_LEAD = "site_lead", "Site lead"
    REVIEWER = "reviewer", "Study-team reviewer"
    SPONSOR_VIEWER = "sponsor_viewer", "Sponsor viewer"
    ADMINISTRATOR = "administrator", "Administrator"


def _scope_matches_role() -> Q:
    """Site leads hold a site, coordinators and reviewers a study at a site, sponsors a study."""
    none = Q(site__isnull=True, study_site__isnull=True, study__isnull=True)
    site = Q(site__isnull=False, study_site__isnull=True, study__isnull=True)
    study_site = Q(site__isnull=True, study_site__isnull=False, study__isnull=True)
    study = Q(site__isnull=True, study_site__isnull=True, study__isnull=False)
    return (
        Q(none, role=Role.ADMINISTRATOR)
        | Q(site, role=Role.SITE_LEAD)
        | Q(study_site, role__in=[Role.COORDINATOR, Role.REVIEWER])
        | Q(study, role=Role.SPONSOR_VIEWER)
    )


class Scoped(models.Model):
    """A role and what it is over: nothing, a site, a study at a site, or a study."""

    role = operational(models.CharField(max_length=16, choices=Role))
    site = operational(
        models.ForeignKey(Site, models.PROTECT, null=True, blank=True, related_name="+")
    )
    study_site = operational(
        models.ForeignKey(StudySite, models.PROTECT, null=True, blank=True, related_name="+")
    )
    study = operational(
        models.ForeignKey(Study, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        abstract = True

    @property
    def scope(self) -> Site | StudySite | Study | None:
        """What the role is over; None for the whole installation."""
        scope: Site | StudySite | Study | None = self.site or self.study_site or self.study
        return scope

    @property
    def words(self) -> str:
        """The role and what it is over: `Coordinator, WREN-1 at Cedar Hollow`."""
        label = str(Role(self.role).label)
        return f"{label}, {self.scope}" if self.scope else label


class Membership(Scoped):
    """That a user held a role from one moment to another. Guardian's rows are what acts now."""

    user = operational(models.ForeignKey(User, models.PROTECT, related_name="memberships"))
    granted_at = operational(models.DateTimeField())
    granted_by = operational(models.ForeignKey(User, models.PROTECT, null=True, related_name="+"))
    ended_at = operational(models.DateTimeField(null=True, blank=True))
    ended_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["granted_at", "id"]
        permissions = [("administer", "May set up the installation and its people")]
        constraints = [
            models.CheckConstraint(
                condition=_scope_matches_role(), name="membership_scope_matches_role"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("granted_at")),
                name="membership_ends_later",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "site", "study_site", "study"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="membership_once_at_a_time",
            ),
        ]


class Invitation(Scoped):
    """A link by e-mail that makes an account with one role: 7 days, one use, revocable (PR1)."""

    email = identifying(models.EmailField(max_length=254))
    name = identifying(models.CharField(max_length=120))
    token_hash = sensitive(models.CharField(max_length=64, unique=True))
    invited_at = operational(models.DateTimeField())
    invited_by = operational(models.ForeignKey(User, models.PROTECT, related_name="+"))
    expires_at = operational(models.DateTimeField())
    accepted_at = operational(models.DateTimeField(null=True, blank=True))
    accepted_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )
    revoked_at = operational(models.DateTimeField(null=True, blank=True))
    revoked_by = operational(
        models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    )

    class Meta:
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=_scope_matches_role(), name="invitation_scope_matches_role"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at__isnull=True, accepted_by__isnull=True)
                | Q(accepted_at__isnull=False, accepted_by__isnull=False),
                name="invitation_accepted_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="invitation_revoked_at_and_by",
            ),
        ]
