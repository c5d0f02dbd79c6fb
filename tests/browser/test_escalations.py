"""Escalations, a week's misses and the e-mail page, wide and light and on a phone in the dark."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from recruitment.models import Clock, Role
from recruitment.rules.recovery_codes import EscalationKind, EscalationLevel
from recruitment.rules.targets import TargetKey
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.blockers import open_blocker
from recruitment.services.escalations import escalate
from tests.browser.working import TOO_WIDE, sign_in
from tests.factories.clocks import make_clock
from tests.factories.recruitment import SourceFactory, StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED = (
    (EscalationKind.WORKLOAD, EscalationLevel.SITE_LEAD, "Who takes the calls on Thursday?"),
    (EscalationKind.CRITERIA, EscalationLevel.STUDY_LEAD, "Does a washout of 13 days do?"),
    (EscalationKind.CAPACITY, EscalationLevel.SPONSOR, "May we open Saturdays in June?"),
)


@pytest.fixture
def paths(transactional_db: None) -> tuple[User, list[str]]:
    """A site lead with work of her own and of others, and the pages that show what is late."""
    cache.clear()
    now = timezone.now()
    here = StudySiteFactory(activated_at=now - 60 * DAY)
    site_lead = make_member(Role.SITE_LEAD, here.site, name="Ana Lead")
    colleague = make_member(Role.COORDINATOR, here, name="Bartholomew Featherstonehaugh")
    source = SourceFactory(study=here.study, name="Community newsletter, spring and summer issues")
    leads = [
        make_lead(here, owner=owner, source=source, received_at=now - 9 * DAY)
        for owner in (site_lead, colleague, colleague, None)
    ]
    Clock.objects.all().delete()
    for n, lead in enumerate(leads):
        make_clock(lead, TargetKey.FIRST_RESPONSE, due_at=now - 8 * DAY, outcome="met_late")
        make_clock(lead, TargetKey.HANDOFF, due_at=now - 8 * DAY, outcome="met", subject_id=1)
        make_clock(lead, TargetKey.RECORDS_REVIEW, due_at=now - n * DAY - HOUR)
        make_clock(lead, TargetKey.STUDY_TEAM_REVIEW, started_at=now - 3 * DAY, due_at=now + HOUR)
    open_blocker(
        lead=leads[1],
        category=BlockerCategory.MISSING_RECORDS,
        review_by=now + 2 * DAY,
        detail="Asked for twice.",
        by=colleague,
        at=now,
        seen=leads[1].version,
    )
    for kind, level, question in ASKED:
        escalate(
            lead=leads[1],
            kind=kind,
            level=level,
            owner=site_lead,
            due_at=now + 2 * DAY,
            question=question,
            by=colleague,
            at=now,
            seen=None,
        )
    lists = ("soon", "overdue", "study_lead", "sponsor")
    return site_lead, [
        *(f"{reverse('escalations')}?list={name}" for name in lists),
        f"{reverse('misses')}?by=owner",
        reverse("work_mail"),
        reverse("lead", args=[leads[1].number]),
    ]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_of_what_is_late_keep_to_the_rules_of_access_and_to_their_width(
    width: int,
    scheme: str,
    page: Page,
    live_server: LiveServer,
    paths: tuple[User, list[str]],
    axe: Callable[[Page], list[str]],
    complaints: list[str],
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    user, pages = paths
    sign_in(page, live_server.url, user, pages[0])

    for path in pages:
        page.goto(f"{live_server.url}{path}")
        assert page.evaluate(TOO_WIDE) == 0, path
    assert complaints == []
    for path in pages:  # last: the engine itself tries to read style sheets, which is refused
        page.goto(f"{live_server.url}{path}")
        assert axe(page) == [], path
