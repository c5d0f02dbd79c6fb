"""Rows for setup: everything is an administrator's, and not there for anybody else."""

from typing import Any

from tests.access.roles import Row, everyone, only
from tests.factories.recruitment import MONDAY, SourceFactory, StudyStaffFactory
from tests.factories.setup import (
    ClosureFactory,
    HolidayFactory,
    InvitationFactory,
    StagePromptFactory,
)

ADMIN = only(200, "administrator")
POSTED = only(302, "administrator")


def _pk(found: Any) -> dict[str, Any]:
    return {"pk": found.pk}


def _site(world: Any) -> dict[str, Any]:
    return _pk(world.study_site.site)


def _study(world: Any) -> dict[str, Any]:
    return _pk(world.study_site.study)


def _study_site(world: Any) -> dict[str, Any]:
    return _pk(world.study_site)


def _person(world: Any) -> dict[str, Any]:
    return _pk(world.people["coordinator"])


def _role(world: Any) -> dict[str, Any]:
    return _pk(world.people["coordinator"].memberships.get())


def _invitation(world: Any) -> dict[str, Any]:
    return _pk(InvitationFactory(study_site=world.study_site, invited_at=MONDAY))


ROWS: dict[str, Row] = {
    "setup": Row("get", ADMIN),
    "sponsor_list": Row("get", ADMIN),
    "sponsor_add": Row("get", ADMIN),
    "sponsor_edit": Row("get", ADMIN, lambda world: _pk(world.study_site.study.sponsor)),
    "site_list": Row("get", ADMIN),
    "site_add": Row("get", ADMIN),
    "site_edit": Row("get", ADMIN, _site),
    "site_hours": Row("get", ADMIN, _site),
    "site_days": Row("get", ADMIN, _site),
    "site_recalculation": Row("get", ADMIN, _site),
    "holiday_remove": Row(
        "post", POSTED, lambda world: _pk(HolidayFactory(site=world.study_site.site))
    ),
    "closure_remove": Row(
        "post", POSTED, lambda world: _pk(ClosureFactory(site=world.study_site.site))
    ),
    "study_list": Row("get", ADMIN),
    "study_add": Row("get", ADMIN),
    "study_edit": Row("get", ADMIN, lambda world: _pk(world.study_site.study)),
    "stage_settings": Row("get", ADMIN, _study),
    "stage_setting_edit": Row("get", ADMIN, lambda world: _study(world) | {"code": "contacted"}),
    "stage_prompts": Row("get", ADMIN, _study),
    "stage_prompt_add": Row("get", ADMIN, _study),
    "stage_prompt_edit": Row("get", ADMIN, lambda world: _pk(StagePromptFactory())),
    "stage_prompt_retire": Row("post", POSTED, lambda world: _pk(StagePromptFactory())),
    "cadence": Row("get", ADMIN, lambda world: _pk(world.study_site.study)),
    "study_targets": Row("get", ADMIN, _study),
    "stale_limits": Row("get", ADMIN, _study),
    "study_site_targets": Row("get", ADMIN, _study_site),
    "records_list": Row("get", ADMIN, lambda world: _pk(world.study_site.study)),
    "study_site_list": Row("get", ADMIN),
    "study_site_add": Row("get", ADMIN),
    "study_site_edit": Row("get", ADMIN, _study_site),
    "study_site_reports": Row(
        "get",
        only(200, "site_lead", "administrator") | {"coordinator": 403, "reviewer": 403},
        _study_site,
    ),
    "study_staff_list": Row("get", ADMIN, _study_site),
    "study_staff_add": Row("get", ADMIN, lambda world: {"study_site": world.study_site.pk}),
    "study_staff_edit": Row(
        "get", ADMIN, lambda world: _pk(StudyStaffFactory(study_site=world.study_site))
    ),
    "source_list": Row("get", ADMIN),
    "source_add": Row("get", ADMIN),
    "source_edit": Row("get", ADMIN, lambda world: _pk(SourceFactory())),
    "people": Row("get", ADMIN),
    "person": Row("get", ADMIN, _person),
    "person_suspend": Row("get", ADMIN, _person),
    "person_remove": Row("get", ADMIN, _person),
    "person_restore": Row("post", POSTED, _person),
    "role_end": Row("get", ADMIN, _role),
    "invitation_add": Row("get", ADMIN),
    "invitation": Row("get", ADMIN, _invitation),
    "invitation_send": Row("post", POSTED, _invitation),
    "invitation_revoke": Row("post", POSTED, _invitation),
    # A wrong link is a page that says so; somebody signed in is told to sign out first.
    "invitation_accept": Row(
        "get", {**everyone(200), "anonymous": 404}, lambda world: {"token": "wrong"}
    ),
}
