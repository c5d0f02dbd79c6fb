"""Lead files into leads: what is stored, what waits for a person, and what a second run does."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from recruitment.models import ContactPermission, ImportBatch, Lead, LeadNote, Person, StudySite
from recruitment.rules.refusals import InvalidInput
from recruitment.services.lead_import import ImportPlan, apply_import, plan_import, read_for_site
from tests.factories.recruitment import (
    MONDAY,
    SourceFactory,
    StudySiteFactory,
    make_enquirer,
    make_lead,
)

COLUMNS = (
    "id,first_name,last_name,email,phone,birth_date,zip,received,ok to contact,ok to text,note"
)
ADA = "1,Ada,Example,ada@example.org,617-555-0101,1970-01-02,02118,2026-02-20T09:00:00Z,,,"
KEYS = {"file_name": "leads.csv", "file_sha256": "0" * 64}


def read(study_site: StudySite, *lines: str) -> Any:
    data = "\n".join((COLUMNS, *lines)).encode()
    mapping = {"birth_date": "birth_date"}
    return read_for_site(data, study_site=study_site, at=MONDAY, mapping=mapping)


def store(study_site: StudySite, *lines: str, **values: Any) -> ImportPlan:
    source = values.pop("source", None) or SourceFactory(study=study_site.study)
    defaults = {"study_site": study_site, "source": source, "by": None, "at": MONDAY, **KEYS}
    return apply_import(read(study_site, *lines), **(defaults | values))


def reasons(plan: ImportPlan) -> list[str]:
    return [str(problem) for problem in plan.problems]


def test_a_row_becomes_a_lead_with_all_that_it_says(
    study_site: StudySite, coordinator: User
) -> None:
    line = ADA.replace(",,,", ",yes,no,call my daughter first")

    plan = store(study_site, line, by=coordinator)

    lead = Lead.objects.select_related("person").get()
    assert plan.counts == {"accept": 1, "stored": 1, "already_here": 0}
    assert (lead.person.display_name, lead.person.birth_year) == ("Ada Example", 1970)
    assert (lead.person.location_band, lead.basis) == ("ZIP 021", "passed_on")
    assert lead.received_at == datetime(2026, 2, 20, 9, tzinfo=UTC)
    assert {p.channel: (p.state, p.how) for p in ContactPermission.objects.all()} == {
        "phone": ("yes", "stated"),
        "email": ("yes", "stated"),
        "text": ("no", "stated"),
    }
    assert LeadNote.objects.get().text == "call my daughter first"
    batch = ImportBatch.objects.get()
    assert (batch.by, batch.file_name, batch.counts) == (coordinator, "leads.csv", plan.counts)


def test_a_blank_inherits_and_a_no_keeps_the_lead_blocked_from_contact(
    study_site: StudySite,
) -> None:
    bea = ADA.replace("Ada", "Bea").replace("ada", "bea").replace("0101", "0102")

    store(study_site, ADA, bea.replace("1,", "2,", 1).replace(",,,", ",no,,"))

    ada, bea_lead = Lead.objects.order_by("pk")
    assert ada.basis == "passed_on"
    assert not ada.blockers.exists()
    assert [p.how for p in ada.person.permissions.all()] == ["source default"] * 3
    assert bea_lead.basis == "missing"
    assert bea_lead.blockers.get().category == "consent_to_contact_missing"
    assert {p.channel: p.state for p in bea_lead.person.permissions.all()} == {
        "phone": "no",
        "email": "no",
        "text": "unknown",
    }


def test_a_second_run_writes_nothing(study_site: StudySite) -> None:
    source = SourceFactory(study=study_site.study)
    no_id = ADA.replace("1,", ",", 1).replace("Ada", "Bea").replace("ada", "bea")
    lines = (ADA, no_id.replace("0101", "0102"))
    store(study_site, *lines, source=source)

    plan = store(study_site, *lines, source=source)

    assert (plan.counts["stored"], plan.counts["already_here"]) == (0, 2)
    assert (Lead.objects.count(), Person.objects.count(), ImportBatch.objects.count()) == (2, 2, 1)
    assert reasons(plan) == []


def test_a_record_number_that_somebody_else_has_is_a_conflict(study_site: StudySite) -> None:
    source = SourceFactory(study=study_site.study)
    store(study_site, ADA, source=source)
    bob = "1,Bob,Other,bob@example.org,617-555-0155,1980-01-02,,2026-02-21T09:00:00Z,,,"

    plan = store(study_site, bob, source=source)

    number = Lead.objects.get().number
    assert reasons(plan) == [
        f"Row 2: its record number belongs to lead {number}, with other contact details."
    ]


@pytest.mark.parametrize(
    ("line", "action", "reason"),
    [
        (ADA, "duplicate", "the same person as lead {}: same phone number and name"),
        (
            ADA.replace("1,Ada", "2,Bob"),
            "review",
            "may be the person of lead {}: same phone number, other name",
        ),
        (
            ADA.replace("0101", "0199"),
            "review",
            "may be the person of lead {}: same name, other phone number",
        ),
        (ADA.replace("0101", "0199").replace("1970", "1971"), "accept", ""),
    ],
)
def test_somebody_with_a_lead_here_is_suspected_by_what_is_shared(
    line: str, action: str, reason: str, study_site: StudySite
) -> None:
    known = make_enquirer(
        first_name="Ada", last_name="Example", phones=("+16175550101",), emails=(), birth_year=1970
    )
    lead = make_lead(study_site, enquirer=known)

    row = store(study_site, line).rows[0].row

    assert (row.action, row.reason) == (action, reason.format(lead.number))


def test_a_row_to_review_is_stored_when_somebody_decides_so(
    study_site: StudySite, coordinator: User
) -> None:
    source = SourceFactory(study=study_site.study)
    make_lead(study_site, enquirer=make_enquirer(phones=("+16175550101",)))

    plan = store(study_site, ADA, source=source, by=coordinator, wanted=frozenset({2}))
    again = store(study_site, ADA, source=source, by=coordinator, wanted=frozenset({2}))

    assert (plan.counts["stored"], again.counts["already_here"]) == (1, 1)
    assert Person.objects.count() == 2


def test_nothing_is_told_about_people_of_other_sites_and_studies(study_site: StudySite) -> None:
    elsewhere = StudySiteFactory(study=study_site.study)
    other_study = StudySiteFactory(site=study_site.site)
    store(elsewhere, ADA)
    store(other_study, ADA)

    plan = store(study_site, ADA)

    assert reasons(plan) == []
    assert plan.counts["stored"] == 1


def test_a_time_that_cannot_be_keeps_one_row_out_and_no_other(study_site: StudySite) -> None:
    ahead = f"{MONDAY + timedelta(hours=5):%Y-%m-%dT%H:%M:%SZ}"
    bea = ADA.replace("1,Ada", "2,Bea").replace("ada@", "bea@").replace("0101", "0102")
    dan = ADA.replace("1,Ada", "3,Dan").replace("ada@", "dan@").replace("0101", "0103")
    stamp = "2026-02-20T09:00:00Z"

    plan = store(
        study_site, ADA.replace(stamp, ahead), bea.replace(stamp, "soon"), dan.replace(stamp, "")
    )

    assert reasons(plan) == [
        "Row 2: it would have been received in the future.",
        'Row 3: the column "received" is not a date and is left empty.',
    ]
    assert {lead.received_at for lead in Lead.objects.all()} == {MONDAY}


def test_a_day_without_a_time_begins_on_the_clock_of_the_site(study_site: StudySite) -> None:
    store(study_site, ADA.replace("2026-02-20T09:00:00Z", "2026-02-20"))

    assert Lead.objects.get().received_at == datetime(2026, 2, 20, 5, tzinfo=UTC)


def test_words_beside_a_number_stay_with_the_lead(study_site: StudySite) -> None:
    store(study_site, ADA.replace("617-555-0101", "617-555-0101 (my daughter)"))

    note = LeadNote.objects.select_related("event").get()
    assert note.text == 'Beside the phone number stood: "my daughter"'
    assert note.event.kind == "received"
    assert Lead.objects.get().first_action_at is None


@pytest.mark.parametrize("what", ["other study", "draft", "closed"])
def test_a_place_that_takes_no_leads_refuses_the_whole_file(
    what: str, study_site: StudySite
) -> None:
    source = SourceFactory(study=study_site.study, state="draft" if what == "draft" else "live")
    if what == "other study":
        source = SourceFactory()
    study_site.is_open = what != "closed"

    with pytest.raises(InvalidInput):
        plan_import(read(study_site, ADA), study_site=study_site, source=source, at=MONDAY)
    with pytest.raises(InvalidInput):
        store(study_site, ADA, source=source)

    assert not Person.objects.exists()


def test_a_fault_in_the_middle_stores_no_row(
    study_site: StudySite, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise RuntimeError("the power went off")

    monkeypatch.setattr("recruitment.services.lead_import._keep_words", fail)

    with pytest.raises(RuntimeError):
        store(study_site, ADA)

    assert not Person.objects.exists()


@pytest.mark.slow
def test_planning_costs_the_same_for_one_row_and_for_forty(
    study_site: StudySite, count_queries: Any
) -> None:
    source = SourceFactory(study=study_site.study)
    lines = [
        f"{n},Ada,Sample{n},a{n}@example.org,617-555-{n:04d},1970-01-02,,,,,"
        for n in range(100, 140)
    ]
    make_lead(study_site)
    values = {"study_site": study_site, "source": source, "at": MONDAY}

    one = count_queries(plan_import, read(study_site, lines[0]), **values)
    forty = count_queries(plan_import, read(study_site, *lines), **values)

    assert one == forty <= 7


@pytest.mark.parametrize("year", [1, 1989])
def test_a_lead_of_before_1990_is_refused(study_site: StudySite, year: int) -> None:
    long_ago = datetime(year, 1, 2, tzinfo=UTC)

    with pytest.raises(InvalidInput, match="1990") as refusal:
        make_lead(study_site, received_at=long_ago, at=MONDAY)

    assert refusal.value.field == "received_at"
    assert not Lead.objects.exists()
