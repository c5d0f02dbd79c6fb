"""What the verbs cost: statements per action, BEGIN and COMMIT not counted."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from recruitment.models import StudySite
from recruitment.rules.vocabulary import Channel, ContactResult
from recruitment.services.outreach import log_outreach
from tests.factories.recruitment import MONDAY, make_lead


def test_logging_an_outcome_with_its_next_action_takes_at_most_twelve_statements(
    study_site: StudySite, coordinator: User
) -> None:
    make_lead(study_site)  # the site's calendar is read once
    lead = make_lead(study_site, owner=coordinator)

    with CaptureQueriesContext(connection) as captured:
        log_outreach(
            lead=lead,
            channel=Channel.PHONE,
            result=ContactResult.NO_ANSWER,
            by=coordinator,
            at=MONDAY + timedelta(hours=1),
            seen=lead.version,
        )

    statements = [q["sql"] for q in captured if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 12, "\n".join(statements)
