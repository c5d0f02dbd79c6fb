"""What a report reads of changes after patients spoke, under its own role."""

from datetime import datetime

import pytest
from django.db import transaction

from accounts.models import User
from recruitment.models import StudySite
from recruitment.rules.patient_groups import ChangeTarget, InputTopic
from recruitment.services.patient_groups import record_patient_change, void_patient_change
from reporting.figures.work_facts import ChangeFacts
from reporting.queries.changes import changes_known_at
from reporting.queries.role import as_report_reader
from reporting.services.snapshots import report_in
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead
from tests.reporting.world import DAY, WEEK, make_draft

pytestmark = pytest.mark.django_db


def known(place: StudySite, cut_off: datetime, as_of: datetime) -> list[ChangeFacts]:
    with transaction.atomic(), as_report_reader() as taken:
        assert taken
        return list(changes_known_at(place, cut_off=cut_off, as_of=as_of))


def test_it_is_read_as_known_then_and_only_of_this_study_here(
    study_site: StudySite, site_lead: User
) -> None:
    made = record_patient_change(
        study_site=study_site,
        topic=InputTopic.COSTS,
        target=ChangeTarget.BURDEN,
        words="Parking is told of before the first visit.",
        on=MONDAY.date(),
        by=site_lead,
        at=MONDAY,
    )
    void_patient_change(change=made, by=site_lead, at=MONDAY + DAY)

    (then,) = known(study_site, MONDAY + DAY / 2, MONDAY + DAY / 2)
    (later,) = known(study_site, MONDAY + DAY / 2, MONDAY + DAY)
    assert (then.target, then.recorded_at, then.voided_at) == ("burden", MONDAY, None)
    assert later.voided_at == MONDAY + DAY
    assert known(study_site, MONDAY, MONDAY + WEEK) == []
    assert known(StudySiteFactory(), MONDAY + WEEK, MONDAY + WEEK) == []


def test_s76_a_draft_holds_it_in_its_own_section(study_site: StudySite, site_lead: User) -> None:
    make_lead(study_site)
    record_patient_change(
        study_site=study_site,
        topic=InputTopic.COSTS,
        target=ChangeTarget.BURDEN,
        words="Travel is spoken of before dates are offered.",
        on=MONDAY.date(),
        by=site_lead,
        at=MONDAY,
    )

    changes = report_in(make_draft(study_site)).changes

    assert changes is not None
    assert [row.words for row in changes.made] == ["Travel is spoken of before dates are offered."]
