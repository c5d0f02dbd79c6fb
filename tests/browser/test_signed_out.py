"""A session that ends while somebody writes: her words stay, and go out once she is back."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from recruitment.models import LeadNote, Role
from tests.browser.working import sign_in
from tests.factories.recruitment import StudySiteFactory, make_lead, make_member

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def test_a_note_outlives_the_session_and_is_sent_after_signing_in_in_another_tab(
    transactional_db: None, page: Page, live_server: LiveServer
) -> None:
    cache.clear()
    place = StudySiteFactory()
    priya = make_member(Role.COORDINATOR, place, name="Priya Raman")
    make_lead(place, owner=priya, received_at=timezone.now() - timedelta(hours=2))
    sign_in(page, live_server.url, priya)
    page.locator(".lead__name").first.click()
    form = page.locator("#panel form", has=page.locator("#note-note"))
    form.locator("#note-note").evaluate("el => { el.closest('details')?.setAttribute('open', '') }")
    form.locator("#note-note").fill("Asked about parking.")
    Session.objects.all().delete()

    form.get_by_role("button", name="Add note").click()

    expect(page.locator("#signed-out")).to_contain_text("What you typed is still here")
    expect(form.locator("#note-note")).to_have_value("Asked about parking.")

    other = page.context.new_page()
    sign_in(other, live_server.url, priya)
    other.close()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#signed-out")).to_have_count(0)
    form.get_by_role("button", name="Add note").click()

    expect(page.locator("#toasts")).to_contain_text("Note added.")
    assert LeadNote.objects.get().text == "Asked about parking."
