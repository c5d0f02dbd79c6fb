"""Recording that a target was not kept: a notice per clock, for the time it was due (CK5, E1).

Pages need no notice, only the due time. It is the record that stays when a call is typed in later,
or when hours or targets change: what it says never moves.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from recruitment.services.sweeps import Found, Params, not_yet, run, sweep

# The conditions on the clock are those of the index clock_to_flag.
FIND = """
SELECT clock.id, clock.due_at
  FROM recruitment_clock clock
  JOIN recruitment_lead lead ON lead.id = clock.lead_id
 WHERE clock.outcome = '' AND clock.flagged_for IS NULL
   AND clock.due_at >= %(since)s AND clock.due_at <= %(at)s
   AND (%(places)s::bigint[] IS NULL OR clock.study_site_id = ANY(%(places)s))
   AND clock.study_site_id <> ALL(%(not_yet)s::bigint[])
 ORDER BY clock.due_at
 LIMIT %(batch)s
   FOR NO KEY UPDATE OF lead SKIP LOCKED
"""

# Their leads are locked, but the clocks were read before that: they are asked again.
WRITE = """
WITH due AS (
    SELECT clock.id, clock.lead_id, clock.study_site_id, clock.target, clock.subject_id,
           clock.due_at,
           lead.version + row_number() OVER (
               PARTITION BY clock.lead_id ORDER BY clock.due_at, clock.id
           ) AS seq
      FROM recruitment_clock clock
      JOIN recruitment_lead lead ON lead.id = clock.lead_id
     WHERE clock.id = ANY(%(clocks)s)
       AND clock.outcome = '' AND clock.flagged_for IS NULL AND clock.due_at <= %(at)s
), told AS (
    INSERT INTO recruitment_leadevent (
        lead_id, seq, study_site_id, kind, occurred_at, recorded_at, from_stage, to_stage,
        code, reason_code, subject_id, due_at, action_id)
    SELECT lead_id, seq, study_site_id, 'clock_breached', due_at, %(at)s, '', '',
           target, '', subject_id, due_at, %(run)s
      FROM due
), flagged AS (
    UPDATE recruitment_clock clock
       SET flagged_for = due.due_at
      FROM due
     WHERE clock.id = due.id
), leads AS (
    UPDATE recruitment_lead lead
       SET version = last.seq
      FROM (SELECT lead_id, max(seq) AS seq FROM due GROUP BY lead_id) last
     WHERE lead.id = last.lead_id
)
SELECT count(*) FROM due
"""


def flag_breaches(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Write a notice for every running clock that is due at `at` (UTC); how many were written.

    Reads only clocks that are due. May run twice, late, or beside itself: a clock is told of once,
    with the due time it had then. Sites whose due times are being worked out anew wait for the
    next run. With `study_sites` (keys) only clocks there are looked at. Raises InvalidInput for a
    time to come.
    """
    return sweep(
        FIND,
        lambda: _write,
        at=at,
        places=study_sites,
        run=uuid.uuid4(),
        not_yet=not_yet(),
    )


def _write(found: Sequence[Found], params: Params) -> int:
    ((written,),) = run(WRITE, {**params, "clocks": [key for key, *_ in found]})
    return int(written)
