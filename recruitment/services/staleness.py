"""Flagging leads that went stale: an event per lead and deadline (ST1, D17, LC12)."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from recruitment.services.review_times import COLUMNS, review_times
from recruitment.services.sweeps import Found, Params, not_yet, run, sweep

# The deadline is compared once more with the lead's own, which may move until the lead is locked.
FIND = """
SELECT lead.id, deadline.stale_at, lead.study_site_id,
       CASE WHEN lead.stale_flagged_for IS NULL THEN 'never'
            WHEN lead.stale_flagged_for = lead.stale_at THEN 'told'
            ELSE 'before' END AS flagged
  FROM recruitment_staledeadline deadline
  JOIN recruitment_lead lead ON lead.id = deadline.lead_id AND lead.stale_at = deadline.stale_at
 WHERE deadline.stale_at >= %(since)s AND deadline.stale_at <= %(at)s
   AND (%(places)s::bigint[] IS NULL OR lead.study_site_id = ANY(%(places)s))
   AND lead.study_site_id <> ALL(%(not_yet)s::bigint[])
 ORDER BY deadline.stale_at
 LIMIT %(batch)s
   FOR NO KEY UPDATE OF lead SKIP LOCKED
"""

# What the fold makes of a stale_flagged event, for leads that are locked: the lead's row
# (rules.projection), the milestone (3.3; of two flags the earlier one counts), and the clock of
# the review, which runs from now on unless one is running (rules.clock_facts). A deadline that was
# past already when that review began is the same staleness, by other hours or limits: it was moved.
# Tables that grow with all leads are asked lead by lead, in subqueries: a join would read them
# whole.
WRITE = """
WITH moved AS MATERIALIZED (
    SELECT id
      FROM recruitment_lead lead
     WHERE id = ANY(%(before)s)
       AND EXISTS (SELECT FROM recruitment_clock
                    WHERE lead_id = lead.id AND target = 'stale_review'
                      AND subject_id = 0 AND outcome = '' AND told_at >= lead.stale_at)
), no_more AS (
    DELETE FROM recruitment_staledeadline WHERE lead_id = ANY(%(met)s)
), flagged AS (
    UPDATE recruitment_lead
       SET stale_flagged_for = stale_at, version = version + 1,
           times_stale = times_stale + CASE WHEN id IN (SELECT id FROM moved) THEN 0 ELSE 1 END
     WHERE id = ANY(%(leads)s)
    RETURNING id, study_site_id, stage, stale_at, version,
              id IN (SELECT id FROM moved) AS is_moved
), told AS (
    INSERT INTO recruitment_leadevent (
        lead_id, seq, study_site_id, kind, occurred_at, recorded_at, from_stage, to_stage,
        code, reason_code, due_at, action_id)
    SELECT id, version, study_site_id, 'stale_flagged', stale_at, %(at)s, '', '',
           stage, CASE WHEN is_moved THEN 'moved' ELSE '' END, stale_at, %(run)s
      FROM flagged
    RETURNING id, lead_id, occurred_at
), first_flags AS (
    INSERT INTO recruitment_milestone (lead_id, code, event_id)
    SELECT lead_id, 'stale_flagged', id FROM told
    ON CONFLICT (lead_id, code) DO NOTHING
), known_flags AS MATERIALIZED (
    SELECT told.id, told.occurred_at,
           (SELECT milestone.id FROM recruitment_milestone milestone
             WHERE milestone.lead_id = told.lead_id AND milestone.code = 'stale_flagged') AS known
      FROM told
     WHERE told.lead_id = ANY(%(before)s)
), earlier_flags AS (
    UPDATE recruitment_milestone milestone
       SET event_id = known_flags.id
      FROM known_flags, recruitment_leadevent event
     WHERE milestone.id = known_flags.known
       AND event.id = milestone.event_id AND event.occurred_at > known_flags.occurred_at
), reviews AS (
    INSERT INTO recruitment_clock (
        lead_id, study_site_id, target, subject_id, run, amount, unit, version_id, started_at,
        told_at, pauses, due_at, warn_at, outcome)
    SELECT flagged.id, flagged.study_site_id, 'stale_review', 0, coalesce(last.run, 0) + 1,
           place.amount, place.unit, place.version, %(at)s, %(at)s, '[]', place.due_at,
           place.warn_at, ''
      FROM flagged
      JOIN unnest(
           %(places_due)s::bigint[], %(amounts)s::int[], %(units)s::text[],
           %(versions)s::bigint[], %(due)s::timestamptz[], %(warn)s::timestamptz[]
           ) AS place (study_site_id, amount, unit, version, due_at, warn_at)
        ON place.study_site_id = flagged.study_site_id
      LEFT JOIN LATERAL (
           SELECT max(run) AS run, bool_or(outcome = '') AS is_running
             FROM recruitment_clock
            WHERE lead_id = flagged.id AND target = 'stale_review' AND subject_id = 0
           ) AS last ON true
     WHERE last.is_running IS NOT TRUE
)
SELECT count(*) FROM told
"""


def flag_stale(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Flag every open lead whose stored deadline has passed at `at` (UTC); how many were flagged.

    Reads only rows that are due. May run twice, late, or beside itself: a deadline is flagged
    once, and one that was only moved counts as no other time stale. It changes no stage (LC12);
    "stale" on screen needs no flag, only the deadline. Sites whose deadlines are being worked out
    anew wait for the next run. With `study_sites` (keys) only leads there are looked at. Raises
    InvalidInput for a time to come.
    """
    return sweep(
        FIND,
        lambda: _Write(at),
        at=at,
        places=study_sites,
        run=uuid.uuid4(),
        not_yet=not_yet(),
    )


class _Write:
    """Writes the batches of one lane; what a study at a site has in common is read once."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self.known: dict[str, list[object]] = {name: [] for name in COLUMNS}
        self.places: set[int] = set()

    def __call__(self, found: Sequence[Found], params: Params) -> int:
        """Flag these leads and let all their deadlines go, also those told of already."""
        more = {place for _, _, place, _ in found} - self.places
        if more:
            self.places |= more
            for name, values in review_times(more, at=self.at).items():
                self.known[name] += values
        met = {
            "met": [key for key, *_ in found],
            "leads": [key for key, *_, flagged in found if flagged != "told"],
            "before": [key for key, *_, flagged in found if flagged == "before"],
        }
        ((flagged,),) = run(WRITE, {**params, **met, **self.known})
        return int(flagged)
