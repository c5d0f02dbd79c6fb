"""What must have been tried before a lead is closed as could-not-reach, from its rows (D27)."""

from recruitment.models import Lead, OutreachAttempt, Study
from recruitment.models.contact_files import reach_of
from recruitment.rules.attempt_policy import AttemptPolicy, Tried, missing_for_unreached
from recruitment.rules.permissions import KIND_OF
from recruitment.rules.vocabulary import TWO_WAY, Channel, PermissionState
from recruitment.services.cadences import cadence_of
from recruitment.services.log import Change


def missing_attempts(work: Change) -> list[str]:
    """What the study's cadence still asks for before somebody counts as not reached, as phrases.

    Channels that the person did not permit are left out. Three statements.
    """
    lead = work.lead
    reach = reach_of(lead, at=work.at, stage=work.state.stage, has_basis=True)
    agreed = {
        channel
        for channel, said in reach.contact.said.items()
        if said.state == PermissionState.YES and channel in reach.allowed and channel in KIND_OF
    }
    return missing_for_unreached(
        tried_since_answer(lead),
        policy=policy_of(lead.study_site.study),
        usable=set(reach.allowed),
        agreed=agreed,
        at=work.occurred_at,
        zone=lead.study_site.site.time_zone,
    )


def policy_of(study: Study) -> AttemptPolicy:
    """The attempts and the call-back window of the study's cadence."""
    cadence = cadence_of(study)
    return AttemptPolicy(min(len(cadence.steps), cadence.max_attempts), cadence.call_back_window)


def tried_since_answer(lead: Lead) -> list[Tried]:
    """The outbound attempts since the person last answered (CD4). One statement."""
    tried: list[Tried] = []
    rows = OutreachAttempt.objects.filter(lead=lead).order_by("at", "id")
    for result, channel, at, inbound in rows.values_list("result", "channel", "at", "is_inbound"):
        if inbound or result in TWO_WAY:
            tried = []
        else:
            tried.append(Tried(Channel(channel), at))
    return tried
