"""The intake tray: who takes a new lead on, what is on hold, and what may be double (S3)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Message, Role, StudySite
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import ContactBasis
from tests.factories.recruitment import StudySiteFactory, make_enquirer, make_lead, make_member
from tests.recruitment.views.lead_steps import post, words_of

SignIn = Callable[[User], Client]


def section(client: Client, code: str, query: str = "") -> str:
    html = client.get(reverse("intake") + query).content.decode()
    return html.partition(f'aria-labelledby="{code}"')[2].partition("</section>")[0]


def test_leads_without_an_owner_stand_oldest_first_and_one_press_claims_them(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now = timezone.now()
    older = make_lead(study_site, received_at=now - timedelta(hours=30))
    newer = make_lead(study_site, received_at=now - timedelta(hours=2))
    client = as_user(coordinator)
    rows = section(client, "unowned")
    assert rows.index(older.number) < rows.index(newer.number)

    claimed = post(client, "lead_claim", older, back="intake")

    assert claimed["Location"] == reverse("intake")
    assert older.owner == coordinator
    assert older.number not in section(client, "unowned")


def test_not_a_lead_closes_it_with_its_reason_and_can_be_undone(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead, client = make_lead(study_site, received_at=timezone.now()), as_user(coordinator)

    closed = post(client, "lead_close", lead, reason="src_spam", back="intake")

    assert closed["Location"] == reverse("intake")
    assert lead.stage == Stage.CLOSED_OTHER
    page = client.get(reverse("intake")).content.decode()
    assert "Lead closed." in page
    assert "/undo/" in page


def test_a_shared_phone_is_shown_as_maybe_double_and_only_with_leads_one_may_see(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    now, phone = timezone.now(), "+16175550123"
    known = make_lead(
        study_site, enquirer=make_enquirer(1, phones=(phone,)), received_at=now - timedelta(days=9)
    )
    hidden = make_lead(
        StudySiteFactory(), enquirer=make_enquirer(2, phones=(phone,)), received_at=now
    )
    new = make_lead(study_site, enquirer=make_enquirer(3, phones=(phone,)), received_at=now)
    alone = make_lead(study_site, received_at=now)
    client = as_user(coordinator)

    said = section(client, "double")

    assert "Same phone" in said
    assert new.number in said
    assert known.number in said
    assert hidden.number not in said
    assert alone.number not in said
    post(client, "lead_close", new, reason="src_duplicate", back="intake")
    assert new.stage == Stage.CLOSED_OTHER
    assert new.number not in section(client, "double").replace(known.number, "")


def test_a_lead_without_a_contact_basis_is_named_with_the_way_to_record_it(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(
        study_site, owner=coordinator, basis=ContactBasis.MISSING, received_at=timezone.now()
    )

    said = section(as_user(coordinator), "basis")

    assert lead.number in said
    assert "Record the basis" in said


def test_messages_without_a_lead_wait_in_the_tray_of_their_site(
    study_site: StudySite, coordinator: User, outsider: User, as_user: SignIn
) -> None:
    Message.objects.create(
        site=study_site.site,
        taken_at=timezone.now() - timedelta(hours=3),
        taken_by=outsider,
        caller="Rosa Example",
        reach="+16175550188",
    )

    assert "Rosa Example" in section(as_user(coordinator), "passed-on")
    assert "Rosa Example" not in words_of(as_user(outsider).get(reverse("intake")))


def test_a_study_filters_the_tray_and_a_site_lead_may_assign(
    study_site: StudySite, coordinator: User, site_lead: User, as_user: SignIn
) -> None:
    other = StudySiteFactory(site=study_site.site)
    make_member(Role.COORDINATOR, other, user=coordinator)
    here = make_lead(study_site, received_at=timezone.now())
    there = make_lead(other, received_at=timezone.now())

    rows = section(as_user(coordinator), "unowned", f"?study={other.study_id}")

    assert there.number in rows
    assert here.number not in rows
    assert "#do-assign" not in rows
    assert "#do-assign" in section(as_user(site_lead), "unowned")


def test_an_empty_tray_says_so(study_site: StudySite, coordinator: User, as_user: SignIn) -> None:
    assert "The tray is empty" in words_of(as_user(coordinator).get(reverse("intake")))


def test_the_tray_takes_a_few_statements_whatever_it_holds(
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    client, now = as_user(coordinator), timezone.now()
    for n in range(8):
        enquirer = make_enquirer(n, phones=("+16175550123",))
        make_lead(study_site, enquirer=enquirer, received_at=now)
    client.get(reverse("intake"))

    assert count_queries(client.get, reverse("intake")) <= 32


def test_long_lists_say_how_many_are_shown_and_lead_to_the_rest(
    study_site: StudySite, coordinator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("recruitment.queries.intake_tray", "recruitment.views.boards"):
        monkeypatch.setattr(f"{module}.PAGE", 2)
    now, phone = timezone.now(), "+16175550123"
    for n in range(4):
        make_lead(
            study_site,
            enquirer=make_enquirer(n, phones=(phone,)),
            received_at=now - timedelta(hours=9 - n),
        )
        make_lead(study_site, received_at=now, basis=ContactBasis.MISSING)
    client = as_user(coordinator)

    assert "2 of 3 shown." in section(client, "double")
    assert "2 of 4 shown." in section(client, "basis")
    for name, total in (("double", 3), ("basis", 4)):
        pages = [section(client, name, f"?list={name}&page={n}") for n in (1, 2)]
        assert "shown." not in pages[0]
        assert [page.count("sheet--pad") for page in pages] == [2, total - 2]
        assert "Show all lists" in client.get(f"{reverse('intake')}?list={name}").content.decode()


def test_no_more_than_the_newest_leads_are_looked_at_for_doubles_and_it_is_said(
    study_site: StudySite, coordinator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, phone = timezone.now(), "+16175550123"
    leads = [
        make_lead(
            study_site,
            enquirer=make_enquirer(n, phones=(phone,)),
            received_at=now - timedelta(hours=9 - n),
        )
        for n in range(4)
    ]
    client = as_user(coordinator)
    assert "Only the newest" not in section(client, "double")

    monkeypatch.setattr("recruitment.queries.intake_tray.MOST_LOOKED", 2)
    monkeypatch.setattr("recruitment.views.trays.MOST_LOOKED", 2)

    said = section(client, "double")
    assert "Only the newest 2 new leads are looked at here" in said
    assert f"Close {leads[1].number} as a duplicate" not in said
    assert f"Close {leads[3].number} as a duplicate" in said
