"""Telling that a pause is over: a notice per blocker and review-by (PZ2, ST4).

The clocks go on without it, because a due time already counts the review-by of its pauses. The
notice puts on the timeline when that was.
"""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from recruitment.models.queue_indexes import CLOSED_CODES
from recruitment.rules.blocking import PAUSES
from recruitment.rules.vocabulary import BlockerCategory
from recruitment.services.sweeps import Found, Params, run, sweep

PAUSING = sorted(
    f"{category}:{party}"
    for (category, party), stops in PAUSES.items()
    if stops and category != BlockerCategory.STUDY_PAUSED  # only a person ends that one (D32)
)

KEY = """'pause:' || blocker.id || ':' ||
    to_char(blocker.review_by AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""

# The conditions of the index blocker_to_look_at, and what cannot be in an index.
OVER = f"""
       blocker.resolved_at IS NULL AND blocker.undone_at IS NULL
   AND blocker.review_by <= %(at)s
   AND blocker.category || ':' || blocker.waiting_on = ANY(%(pausing)s)
   AND NOT EXISTS (SELECT FROM recruitment_leadevent WHERE once_key = {KEY})
"""

FIND = f"""
SELECT blocker.id, blocker.review_by
  FROM recruitment_blocker blocker
  JOIN recruitment_lead lead ON lead.id = blocker.lead_id
 WHERE {OVER}
   AND blocker.review_by >= %(since)s
   AND (%(places)s::bigint[] IS NULL OR lead.study_site_id = ANY(%(places)s))
   AND lead.stage <> ALL(%(closed)s)
 ORDER BY blocker.review_by
 LIMIT %(batch)s
   FOR NO KEY UPDATE OF lead SKIP LOCKED
"""  # noqa: S608  (put together from the constants above)

# Their leads are locked, but the blockers were read before that: they are asked again.
WRITE = f"""
WITH ended AS (
    SELECT blocker.id, blocker.lead_id, lead.study_site_id, blocker.category, blocker.review_by,
           {KEY} AS once_key,
           lead.version + row_number() OVER (
               PARTITION BY blocker.lead_id ORDER BY blocker.review_by, blocker.id
           ) AS seq
      FROM recruitment_blocker blocker
      JOIN recruitment_lead lead ON lead.id = blocker.lead_id
     WHERE blocker.id = ANY(%(blockers)s) AND lead.stage <> ALL(%(closed)s) AND {OVER}
), told AS (
    INSERT INTO recruitment_leadevent (
        lead_id, seq, study_site_id, kind, occurred_at, recorded_at, from_stage, to_stage,
        code, reason_code, subject_id, due_at, action_id, once_key)
    SELECT lead_id, seq, study_site_id, 'pause_ended', review_by, %(at)s, '', '',
           category, '', id, review_by, %(run)s, once_key
      FROM ended
), leads AS (
    UPDATE recruitment_lead lead
       SET version = last.seq
      FROM (SELECT lead_id, max(seq) AS seq FROM ended GROUP BY lead_id) last
     WHERE lead.id = last.lead_id
)
SELECT count(*) FROM ended
"""  # noqa: S608  (put together from the constants above)


def tell_pauses_over(*, at: datetime, study_sites: Collection[int] | None = None) -> int:
    """Write a notice for every pausing blocker whose review-by has passed at `at` (UTC).

    Answers how many were written. May run twice, late, or beside itself: each review-by is told
    of once. A paused study is not among them. With `study_sites` (keys) only leads there are
    looked at. Raises InvalidInput for a time to come.
    """
    return sweep(
        FIND,
        lambda: _write,
        at=at,
        places=study_sites,
        run=uuid.uuid4(),
        pausing=PAUSING,
        closed=CLOSED_CODES,
    )


def _write(found: Sequence[Found], params: Params) -> int:
    ((written,),) = run(WRITE, {**params, "blockers": [key for key, *_ in found]})
    return int(written)
