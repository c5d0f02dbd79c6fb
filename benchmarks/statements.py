"""The statements that the benchmarks compare with, and those that set their stage."""

DUE = {
    "stale": """
UPDATE recruitment_lead
   SET stale_at = %(at)s - (id %% 7193) * interval '1 second', risk_at = %(at)s - interval '1 day'
 WHERE id %% %(share)s = %(rest)s
""",
    "breach": """
UPDATE recruitment_clock
   SET due_at = %(at)s - (lead_id %% 7193) * interval '1 second',
       warn_at = %(at)s - interval '1 day'
 WHERE outcome = '' AND target = 'prescreen_complete' AND lead_id %% %(share)s = %(rest)s
""",
}

BARE = {
    "stale": """
WITH due AS (
    DELETE FROM recruitment_staledeadline WHERE stale_at <= %(at)s
    RETURNING lead_id
), flagged AS (
    UPDATE recruitment_lead lead
       SET stale_flagged_for = stale_at, times_stale = times_stale + 1, version = version + 1
      FROM due
     WHERE lead.id = due.lead_id
    RETURNING lead.id, version, study_site_id, stage, stale_at
)
INSERT INTO recruitment_leadevent (
    lead_id, seq, study_site_id, kind, occurred_at, recorded_at, from_stage, to_stage,
    code, reason_code, subject_id, due_at, action_id)
SELECT id, version, study_site_id, 'stale_flagged', stale_at, %(at)s, '', '', stage, '', NULL,
       stale_at, gen_random_uuid()
  FROM flagged
""",
    "breach": """
WITH flagged AS (
    UPDATE recruitment_clock
       SET flagged_for = due_at
     WHERE outcome = '' AND flagged_for IS NULL AND due_at <= %(at)s
    RETURNING lead_id, study_site_id, target, subject_id, due_at
), leads AS (
    UPDATE recruitment_lead lead
       SET version = version + 1
      FROM flagged
     WHERE lead.id = flagged.lead_id
    RETURNING lead.id, lead.version, flagged.study_site_id, flagged.target, flagged.subject_id,
              flagged.due_at
)
INSERT INTO recruitment_leadevent (
    lead_id, seq, study_site_id, kind, occurred_at, recorded_at, from_stage, to_stage,
    code, reason_code, subject_id, due_at, action_id)
SELECT id, version, study_site_id, 'clock_breached', due_at, %(at)s, '', '', target, '',
       subject_id, due_at, gen_random_uuid()
  FROM leads
""",
}

BARE_CONTACT = """
WITH changed AS (
    UPDATE recruitment_lead
       SET attempts = attempts + 1, version = version + 1, last_action_at = %(at)s,
           due_at = %(at)s + interval '1 day', date_at = %(at)s + interval '1 day',
           stale_at = %(at)s + interval '3 days', risk_at = %(at)s + interval '2 days'
     WHERE id = %(lead)s AND version = %(seen)s
    RETURNING id, version, study_site_id, owner_id
)
INSERT INTO recruitment_leadevent (
    lead_id, seq, study_site_id, kind, occurred_at, recorded_at, actor_id, from_stage, to_stage,
    code, reason_code, action_id)
SELECT id, version, study_site_id, 'outreach_logged', %(at)s, %(at)s, owner_id, '', '', 'no_answer',
       'phone', gen_random_uuid()
  FROM changed
"""
"""The least that a contact can be: the lead, guarded by its version, and one event."""

ANEW = """
UPDATE recruitment_lead lead
   SET stale_at = greatest(found.planned, lead.stage_entered_at + interval '5 days'),
       stale_flagged_for = CASE WHEN found.planned <= %(at)s THEN found.planned END
  FROM (SELECT action.lead_id, greatest(max(action.due_at), max(clock.due_at)) AS planned
          FROM recruitment_nextaction action
          JOIN recruitment_clock clock ON clock.lead_id = action.lead_id AND clock.outcome = ''
         WHERE action.ended_at IS NULL AND action.undone_at IS NULL
         GROUP BY action.lead_id) found
 WHERE found.lead_id = lead.id AND lead.stage NOT IN ('enrolled', 'not_qualified', 'closed_other')
"""

ROWS_READ = """
SELECT coalesce(sum(seq_tup_read + coalesce(idx_tup_fetch, 0)), 0)
  FROM pg_stat_user_tables WHERE relname = ANY(%s)
"""
