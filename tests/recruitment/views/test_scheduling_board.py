"""The scheduling board: who may be offered dates, who has them, what is missing (S6, G4)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.models import Lead, RecordsItem, StudySite, Visit
from recruitment.rules.stages import Stage
from recruitment.rules.vocabulary import RecordsState, RecordsType
from tests.factories.recruitment import make_enquirer, make_lead
from tests.factories.stages import Steps, bring_to
from tests.recruitment.views.lead_steps import post, words_of

SignIn = Callable[[User], Client]
S = Stage


def coming(study_site: StudySite, owner: User, **values: object) -> Lead:
    received_at = (timezone.now() - timedelta(days=12)).replace(microsecond=0)
    return make_lead(study_site, owner=owner, received_at=received_at, **values)


def reviewed(study_site: StudySite, owner: User) -> Steps:
    """Somebody with a complete prescreen whose answers were reviewed."""
    steps = bring_to(S.CONTACTED, coming(study_site, owner), owner)
    steps.prescreen()
    steps.review()
    return steps


def need(lead: Lead, state: RecordsState) -> None:
    RecordsItem.objects.create(
        lead=lead, type=RecordsType.LABS, state=state, changed_at=lead.stage_entered_at
    )


def parts_of(client: Client, query: str = "") -> dict[str, str]:
    """The words of each list of the board."""
    html = client.get(reverse("scheduling_board") + query).content.decode()
    found = {}
    for code in ("offer", "offered", "missing", "booked"):
        _, _, rest = html.partition(f'aria-labelledby="{code}"')
        found[code] = rest.partition("</section>")[0]
    return found


def test_s33_of_two_leads_with_a_complete_prescreen_the_board_says_who_may_be_offered_dates(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    ready, lacking = reviewed(study_site, coordinator), reviewed(study_site, coordinator)
    need(lacking.lead, RecordsState.REQUESTED)
    client = as_user(coordinator)

    parts = parts_of(client)

    assert ready.lead.number in parts["offer"]
    assert lacking.lead.number not in parts["offer"]
    assert lacking.lead.number in parts["missing"]
    assert "Wait for the records that were requested (Lab results)." in parts["missing"]
    moved = post(
        client,
        "lead_move",
        ready.lead,
        to="ready_to_schedule",
        due="proposed",
        back="scheduling_board",
    )
    assert moved["Location"] == reverse("scheduling_board")
    assert ready.lead.stage == S.READY_TO_SCHEDULE


def test_a_lead_goes_from_ready_over_dates_offered_to_this_weeks_visits(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    steps = bring_to(S.READY_TO_SCHEDULE, coming(study_site, coordinator), coordinator)
    lead, client = steps.lead, as_user(coordinator)
    assert "Send what to expect and how to prepare." in parts_of(client)["offer"]
    assert "Not looked at yet: Visit window" in parts_of(client)["offer"]

    offered = post(
        client,
        "lead_dates_offer",
        lead,
        due="proposed",
        back="scheduling_board",
        back_query="owner=me",
    )

    assert offered["Location"] == f"{reverse('scheduling_board')}?owner=me"
    parts = parts_of(client)
    assert lead.number in parts["offered"]
    assert lead.number not in parts["offer"]
    steps.at = timezone.now()
    steps.book(at=timezone.now(), starts_at=timezone.now() + timedelta(minutes=1))
    parts = parts_of(client)
    assert lead.number in parts["booked"]
    assert lead.number not in parts["offered"]


def test_somebody_who_needs_an_interpreter_is_named_with_what_to_arrange(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    enquirer = make_enquirer(77, needs_interpreter=True)
    bring_to(S.READY_TO_SCHEDULE, coming(study_site, coordinator, enquirer=enquirer), coordinator)

    assert "Arrange the interpreter this person needs." in parts_of(as_user(coordinator))["offer"]


def test_the_free_slots_of_each_study_stand_beside_the_leads(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    study_site.capacity_per_week = 3
    study_site.save()
    reviewed(study_site, coordinator)

    said = words_of(as_user(coordinator).get(reverse("scheduling_board")))

    assert said.count("of 3 , week of") == 4


def test_nobody_on_the_way_is_said_and_a_reviewer_finds_no_board(
    study_site: StudySite, coordinator: User, reviewer: User, as_user: SignIn
) -> None:
    board = reverse("scheduling_board")

    assert "Nobody is on the way to a visit" in words_of(as_user(coordinator).get(board))
    assert "Nobody here" in words_of(as_user(coordinator).get(f"{board}?owner=nobody"))
    assert as_user(reviewer).get(board).status_code == 404


@pytest.mark.parametrize("rows", [1, 8])
def test_the_board_takes_the_same_statements_whatever_it_holds(
    rows: int,
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    for _ in range(rows):
        reviewed(study_site, coordinator)
    client = as_user(coordinator)
    client.get(reverse("scheduling_board"))

    assert count_queries(client.get, reverse("scheduling_board")) <= 28


def test_a_list_that_is_longer_than_its_part_says_so_and_leads_to_all_of_it(
    study_site: StudySite, coordinator: User, as_user: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("recruitment.queries.scheduling_board.PAGE", 2)
    monkeypatch.setattr("recruitment.queries.scheduling_board.OFFERED_FIRST", 2)
    monkeypatch.setattr("recruitment.views.boards.PAGE", 2)
    ready = [
        bring_to(S.READY_TO_SCHEDULE, coming(study_site, coordinator), coordinator)
        for _ in range(3)
    ]
    Lead.objects.filter(pk__in=[steps.lead.pk for steps in ready]).update(dates_offered=True)
    for steps in ready:
        Visit.objects.create(
            lead=steps.lead,
            booked_at=timezone.now(),
            starts_at=timezone.now() + timedelta(minutes=5),
            type="screening",
        )
    client = as_user(coordinator)

    parts = parts_of(client)

    assert sum(steps.lead.number in parts["offered"] for steps in ready) == 2
    assert "2 of 3 shown." in parts["offered"]
    assert f'href="{reverse("scheduling_board")}?list=offered"' in parts["offered"]
    page = client.get(reverse("scheduling_board")).content.decode()
    assert "3</b><span>Visits this week" in page
    assert page.count("2 of 3 shown.") == 2
    for name, code in (("offered", "offered"), ("visits", "booked")):
        found = [
            parts_of(client, f"?list={name}&page={n}")[code].count(steps.lead.number) > 0
            for n in (1, 2)
            for steps in ready
        ]
        assert sum(found) == 3, "each stands on one of the two pages"


def test_a_refused_press_leads_back_to_the_board_with_its_filters(
    study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    steps, client = reviewed(study_site, coordinator), as_user(coordinator)
    need(steps.lead, RecordsState.REQUESTED)
    pressed = {"back": "scheduling_board", "back_query": f"study={study_site.study_id}&owner=me"}

    refused = post(
        client, "lead_move", steps.lead, to="ready_to_schedule", due="proposed", **pressed
    )

    assert refused.status_code == 422
    form = refused.content.decode().split('id="do-note"')[1].split("</form>")[0]
    assert 'name="back" value="scheduling_board"' in form
    assert f'name="back_query" value="study={study_site.study_id}&amp;owner=me"' in form
    noted = post(client, "lead_note", steps.lead, note="Records are awaited", once="k", **pressed)
    assert noted["Location"] == f"{reverse('scheduling_board')}?{pressed['back_query']}"
