"""What an opt-out ends, and when that has to be asked of the person (DN3, D25)."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from recruitment.models import Lead, Visit
from recruitment.rules.permissions import Scope
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import OPEN
from recruitment.rules.vocabulary import Channel
from trialsnest.lib.prepared import prepared

ALSO: dict[Channel, tuple[Channel, ...]] = {Channel.PHONE: (Channel.TEXT,)}
"""Who wants no calls gets no texts either, unless she says otherwise (DN3)."""


def asks_scope(lead: Lead) -> bool:
    """Whether the person has another open lead or a booked visit, so that the scope is asked (D25).

    One statement.
    """
    return bool(_other_plans(person=lead.person_id, lead=lead.pk))


@prepared
def _other_plans(*, person: int, lead: int) -> QuerySet[Lead, int]:
    """Another open lead of the person, or any with a booked visit."""
    booked = Visit.objects.filter(lead=OuterRef("pk"), result="")
    others = Q(stage__in=sorted(OPEN)) & ~Q(pk=lead)
    found = Lead.objects.filter(others | Exists(booked), person_id=person).order_by()
    return found.values_list("pk", flat=True)[:1]


def scope_of(lead: Lead, scope: Scope | None) -> Scope:
    """What was said, or everything where nothing else could be meant. Raises InvalidInput."""
    if scope is None:
        if asks_scope(lead):
            raise InvalidInput(
                "Ask the person and choose what the opt-out ends: there is another open lead or "
                "a booked visit.",
                field="scope",
            )
        return Scope.ORGANISATION
    if scope not in Scope.values:
        raise InvalidInput("Choose what the opt-out ends.", field="scope")
    return Scope(scope)


def ended_by(scope: Scope, channel: Channel | None) -> tuple[Channel, ...]:
    """The channels that an opt-out ends. Raises InvalidInput where its one channel is missing."""
    if scope != Scope.CHANNEL:
        return tuple(Channel)
    if channel is None or channel not in Channel.values:
        raise InvalidInput("Choose the channel that the opt-out is about.", field="channel")
    return (channel, *ALSO.get(channel, ()))
