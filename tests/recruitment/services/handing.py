"""Hand-offs as their tests need them."""

from datetime import timedelta
from typing import Any

from accounts.models import User
from recruitment.models import Handoff, Lead
from recruitment.services.handoffs import offer_handoff
from tests.factories.recruitment import MONDAY

HOUR = timedelta(hours=1)


def offer(lead: Lead, by: User, to: User, **values: Any) -> Handoff:
    lead.refresh_from_db()
    context = values.pop("context", "Wants evenings; the sister answers the phone.")
    at, seen = values.pop("at", MONDAY + HOUR), values.pop("seen", lead.version)
    return offer_handoff(lead=lead, to=to, context=context, by=by, at=at, seen=seen, **values)


def kinds(lead: Lead) -> list[str]:
    return list(lead.events.order_by("seq").values_list("kind", flat=True))
