"""Forms that have a page of their own: how each is filled in, where it stands, what it sends."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment.forms.drafts import OWN_FORMS
from recruitment.models import Lead, Role, Source, StudySite
from tests.factories.recruitment import StudyStaffFactory, make_member
from tests.recruitment.views.test_review_tray import asked

WORDS = "Kanaridraft"
PAGE_FORMS = [*OWN_FORMS, "handoff", "decide"]


@dataclass
class Desk:
    """Priya's desk: a lead of hers, her client, and how each form is typed, shown and sent."""

    lead: Lead
    source: Source
    peer: User
    decider: int
    client: Client

    def typed(self, form: str) -> dict[str, Any]:
        """What she has typed into a form, all that it needs to be sent."""
        later = (timezone.now() + timedelta(days=3)).date().isoformat()
        several = {"lead": f"{self.lead.number}:{self.lead.version}"}
        return {
            "add-lead": {
                "study_site": self.lead.study_site_id,
                "source": self.source.pk,
                "first_name": WORDS,
                "phone": "+1 617 555 0199",
                "may_text": "unknown",
            },
            "pass-on": {
                "site": self.lead.study_site.site_id,
                "reach": "+1 617 555 0199",
                "text": WORDS,
            },
            "several-assign": several | {"owner": self.peer.pk, "reason": WORDS},
            "several-hand_over": several | {"receiver": self.peer.pk, "context": WORDS},
            "several-snooze": several
            | {
                "due_date": later,
                "due_time": "10:00",
                "push_back": "postponed",
                "reason": WORDS,
            },
            "several-close": several | {"reason": "pt_not_interested", "note": WORDS},
            "handoff": {"receiver": self.peer.pk, "context": WORDS},
            "decide": {
                "decision": "proceed",
                "decided_by": self.decider,
                "due": "proposed",
                "detail": WORDS,
            },
        }[form]

    def address(self, form: str) -> str:
        """Where its page stands."""
        if form in OWN_FORMS:
            return reverse(OWN_FORMS[form].url_name)
        name = {"handoff": "lead_handoff", "decide": "review_decide"}[form]
        return reverse(name, args=[self.lead.number])

    def keep(self, form: str, client: Client | None = None, **more: Any) -> HttpResponse:
        """What static/js/drafts.js sends."""
        own = form in OWN_FORMS
        url = (
            reverse("own_draft", args=[form])
            if own
            else reverse("lead_draft", args=[self.lead.number, form])
        )
        seen = {} if own else {"seen": self.lead.version}
        return (client or self.client).post(url, self.typed(form) | seen | more)  # type: ignore[return-value]

    def page(self, form: str, client: Client | None = None) -> str:
        return (client or self.client).get(self.address(form)).content.decode()

    def send(self, form: str, **more: Any) -> HttpResponse:
        """The form sent as it was typed, by the page that holds its draft."""
        values = {"seen": self.lead.version, "draft": "1"} | more
        return self.post(form, self.typed(form) | values)

    def post(self, form: str, values: dict[str, Any], step: str = "save") -> HttpResponse:
        """What the button of its page sends."""
        if form.startswith("several-"):
            values = values | {"do": form.removeprefix("several-"), "step": step}
        return self.client.post(self.address(form), values)  # type: ignore[return-value]

    def form(self, form: str) -> forms.Form:
        """The form itself, as its page has it."""
        is_several = form.startswith("several-")
        found: Any = (
            self.post(form, self.typed(form), "look")
            if is_several
            else self.client.get(self.address(form))
        )
        return found.context["form"]  # type: ignore[no-any-return]


def desk_of(study_site: StudySite, priya: User, client: Client) -> Desk:
    """The desk with a lead that the study team was asked about, a colleague, and who decides."""
    lead = asked(study_site, priya)
    decider = StudyStaffFactory(study_site=study_site)
    peer = make_member(Role.COORDINATOR, study_site, name="Mira Chen")
    return Desk(lead, lead.source, peer, decider.pk, client)
