"""The web server itself goes away while somebody types: its process is killed and started again."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from recruitment.models import Draft, Role
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member
from tests.faults.processes import database_url, session_of, web

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]
RETRIED = 60_000  # ms; twice the longest that the form waits between two tries
FIRST, SECOND = "Asked about parking", ", and whether her sister may come along"


def test_a_half_typed_note_survives_a_server_that_is_killed_and_started_again(
    real_clock: None, page: Page, tmp_path: Path
) -> None:
    place = StudySiteFactory()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman")
    lead = make_lead(place, owner=priya, received_at=timezone.now() - timedelta(hours=2))
    env = {"DATABASE_URL": database_url()}
    form = page.locator("#do-note")
    note, said = form.locator("#note-note"), form.locator("[data-draft-said]")

    with web(tmp_path, env) as server:
        port = server.port
        address = f"http://127.0.0.1:{port}"
        name, value = session_of(priya)
        page.context.add_cookies([{"name": name, "value": value, "url": address}])
        page.goto(address + reverse("lead", args=[lead.number]))
        form.evaluate("el => el.setAttribute('open', '')")
        note.press_sequentially(FIRST)
        expect(said).to_have_text(re.compile("^Draft kept "))
        server.kill()

    note.press_sequentially(SECOND)
    expect(said).to_contain_text("Not saved. No connection.")
    assert Draft.objects.get().words == {"note": [FIRST]}

    with web(tmp_path, env, port=port):
        expect(said).to_have_text(re.compile("^Draft kept "), timeout=RETRIED)
        assert Draft.objects.get().words == {"note": [FIRST + SECOND]}
        page.reload()
        expect(note).to_have_value(FIRST + SECOND)
