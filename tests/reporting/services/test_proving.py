"""The nightly proof beside drafts, and after a proof that failed (SR2)."""

from threading import Thread

import pytest
from django.db import connection, transaction

from accounts.models import User
from recruitment.models import StudySite
from reporting.models import KeptLead, KeptLog, SponsorReport
from reporting.services import keeping
from reporting.services.drafts import locked_study_site
from reporting.services.keeping import keep_leads, prove_due
from tests.factories.recruitment import MONDAY, StudySiteFactory, make_lead
from tests.reporting.services.test_keeping import leads_read, three_leads
from tests.reporting.world import DAY, WEEK, make_draft

AT = MONDAY + 20 * WEEK


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_proof_that_makes_drafts_again_waits_for_one_that_is_being_made(
    study_site: StudySite, coordinator: User
) -> None:
    """Both lock the study at the site before what is kept; else each would wait for the other."""
    three_leads(study_site, coordinator)
    keep_leads(study_site, at=AT)
    make_draft(study_site, after=AT)
    KeptLead.objects.filter(share__contains="closed").update(share="[[],[],0,false]")

    def keep() -> None:
        keep_leads(study_site, at=AT + 2 * WEEK)
        connection.close()

    keeper = Thread(target=keep)
    with transaction.atomic():
        locked_study_site(study_site.study, study_site.site)
        keeper.start()
        keeper.join(timeout=2)
        assert keeper.is_alive()
        assert leads_read(study_site, AT + WEEK) == 0
    keeper.join()

    assert KeptLog.objects.get().differed == 2
    assert SponsorReport.objects.get().drafted_at == AT + 2 * WEEK


@pytest.mark.django_db
def test_a_study_that_cannot_be_proved_keeps_no_other_from_it(
    study_site: StudySite,
    coordinator: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    three_leads(study_site, coordinator)
    other = StudySiteFactory()
    make_lead(other)
    monkeypatch.setattr(keeping, "WORTH_KEEPING", 1)
    prove_due(at=AT, seconds=60)
    KeptLead.objects.filter(study_site=study_site).update(facts="[]")

    assert prove_due(at=AT + DAY, seconds=60) == 1
    assert KeptLog.objects.get(study_site=other).proved_at == AT + DAY
    assert "kept leads could not be proved" in caplog.messages
