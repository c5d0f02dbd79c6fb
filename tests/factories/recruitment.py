"""The smallest valid objects; leads are made by the service, so that row and log agree."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import factory

from accounts.models import User
from recruitment.models import (
    Lead,
    Membership,
    Role,
    Site,
    Source,
    Sponsor,
    Study,
    StudySite,
    StudyStaff,
)
from recruitment.rules.vocabulary import Channel, ContactBasis, PermissionState, SourceKind
from recruitment.services.intake import Enquirer, receive_lead
from recruitment.services.membership import Scope, extend_to, grant_role
from tests.factories.accounts import UserFactory

MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # Monday 10:00 in New York


class SiteFactory(factory.django.DjangoModelFactory[Site]):
    class Meta:
        model = Site

    code = factory.Sequence(lambda n: f"SITE-{n}")
    name = factory.Sequence(lambda n: f"Clinic {n}")
    sponsor_label = factory.Sequence(lambda n: f"Site {n}")
    time_zone = "America/New_York"


class SponsorFactory(factory.django.DjangoModelFactory[Sponsor]):
    class Meta:
        model = Sponsor

    name = factory.Sequence(lambda n: f"Sponsor {n}")


class StudyFactory(factory.django.DjangoModelFactory[Study]):
    class Meta:
        model = Study

    code = factory.Sequence(lambda n: f"WREN-{n}")
    title = factory.Sequence(lambda n: f"A study of something, part {n}")
    sponsor = factory.SubFactory(SponsorFactory)
    registry_status = "RECRUITING"
    report_time = time(6)


class StudySiteFactory(factory.django.DjangoModelFactory[StudySite]):
    class Meta:
        model = StudySite

    study = factory.SubFactory(StudyFactory)
    site = factory.SubFactory(SiteFactory)
    activated_at = MONDAY - timedelta(days=60)


class StudyStaffFactory(factory.django.DjangoModelFactory[StudyStaff]):
    class Meta:
        model = StudyStaff

    study_site = factory.SubFactory(StudySiteFactory)
    name = factory.Sequence(lambda n: f"Dr. Reader {n}")


class SourceFactory(factory.django.DjangoModelFactory[Source]):
    class Meta:
        model = Source

    study = factory.SubFactory(StudyFactory)
    code = factory.Sequence(lambda n: f"SRC-{n}")
    name = factory.Sequence(lambda n: f"Source {n}")
    sponsor_label = factory.Sequence(lambda n: f"Source kind {n}")
    kind = SourceKind.REFERRAL
    default_basis = ContactBasis.PASSED_ON
    default_phone = PermissionState.YES


def make_enquirer(n: int = 1, **values: Any) -> Enquirer:
    """Somebody with a name, a phone number and an e-mail address of her own."""
    defaults: dict[str, Any] = {
        "first_name": "Ada",
        "last_name": f"Sample{n}",
        "phones": (f"+1617555{n % 10000:04d}",),
        "emails": (f"ada{n}@example.org",),
        "permissions": {Channel.PHONE: PermissionState.YES},
    }
    return Enquirer(**(defaults | values))


_numbers = iter(range(1, 10**9))


def make_lead(
    study_site: StudySite | None = None,
    *,
    received_at: datetime = MONDAY,
    by: User | None = None,
    owner: User | None = None,
    source: Source | None = None,
    enquirer: Enquirer | None = None,
    **values: Any,
) -> Lead:
    """A lead received through the service; `values` go to `receive_lead`."""
    study_site = study_site or StudySiteFactory()
    source = source or SourceFactory(study=study_site.study)
    return receive_lead(
        study_site=study_site,
        source=source,
        enquirer=enquirer or make_enquirer(next(_numbers)),
        received_at=received_at,
        by=by,
        at=values.pop("at", received_at),
        owner=owner,
        **values,
    )


def make_member(role: Role, scope: Scope = None, **values: Any) -> User:
    """A user who holds `role` over `scope`."""
    user: User = values.pop("user", None) or UserFactory(**values)
    grant_role(user=user, role=role, scope=scope, by=None, at=MONDAY)
    return user


__all__ = [
    "MONDAY",
    "Lead",
    "Membership",
    "Role",
    "SiteFactory",
    "SourceFactory",
    "SponsorFactory",
    "StudyFactory",
    "StudySiteFactory",
    "StudyStaffFactory",
    "UserFactory",
    "extend_to",
    "make_enquirer",
    "make_lead",
    "make_member",
]
