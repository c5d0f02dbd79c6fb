"""The line that says why a lead is not in the reader's own queue."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from accounts.models import User
from recruitment.models import Lead
from recruitment.queries.queue_ask import Ask, Tab
from recruitment.rules.stages import Stage
from recruitment.rules.why_not import Standing, at_the_end, why_not


def not_mine(
    user: User, lead: Lead, *, at: datetime, works_here: bool, halted: bool
) -> dict[str, Any]:
    """What _not_mine.html shows; no statement of its own. `at` is UTC.

    `works_here`: the user works the leads of this study at its site; `halted`: nobody may there.
    """
    standing = Standing(
        stage=Stage(lead.stage),
        owner=lead.owner.name if lead.owner else "",
        is_mine=lead.owner_id == user.pk,
        works_here=works_here,
        stale_at=lead.stale_at,
        has_first_action=lead.first_action_at is not None,
        is_promised=lead.is_promised,
        is_held=lead.is_held,
        is_halted=halted,
        has_visit=lead.visit_at is not None,
        due_at=lead.due_at,
        zone=lead.study_site.site.time_zone,
    )
    own = Ask(tab=Tab.MINE).query
    return {
        "why_not": why_not(standing, now=at),
        "at_the_end": at_the_end(standing),
        "rank_url": f"{reverse('lead_rank', args=[lead.number])}?{own}",
    }
