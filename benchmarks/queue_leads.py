# ruff: noqa: S608  (every text put together here is one of this module's own)
"""Leads as a queue has them: four in ten open, in every stage, owned, with dates spread around AT.

500 studies at 5 of 50 sites each. At a site five studies at a time are worked by three people, who
own nine in ten of their leads; a site lead sees all of a site, and one person sees everything.
Patients live in five zones. A lead that was worked has ten events; of the open ones 7 % are past
due, 4 % promised a call, 6 % untouched, 8 % blocked, 8 % have a visit; each open one has the three
attempts of its log. Everybody has a name, a number and an address. All values follow from the
lead's number, so every build is the same.
"""

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import leads as base
from benchmarks.leads import CHUNK
from benchmarks.moment import AT
from benchmarks.names import name_everybody
from benchmarks.queue_readers import give_roles, make_workers

STUDIES_TOGETHER, COORDINATORS = 5, 3  # studies at a site that three people work together
EVENTS = 10

# Numbers from 0 to 1 of each lead, which seem random and are the same in every build.
PART = "((hashint8(n + {salt}000000007) & 16777215) / 16777216.0)"
PARTS = ", ".join(f"{PART.format(salt=salt)} AS r{salt}" for salt in range(1, 10))

PLAN = f"""
CREATE TEMP TABLE plan ON COMMIT DROP AS
SELECT told.*,
       CASE WHEN next_type <> '' THEN
            least(due_at, review_by, chase_at, confirm_by) END AS date_at
  FROM (
    SELECT worked.*,
           CASE WHEN is_open THEN due_at + r5 * interval '2 days' END AS stale_at,
           CASE WHEN is_open AND stage = 'records_needed'
                THEN %(at)s + (r6 * 9 - 1) * interval '1 day' END AS chase_at,
           CASE WHEN is_open AND r7 < 0.08
                THEN %(at)s + (r6 * 9 - 1) * interval '1 day' END AS review_by,
           CASE WHEN visit_at IS NOT NULL AND NOT visit_confirmed
                THEN visit_at - interval '2 days' END AS confirm_by
      FROM (
        SELECT begun.*,
               CASE WHEN is_open THEN %(at)s + (r3 * 30 - 2) * interval '1 day' END AS due_at,
               CASE WHEN NOT is_untouched
                    THEN received_at + r4 * least(interval '1 day', %(at)s - received_at)
                    END AS first_action_at,
               CASE WHEN is_open AND stage = 'scheduled'
                    THEN %(at)s + (r4 * 21 - 1) * interval '1 day' END AS visit_at,
               is_open AND stage = 'scheduled' AND r5 < 0.5 AS visit_confirmed,
               is_open AND r8 < 0.04 AND NOT is_untouched AS is_promised,
               CASE WHEN NOT is_open THEN ''
                    WHEN is_untouched OR r8 < 0.04 THEN 'call'
                    ELSE CASE stage
                         WHEN 'awaiting_prescreen' THEN 'finish_prescreen'
                         WHEN 'coordinator_review' THEN 'review_prescreen'
                         WHEN 'records_needed' THEN 'chase_records'
                         WHEN 'ready_to_schedule' THEN 'offer_dates'
                         WHEN 'scheduled' THEN 'confirm_visit'
                         WHEN 'screened' THEN 'record_outcome'
                         WHEN 'no_response' THEN 'decide_close'
                         ELSE CASE WHEN r6 < 0.1 THEN 'missed_visit' ELSE 'call' END END
                    END AS next_type,
               stage = 'ready_to_schedule' AND r6 < 0.7 AS dates_offered,
               is_untouched AND r6 < 0.2 AS is_held
          FROM (
            SELECT part.*, place.study_site_id, place.source_id,
                   r1 < 0.4 AS is_open, r1 < 0.024 AS is_untouched,
                   CASE WHEN r1 < 0.044 THEN 'new_inquiry'
                        WHEN r1 < 0.10 THEN 'awaiting_prescreen'
                        WHEN r1 < 0.13 THEN 'coordinator_review'
                        WHEN r1 < 0.24 THEN 'contacted'
                        WHEN r1 < 0.29 THEN 'records_needed'
                        WHEN r1 < 0.32 THEN 'ready_to_schedule'
                        WHEN r1 < 0.35 THEN 'scheduled'
                        WHEN r1 < 0.365 THEN 'screened'
                        WHEN r1 < 0.4 THEN 'no_response'
                        WHEN r1 < 0.43 THEN 'enrolled'
                        WHEN r1 < 0.70 THEN 'not_qualified'
                        ELSE 'closed_other' END AS stage,
                   %(at)s - interval '2 hours' - r2 * r2
                       * (CASE WHEN r1 < 0.4 THEN 60 ELSE 700 END) * interval '1 day'
                       AS received_at,
                   CASE WHEN r9 < 0.9
                        THEN %(owner)s + place.team * {COORDINATORS} + n %% {COORDINATORS}
                        END AS owner_id,
                   (ARRAY['America/New_York', 'America/New_York', 'America/Chicago',
                          'America/Denver', 'America/Los_Angeles', 'Pacific/Honolulu'])
                       [1 + n %% 6] AS time_zone
              FROM (SELECT n, {PARTS} FROM generate_series(%(low)s::bigint, %(high)s::bigint) n
                   ) part
              JOIN bench_place place ON place.k = n %% %(places)s
          ) begun
      ) worked
  ) told
"""
SHARED = """
ALTER TABLE plan ADD COLUMN moved_at timestamptz, ADD COLUMN acted_at timestamptz,
                 ADD COLUMN entered_at timestamptz
"""
MOMENTS = """
UPDATE plan SET acted_at = first_action_at + r7 * (%(at)s - interval '1 hour' - first_action_at),
       moved_at = first_action_at + r7 * r9 * (%(at)s - interval '1 hour' - first_action_at),
       entered_at = coalesce(
           first_action_at + r7 * r9 * (%(at)s - interval '1 hour' - first_action_at), received_at)
"""

