"""Whatever people do to leads, row and log agree and no open lead is left without a next action."""

import random
import secrets
from datetime import UTC, datetime

import pytest

from accounts.models import User
from recruitment.models import Role, StudySite
from tests.factories.recruitment import (
    StudySiteFactory,
    StudyStaffFactory,
    make_lead,
    make_member,
)
from tests.plugin.soak import Soak
from tests.recruitment.random_work import RandomWork

LONG_AGO = datetime(2010, 3, 1, 15, tzinfo=UTC)  # so that the long run ends before today


def _work(
    chance: random.Random, study_site: StudySite, people: list[User], leads: int
) -> RandomWork:
    other = StudySiteFactory()
    deciders = [StudyStaffFactory(study_site=study_site), StudyStaffFactory(study_site=other)]
    return RandomWork(
        chance,
        [make_lead(study_site, received_at=LONG_AGO) for _ in range(leads)],
        [*people, make_member(Role.COORDINATOR, study_site), make_member(Role.COORDINATOR, other)],
        deciders,
        LONG_AGO,
    )


@pytest.mark.slow
def test_random_work_leaves_row_and_log_agreeing(
    study_site: StudySite, coordinator: User, site_lead: User
) -> None:
    seed = secrets.randbelow(2**31)
    print(f"seed {seed}")  # noqa: T201  (shown when the test fails)
    work = _work(random.Random(seed), study_site, [coordinator, site_lead], leads=6)

    work.run(steps=400)

    assert sum(work.done.values()) > 50
    assert sum(work.refused.values()) > 0


@pytest.mark.soak
def test_twenty_thousand_random_steps(
    study_site: StudySite, coordinator: User, site_lead: User, soak: Soak
) -> None:
    work = _work(soak.chance, study_site, [coordinator, site_lead], leads=200)

    work.run(steps=20_000)

    soak.record("steps", 20_000)
    soak.record("done", sum(work.done.values()))
    soak.record("refused", sum(work.refused.values()))
