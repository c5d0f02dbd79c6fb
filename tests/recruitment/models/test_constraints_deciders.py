"""The database refuses a way of deciding that the services do not know, by name."""

import pytest
from django.db import IntegrityError, transaction

from recruitment.models import StudySite, StudyStaff
from tests.factories.recruitment import StudyStaffFactory


def test_a_member_decides_for_the_study_team_or_is_delegated_for_prescreening(
    study_site: StudySite,
) -> None:
    member = StudyStaffFactory(study_site=study_site)
    rows = StudyStaff.objects.filter(pk=member.pk)

    for code, _ in StudyStaff.DECIDES:
        assert rows.update(decides=code) == 1
    with (
        pytest.raises(IntegrityError, match="study_staff_decides_is_known"),
        transaction.atomic(),
    ):
        rows.update(decides="everything")
