"""The ten people who sign in to the demo, what they may do, and the study teams. All invented."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.contrib.auth.hashers import make_password

from accounts.models import User
from recruitment.demo.places import PLACES
from recruitment.models import Membership, Role, Site, Study, StudySite, StudyStaff
from recruitment.services.membership import Scope, grant_role

DOMAIN = "demo.trialsnest.example"


@dataclass(frozen=True)
class Member:
    """Somebody who signs in. `place` is a site's code; `over` names studies by their codes.

    `tempo` stretches how long she takes, and `late_pct` is how often she is late.
    """

    local_part: str
    name: str
    role: Role
    place: str = ""
    over: tuple[str, ...] = ()
    tempo: float = 1.0
    late_pct: int = 12

    @property
    def email(self) -> str:
        return f"{self.local_part}@{DOMAIN}"


R = Role
MEMBERS: tuple[Member, ...] = (
    Member("coordinator1", "Priya Ramanathan-Cole", R.COORDINATOR, "HARBOR", (), 0.9, 9),
    Member("coordinator2", "Tomás Villaverde", R.COORDINATOR, "PRAIRIE", ("PLOVER",), 1.0, 12),
    Member("coordinator3", "Grace Adeyinka", R.COORDINATOR, "MESA", (), 1.2, 15),
    Member("lead1", "Ana Kowalczewska", R.SITE_LEAD, "HARBOR", (), 1.1, 10),
    Member("lead2", "Dale Whitcombe", R.SITE_LEAD, "PRAIRIE", (), 1.1, 10),
    Member("lead3", "Mei-Ling Sato-Ruiz", R.SITE_LEAD, "MESA", (), 1.1, 10),
    Member(
        "reviewer1", "Dr. Samuel Osterfeld", R.REVIEWER, "HARBOR",
        ("WREN-2", "MERLIN-3", "PLOVER"),
    ),
    Member(
        "sponsor1", "Ingrid Halvorstad", R.SPONSOR_VIEWER,
        over=("WREN-2", "PLOVER", "SISKIN", "HERON"),
    ),
    Member(
        "sponsor2", "Kenji Morrow", R.SPONSOR_VIEWER,
        over=("LINNET", "MERLIN-3", "FINCH-1", "TERN-2"),
    ),
    Member("admin", "Ruth Abernethy", R.ADMINISTRATOR),
)  # fmt: skip

_INVESTIGATORS = {
    "HARBOR": ("Dr. Helena Brandvold", "Dr. Idris Marchetti", "Dr. Paula Whitestone"),
    "PRAIRIE": ("Dr. Robert Eikenberry", "Dr. Nkechi Stallworth", "Dr. Jonas Feldmark"),
    "MESA": ("Dr. Carmen Oyelaran", "Dr. Philip Tanaka-Hale", "Dr. Lena Strömqvist"),
}


def make_users(password: str, *, at: datetime) -> dict[str, User]:
    """The ten users by the first part of their address; all have the same `password`."""
    zones = {"PRAIRIE": "America/Chicago", "MESA": "America/Los_Angeles"}
    hashed = make_password(password)  # once: it is slow on purpose, and the same for all
    return {
        member.local_part: User.objects.create(
            email=member.email,
            password=hashed,
            name=member.name,
            time_zone=zones.get(member.place, "America/New_York"),
            is_demo=True,
            joined_at=at,
        )
        for member in MEMBERS
    }


def grant_roles(
    users: Mapping[str, User],
    sites: Mapping[str, Site],
    study_sites: Iterable[StudySite],
    *,
    at: datetime,
) -> None:
    """Give everybody a role over `study_sites`, from `at` (UTC) on; the administrator grants."""
    known = list(study_sites)
    for member in MEMBERS:
        for scope in _scopes(member, sites, known):
            grant_role(
                user=users[member.local_part],
                role=member.role,
                scope=scope,
                by=users["admin"],
                at=at,
            )


def _scopes(member: Member, sites: Mapping[str, Site], known: list[StudySite]) -> list[Scope]:
    if member.role == R.ADMINISTRATOR:
        return [None]
    if member.role == R.SITE_LEAD:
        return [sites[member.place]]
    if member.role == R.SPONSOR_VIEWER:
        studies: dict[int, Study] = {row.study_id: row.study for row in known}
        return [study for study in studies.values() if study.code in member.over]
    if member.role == R.REVIEWER:
        return [
            row for row in known if row.site.code == member.place and row.study.code in member.over
        ]
    cover = [row for row in known if row.study.code in member.over]
    here = [row for row in known if row.site.code == member.place]
    return list(dict.fromkeys([*here, *(row for row in cover if row.site.code == "HARBOR")]))


def make_study_team(
    study_site: StudySite, users: Mapping[str, User], *, rng: Random
) -> list[StudyStaff]:
    """Who decides for the study at this site: two investigators, and the reviewer where he is."""
    names = rng.sample(_INVESTIGATORS[study_site.site.code], 2)
    roles = ("Principal investigator", "Sub-investigator")
    team = [
        StudyStaff.objects.create(study_site=study_site, name=name, role=role)
        for name, role in zip(names, roles, strict=True)
    ]
    reviewer = next(member for member in MEMBERS if member.role == R.REVIEWER)
    if study_site.site.code == reviewer.place and study_site.study.code in reviewer.over:
        team.append(
            StudyStaff.objects.create(
                study_site=study_site,
                user=users[reviewer.local_part],
                name=reviewer.name,
                role="Sub-investigator",
            )
        )
    return team


def make_delegated(study_site: StudySite, user: User) -> StudyStaff:
    """The coordinator who is delegated for prescreening: decides on criteria before consent."""
    return StudyStaff.objects.create(
        study_site=study_site,
        user=user,
        name=user.name,
        role="Study coordinator",
        decides="prescreening",
    )


def site_leads() -> dict[Site, User]:
    """Who leads each demo site, and so issues its reports."""
    held = Membership.objects.filter(
        role=R.SITE_LEAD, ended_at__isnull=True, user__is_demo=True, site__is_demo=True
    ).select_related("site", "user")
    return {row.site: row.user for row in held if row.site is not None}


def sign_ins() -> list[tuple[str, str]]:
    """Address and role, in words, of the demo people who may sign in now."""
    here = set(User.objects.filter(is_demo=True, is_active=True).values_list("email", flat=True))
    return [(member.email, _in_words(member)) for member in MEMBERS if member.email in here]


def _in_words(member: Member) -> str:
    names = {place.code: place.name for place in PLACES}
    where = names.get(member.place) or ", ".join(member.over)
    return f"{Role(member.role).label}: {where}" if where else Role(member.role).label