STEPS = (
    PLAN,
    SHARED,
    MOMENTS,
    """
INSERT INTO recruitment_person (id, first_name, last_name, language, needs_interpreter,
    location_band, time_zone, time_zone_basis, best_time, created_at)
SELECT n, 'Person', 'Number ' || n, 'English', false, '', time_zone, 'location', '', received_at
  FROM plan
""",
    """
INSERT INTO recruitment_lead (id, study_site_id, source_id, person_id, number, received_at, basis,
    stated_interest, prescreen, stage, stage_entered_at, came_from, owner_id, waiting_on,
    first_action_at, last_action_at, last_action_event_id, last_movement_at,
    last_movement_event_id, attempts, visit_at, visit_confirmed, stale_at, stale_flagged_for,
    risk_at, times_stale, is_held, version, next_type, due_at, is_promised, date_at, dates_offered)
SELECT n, study_site_id, source_id, n, upper(lpad(to_hex(n), 8, '0')), received_at, 'passed_on', '',
       'not_started', stage, entered_at, '', owner_id,
       CASE WHEN NOT is_open THEN '' WHEN review_by IS NOT NULL THEN 'patient'
            WHEN chase_at IS NOT NULL THEN 'records_provider' ELSE 'coordinator' END,
       first_action_at, acted_at, CASE WHEN is_untouched THEN NULL ELSE 10 * n + 8 END,
       moved_at, CASE WHEN is_untouched THEN NULL ELSE 10 * n + 7 END,
       CASE WHEN is_untouched THEN 0 ELSE 1 + n % 4 END, visit_at, visit_confirmed, stale_at,
       CASE WHEN stale_at <= %(at)s THEN stale_at END, stale_at - interval '12 hours',
       CASE WHEN stale_at <= %(at)s THEN 1 ELSE 0 END, is_held,
       CASE WHEN is_untouched THEN 3 ELSE 10 END, next_type, due_at, is_promised, date_at,
       dates_offered
  FROM plan
""".replace("n % 4", "n %% 4"),
    """
INSERT INTO recruitment_leadevent (id, lead_id, seq, study_site_id, kind, occurred_at, recorded_at,
    actor_id, from_stage, to_stage, code, reason_code, to_owner_id, subject_id, due_at, action_id)
SELECT 10 * n + part.seq - 1, n, part.seq, study_site_id, part.kind, part.at, part.at, part.by,
       part.source, part.target, part.code, part.reason, part.owner, part.subject, part.due,
       gen_random_uuid()
  FROM plan, LATERAL (VALUES
       (1, 'received', received_at, NULL::bigint, '', '', 'referral', '', NULL::bigint,
        NULL::bigint, NULL::timestamptz, true),
       (2, 'owner_set', received_at, NULL, '', '', 'route', '', owner_id, NULL, NULL, true),
       (3, 'action_set', received_at, NULL, '', '', coalesce(nullif(next_type, ''), 'call'), '',
        NULL, n, coalesce(due_at, received_at), is_untouched),
       (3, 'outreach_logged', first_action_at, owner_id, '', '', 'no_answer', 'phone', NULL, NULL,
        NULL, NOT is_untouched),
       (4, 'action_set', first_action_at, owner_id, '', '', 'call', '', NULL, n, acted_at,
        NOT is_untouched),
       (5, 'outreach_logged', moved_at, owner_id, '', '', 'reached', 'phone', NULL, NULL, NULL,
        NOT is_untouched),
       (6, 'prescreen_changed', moved_at, owner_id, '', '', 'sent', '', NULL, NULL, NULL,
        NOT is_untouched),
       (7, 'note_added', moved_at, owner_id, '', '', '', '', NULL, NULL, NULL, NOT is_untouched),
       (8, 'stage_changed', moved_at, owner_id, 'new_inquiry', stage, '', '', NULL, NULL, NULL,
        NOT is_untouched),
       (9, 'outreach_logged', acted_at, owner_id, '', '', 'voicemail', 'phone', NULL, NULL, NULL,
        NOT is_untouched),
       (10, CASE WHEN is_open THEN 'action_set' ELSE 'action_done' END, acted_at, owner_id, '', '',
        coalesce(nullif(next_type, ''), 'call'),
        CASE WHEN is_promised THEN 'promised' ELSE '' END, NULL, n,
        due_at, NOT is_untouched)
       ) part (seq, kind, at, by, source, target, code, reason, owner, subject, due, is_there)
 WHERE part.is_there
""",
    """
INSERT INTO recruitment_outreachattempt (lead_id, at, by_id, channel, result, is_inbound,
    number_in_cadence, movement, wording)
SELECT n, part.at, owner_id, 'phone', part.result, false, part.number, 'none', ''
  FROM plan, LATERAL (VALUES
       (first_action_at, 'no_answer', 1), (moved_at, 'reached', 0), (acted_at, 'voicemail', 2)
       ) part (at, result, number)
 WHERE is_open AND NOT is_untouched
""",
    """
INSERT INTO recruitment_milestone (lead_id, code, event_id)
SELECT n, 'first_attempt', 10 * n + 2 FROM plan WHERE NOT is_untouched
""",
    """
INSERT INTO recruitment_nextaction (id, lead_id, type, owner_id, due_at, is_promised, detail,
    set_at, push_backs, ended_at, ended_how)
SELECT n, n, coalesce(nullif(next_type, ''), 'call'), owner_id, coalesce(due_at, acted_at),
       is_promised, '', coalesce(acted_at, received_at), 0,
       CASE WHEN NOT is_open THEN acted_at END, CASE WHEN is_open THEN '' ELSE 'done' END
  FROM plan
""",
    """
INSERT INTO recruitment_blocker (lead_id, category, waiting_on, owner_id, review_by, opened_at,
    decision_from, resolution, detail)
SELECT n, 'travel', 'patient', owner_id, review_by, received_at, '', '', ''
  FROM plan WHERE review_by IS NOT NULL
""",
    """
INSERT INTO recruitment_recordsitem (lead_id, type, state, is_required, why, "authorization",
    requested_at, how, chases, chase_at, result, reason, provider, changed_at)
SELECT n, part.type, part.state, true, '', 'not_needed', received_at, '', 0,
       CASE part.state WHEN 'requested' THEN chase_at END, '', '', '', received_at
  FROM plan, (VALUES ('labs', 'requested'), ('imaging', 'received')) part (type, state)
 WHERE chase_at IS NOT NULL
""",
    """
INSERT INTO recruitment_visit (lead_id, starts_at, booked_at, type, place, confirm_by, confirmed_at,
    result, no_show_reason)
SELECT n, visit_at, acted_at, 'screening', '', visit_at - interval '2 days',
       CASE WHEN visit_confirmed THEN acted_at END, '', ''
  FROM plan WHERE visit_at IS NOT NULL
""",
    """
INSERT INTO recruitment_clock (lead_id, study_site_id, target, subject_id, run, amount, unit,
    started_at, told_at, pauses, due_at, warn_at, ended_at, end_told_at, outcome)
SELECT n, study_site_id, part.target, 0, 1, part.amount, part.unit, received_at, received_at,
       '[]', part.due, part.due - interval '1 hour', part.ended, part.ended, part.outcome
  FROM plan, LATERAL (VALUES
       ('first_response', 8, 'hours', received_at + interval '8 hours', first_action_at,
        CASE WHEN is_untouched THEN ''
             WHEN first_action_at <= received_at + interval '8 hours' THEN 'met'
             ELSE 'met_late' END, true),
       ('prescreen_complete', 3, 'days', stale_at, NULL, '', is_open)
       ) part (target, amount, unit, due, ended, outcome, is_there)
 WHERE part.is_there
""",
)
TABLES = ("person", "lead", "leadevent", "nextaction", "blocker", "recordsitem", "visit")
UNNUMBERED = ("milestone", "clock", "outreachattempt", "contactpoint", "searchtoken")
"""Whose keys the database gives."""
TEAMS = """
ALTER TABLE bench_place ADD COLUMN team int;
UPDATE bench_place SET team = found.team
  FROM (SELECT k, (row_number() OVER (ORDER BY place.site_id, place.id) - 1) / %(together)s AS team
          FROM bench_place JOIN recruitment_studysite place ON place.id = study_site_id) found
 WHERE found.k = bench_place.k
"""


def build(leads: int) -> None:
    """Make the tables and fill them with `leads` leads and their readers. Takes long."""
    call_command("migrate", verbosity=0)
    base.places()
    places = base.STUDIES * base.SITES_A_STUDY
    with connection.cursor() as cursor:
        cursor.execute(TEAMS, {"together": STUDIES_TOGETHER})
    owner = make_workers(places // STUDIES_TOGETHER * COORDINATORS)
    params = {"at": AT, "owner": owner, "places": places}
    with base.indexed_later((*TABLES, *UNNUMBERED)):
        for low in range(1, leads + 1, CHUNK):
            high = min(low + CHUNK - 1, leads)
            with transaction.atomic(), connection.cursor() as cursor:
                base.check_later(cursor)
                for step in STEPS:
                    cursor.execute(step, {**params, "low": low, "high": high})
                base.write_deadlines(cursor, low=low, high=high)
            print(f"  {high:,} leads", flush=True)
        name_everybody()
    give_roles(owner, studies=STUDIES_TOGETHER)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                [f"recruitment_{table}", (EVENTS + 1) * leads],
            )
        cursor.execute("VACUUM (ANALYZE)")
        base.check_keys(cursor, (*TABLES, *UNNUMBERED))
