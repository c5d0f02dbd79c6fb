"""Whatever people do to leads, the rules of the life cycle hold: 1,000 steps, or 20,000."""

import random
import secrets
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from recruitment.models import Role, StudySite
from recruitment.queries.projection import differences
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import SourceKind
from tests.factories.recruitment import (
    SourceFactory,
    StudySiteFactory,
    StudyStaffFactory,
    make_lead,
    make_member,
)
from tests.factories.stages import bring_to
from tests.plugin.soak import Soak
from tests.recruitment.life_machine import LifeMachine, Tally
from tests.recruitment.random_verbs import VERBS
from tests.recruitment.random_work import RandomWork

LONG_AGO = datetime(2010, 3, 1, 15, tzinfo=UTC)  # so that every run ends before today
LEADS, STEPS_A_RUN = 200, 100
HELD = 20  # leads of a list, which nobody has released
BROUGHT = 48  # leads that begin further on: four in every stage, and so most of the hot ones


@pytest.fixture
def world(study_site: StudySite, coordinator: User, site_lead: User) -> RandomWork:
    """200 leads in all stages, five people of whom one works elsewhere, and three deciders."""
    other = StudySiteFactory()
    study_site.capacity_per_week = BROUGHT // 2  # they come in one week
    study_site.save()
    registry = SourceFactory(study=study_site.study, kind=SourceKind.REGISTRY)
    leads = [make_lead(study_site, received_at=LONG_AGO) for _ in range(LEADS - HELD)]
    leads += [make_lead(study_site, received_at=LONG_AGO, source=registry) for _ in range(HELD)]
    for lead, stage in zip(leads[:BROUGHT], cycle(Stage), strict=False):
        bring_to(stage, lead, site_lead)
    study_site.capacity_per_week = 4
    study_site.save()
    people = [site_lead, coordinator, *(make_member(Role.COORDINATOR, study_site) for _ in "ab")]
    return RandomWork(
        random.Random(0),
        leads,
        [*people, make_member(Role.COORDINATOR, other)],
        [
            StudyStaffFactory(study_site=study_site),
            StudyStaffFactory(study_site=study_site, decides="prescreening"),
            StudyStaffFactory(study_site=other),
        ],
        LONG_AGO + timedelta(days=10),
    )


def _run(world: RandomWork, *, steps: int, with_seed: int) -> Tally:
    """Run examples until so many steps were taken; Hypothesis ends some of them early."""
    tally = Tally()
    while (left := steps - tally.steps) > 0:
        _examples(world, tally, count=-(-left // STEPS_A_RUN), with_seed=with_seed + tally.steps)
        assert list(differences(world.leads)) == [], "an example left something behind"
    return tally


def _examples(world: RandomWork, tally: Tally, *, count: int, with_seed: int) -> None:
    machine = seed(with_seed)(lambda: LifeMachine(world, VERBS, tally))
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=count,
            stateful_step_count=STEPS_A_RUN + 1,  # the first one only begins
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.slow
def test_a_thousand_random_steps_keep_every_rule(world: RandomWork) -> None:
    with_seed = secrets.randbelow(2**31)
    print(f"seed {with_seed}")  # noqa: T201  (shown when the test fails)

    tally = _run(world, steps=1_000, with_seed=with_seed)

    assert tally.steps >= 1_000
    assert len(tally.done) > len(set(VERBS)) // 2, "most verbs went through at least once"
    assert tally.refused


@pytest.mark.soak
def test_twenty_thousand_random_steps_keep_every_rule(world: RandomWork, soak: Soak) -> None:
    tally = _run(world, steps=20_000, with_seed=soak.seed)

    soak.record("steps", tally.steps)
    soak.record("done", sum(tally.done.values()))
    soak.record("refused", sum(tally.refused.values()))
    assert tally.steps >= 20_000
    assert set(tally.done) == {verb.__name__ for verb in VERBS}
