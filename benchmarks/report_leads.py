# ruff: noqa: S608  (every text put together here is one of this module's own)
"""Leads as reports know them: up to ten events each over two years, one study with a tenth of all.

500 studies, each at one site, with five sources. A lead is tried, reached, prescreened and reviewed
within its first two weeks and closed in one of the six that follow, but for one in fifty, which
stays open. All values follow from the lead's number, so every build is the same. Only what reports
read is there: people, leads and their logs.
"""

from django.core.management import call_command
from django.db import connection, transaction

from benchmarks import leads as base
from benchmarks.leads import CHUNK, SITES_A_STUDY, STUDIES
from benchmarks.moment import AT
from benchmarks.queue_leads import PARTS
from recruitment.models import Source, Study
from recruitment.rules.vocabulary import ContactBasis, SourceKind

HOT_SHARE = 10  # one study has one lead in so many
WEEKS = 104
EVENTS = 10
KINDS = (SourceKind.REFERRAL, SourceKind.DATABASE, SourceKind.PAID, SourceKind.WEB)
TABLES = ("person", "lead", "leadevent")

PLAN = f"""
CREATE TEMP TABLE plan ON COMMIT DROP AS
SELECT told.*, closes_at < %(at)s AS is_closed
  FROM (SELECT part.*, place.study_site_id, place.sources[1 + n %% 5] AS source_id, %(owner)s AS by,
               at + r2 * interval '1 day' AS tried_at,
               at + (1 + r3) * interval '1 day' AS reached_at,
               at + (2 + 5 * r4) * interval '1 day' AS filled_at,
               at + (7 + 5 * r5) * interval '1 day' AS reviewed_at,
               CASE WHEN r6 > 0.02 THEN at + (14 + 42 * r7) * interval '1 day'
                    ELSE 'infinity' END AS closes_at
          FROM (SELECT n, {PARTS},
                       %(at)s - ((hashint8(n) & 16777215) / 16777216.0)
                              * interval '{WEEKS} weeks' AS at
                  FROM generate_series(%(low)s::bigint, %(high)s::bigint) n) part
          JOIN bench_report_place place
            ON place.k = CASE WHEN n <= %(hot)s THEN 0 ELSE 1 + n %% {STUDIES - 1} END) told
"""
STEPS = (
    PLAN,
    """
INSERT INTO recruitment_person (id, first_name, last_name, language, needs_interpreter,
    location_band, time_zone, time_zone_basis, best_time, created_at)
SELECT n, 'Person', 'Number ' || n, 'English', false, '', 'America/New_York', 'site', '', at
  FROM plan
""",
    """
INSERT INTO recruitment_lead (id, study_site_id, source_id, person_id, number, received_at, basis,
    stated_interest, prescreen, stage, stage_entered_at, came_from, owner_id, waiting_on,
    attempts, visit_confirmed, times_stale, is_held, version, next_type, is_promised, dates_offered)
SELECT n, study_site_id, source_id, n, upper(lpad(to_hex(n), 8, '0')), at, 'passed_on', '',
       'not_started', CASE WHEN is_closed THEN 'closed_other' ELSE 'coordinator_review' END, at, '',
       by, CASE WHEN is_closed THEN '' ELSE 'coordinator' END, 2, false, 0, false, 10, '', false,
       false
  FROM plan
""",
    """
INSERT INTO recruitment_leadevent (id, lead_id, seq, study_site_id, kind, occurred_at, recorded_at,
    actor_id, from_stage, to_stage, code, reason_code, subject_id, due_at, action_id)
SELECT 10 * n + part.seq - 1, n, part.seq, study_site_id, part.kind, part.at, part.at, plan.by,
       part.source, part.target, part.code, part.reason, part.subject, part.due, gen_random_uuid()
  FROM plan, LATERAL (VALUES
       (1, 'received', at, '', '', 'referral', '', NULL::bigint, NULL::timestamptz),
       (2, 'owner_set', at, '', '', 'route', '', NULL, NULL),
       (3, 'outreach_logged', tried_at, '', '', 'no_answer', 'phone', NULL, NULL),
       (4, 'action_set', tried_at, '', '', 'call', '', n, reached_at),
       (5, 'outreach_logged', reached_at, '', '', 'reached', 'phone', NULL, NULL),
       (6, 'prescreen_changed', reached_at, '', '', 'started', '', NULL, NULL),
       (7, 'prescreen_changed', filled_at, '', '', 'complete', '', NULL, NULL),
       (8, 'stage_changed', filled_at, 'new_inquiry', 'coordinator_review', '', '', NULL, NULL),
       (9, 'outreach_logged', reviewed_at, '', '', 'voicemail', 'phone', NULL, NULL),
       (10, CASE WHEN is_closed THEN 'stage_changed' ELSE 'action_set' END,
        CASE WHEN is_closed THEN closes_at ELSE reviewed_at END,
        CASE WHEN is_closed THEN 'coordinator_review' ELSE '' END,
        CASE WHEN is_closed THEN 'closed_other' ELSE '' END,
        CASE WHEN is_closed THEN '' ELSE 'call' END,
        CASE WHEN NOT is_closed THEN ''
             ELSE (ARRAY['pt_not_interested', 'burden_travel', 'language_not_supported',
                         'other_trial', 'burden_cost'])[1 + (n / 7) %% 5] END,
        CASE WHEN is_closed THEN NULL ELSE n END,
        CASE WHEN is_closed THEN NULL ELSE reviewed_at + interval '3 days' END)
       ) part (seq, kind, at, source, target, code, reason, subject, due)
 WHERE part.at < %(at)s
""",
)


def build(leads: int) -> None:
    """Make the tables and fill them with `leads` leads and their logs. Takes long."""
    call_command("migrate", verbosity=0)
    owner = base.places()
    _sources()
    params = {"at": AT, "owner": owner, "hot": leads // HOT_SHARE}
    with base.indexed_later(TABLES):
        for low in range(1, leads + 1, CHUNK):
            high = min(low + CHUNK - 1, leads)
            with transaction.atomic(), connection.cursor() as cursor:
                base.check_later(cursor)
                for step in STEPS:
                    cursor.execute(step, {**params, "low": low, "high": high})
            print(f"  {high:,} leads", flush=True)
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)",
                [f"recruitment_{table}", (EVENTS + 1) * leads],
            )
        cursor.execute("VACUUM (ANALYZE)")
        base.check_keys(cursor, TABLES)


def _sources() -> None:
    """Four more of each study, and the first site of each with all five."""
    Source.objects.bulk_create(
        Source(
            study=study,
            code=f"S{n}",
            name=f"Source {n}",
            sponsor_label=f"Source {n}",
            kind=kind,
            default_basis=ContactBasis.PASSED_ON,
        )
        for study in Study.objects.order_by("pk")
        for n, kind in enumerate(KINDS)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_report_place AS "
            "SELECT place.k / %s AS k, place.study_site_id, array_agg(source.id) AS sources "
            "  FROM bench_place place "
            "  JOIN recruitment_studysite here ON here.id = place.study_site_id "
            "  JOIN recruitment_source source ON source.study_id = here.study_id "
            " WHERE place.k %% %s = 0 GROUP BY 1, 2",
            [SITES_A_STUDY, SITES_A_STUDY],
        )
