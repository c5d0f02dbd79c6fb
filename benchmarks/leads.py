"""Open leads by the million, made by the database itself and held to all its constraints.

500 studies at 5 of 50 sites each, four zones, 200 owners. A lead has what the product makes of a
first call: three events, a milestone, an open next action, one clock that was met and one that
runs. None is due at AT.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import time, timedelta

from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from accounts.models import User
from benchmarks.moment import AT
from recruitment.models import Site, Source, Sponsor, Study, StudySite
from recruitment.rules.vocabulary import ContactBasis, SourceKind

SITES, STUDIES, SITES_A_STUDY, OWNERS = 50, 500, 5, 200
CHUNK = 100_000  # leads a transaction
ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")

DEADLINES = """
INSERT INTO recruitment_staledeadline (lead_id, stale_at)
SELECT id, stale_at FROM recruitment_lead
 WHERE stale_at IS NOT NULL AND stale_flagged_for IS DISTINCT FROM stale_at
   AND id BETWEEN %(low)s AND %(high)s
"""
"""What a trigger of the lead writes, which stands still while many are made at once."""

STEPS = (
    """
INSERT INTO recruitment_person (id, first_name, last_name, language, needs_interpreter,
    location_band, time_zone, time_zone_basis, best_time, created_at)
SELECT n, 'Person', 'Number ' || n, 'en', false, '', 'America/New_York', 'site', '', %(at)s
  FROM generate_series(%(low)s, %(high)s) n
""",
    """
INSERT INTO recruitment_lead (id, study_site_id, source_id, person_id, number, received_at, basis,
    stated_interest, prescreen, stage, stage_entered_at, came_from, owner_id, waiting_on,
    first_action_at, last_action_at, last_action_event_id, attempts, visit_confirmed, stale_at,
    risk_at, times_stale, is_held, version, next_type, due_at, is_promised, date_at, dates_offered)
SELECT n, place.study_site_id, place.source_id, n, upper(lpad(to_hex(n), 8, '0')), received,
       'passed_on', '', 'not_started', 'contacted', received, '', %(owner)s + n %% %(owners)s,
       'coordinator', called, called, 3 * n + 1, 1, false, stale, stale - interval '12 hours', 0,
       false, 3, 'call', stale, false, stale, false
  FROM generate_series(%(low)s, %(high)s) n
  JOIN bench_place place ON place.k = n %% %(places)s,
       LATERAL (SELECT %(at)s - (n %% 997) * interval '5 minutes' - interval '3 days' AS received,
                       %(at)s - (n %% 997) * interval '5 minutes' - interval '71 hours' AS called,
                       %(at)s + (1 + n %% 40009) * interval '1 minute' AS stale) t
""",
    """
INSERT INTO recruitment_leadevent (id, lead_id, seq, study_site_id, kind, occurred_at, recorded_at,
    actor_id, from_stage, to_stage, code, reason_code, subject_id, due_at, action_id)
SELECT 3 * id + part.seq - 1, id, part.seq, study_site_id, part.kind, part.at, part.at, part.by,
       '', '', part.code, part.reason, part.subject, part.due, gen_random_uuid()
  FROM recruitment_lead, LATERAL (VALUES
       (1, 'received', received_at, NULL::bigint, 'referral', '', NULL::bigint, NULL::timestamptz),
       (2, 'outreach_logged', first_action_at, owner_id, 'no_answer', 'phone', NULL, NULL),
       (3, 'action_set', first_action_at, owner_id, 'call', '', id, stale_at)
       ) part (seq, kind, at, by, code, reason, subject, due)
 WHERE id BETWEEN %(low)s AND %(high)s
""",
    """
INSERT INTO recruitment_milestone (lead_id, code, event_id)
SELECT n, 'first_attempt', 3 * n + 1 FROM generate_series(%(low)s, %(high)s) n
""",
    """
INSERT INTO recruitment_nextaction (id, lead_id, type, owner_id, due_at, is_promised, detail,
    set_at, push_backs, ended_how)
SELECT id, id, 'call', owner_id, stale_at, false, '', first_action_at, 0, ''
  FROM recruitment_lead WHERE id BETWEEN %(low)s AND %(high)s
""",
    """
INSERT INTO recruitment_clock (lead_id, study_site_id, target, subject_id, run, amount, unit,
    started_at, told_at, pauses, due_at, warn_at, ended_at, end_told_at, outcome)
SELECT id, study_site_id, part.target, 0, 1, part.amount, part.unit, received_at, received_at,
       '[]', part.due, part.due - interval '1 hour', part.ended, part.ended, part.outcome
  FROM recruitment_lead, LATERAL (VALUES
       ('first_response', 8, 'hours', received_at + interval '8 hours', first_action_at, 'met'),
       ('prescreen_complete', 3, 'days', stale_at, NULL, '')
       ) part (target, amount, unit, due, ended, outcome)
 WHERE id BETWEEN %(low)s AND %(high)s
""",
)
KEYS = """
SELECT format('SELECT count(*) FROM %%s child LEFT JOIN %%s parent ON parent.id = child.%%I '
              'WHERE child.%%I IS NOT NULL AND parent.id IS NULL',
              key.conrelid::regclass, key.confrelid::regclass, part.attname, part.attname)
  FROM pg_constraint key
  JOIN pg_attribute part ON part.attrelid = key.conrelid AND part.attnum = key.conkey[1]
 WHERE key.contype = 'f' AND key.conrelid::regclass::text = ANY(%s)
"""
INDEXES = """
SELECT index.indexrelid::regclass::text, pg_get_indexdef(index.indexrelid)
  FROM pg_index index
 WHERE index.indrelid::regclass::text = ANY(%s)
   AND NOT EXISTS (SELECT FROM pg_constraint held WHERE held.conindid = index.indexrelid)
"""
WITHOUT_ACTION = """
SELECT count(*) FROM recruitment_lead lead
 WHERE NOT EXISTS (SELECT FROM recruitment_nextaction action
                    WHERE action.lead_id = lead.id AND action.ended_at IS NULL
                      AND action.undone_at IS NULL)
"""
TABLES = ("person", "lead", "leadevent", "nextaction")


def build(leads: int) -> None:
    """Make the tables and fill them with `leads` open leads. Takes some minutes a million."""
    call_command("migrate", verbosity=0)
    owner = places()
    params = {"at": AT, "owner": owner, "owners": OWNERS, "places": STUDIES * SITES_A_STUDY}
    for low in range(1, leads + 1, CHUNK):
        high = min(low + CHUNK - 1, leads)
        with transaction.atomic(), connection.cursor() as cursor:
            check_later(cursor)
            for step in STEPS:
                cursor.execute(step, {**params, "low": low, "high": high})
            write_deadlines(cursor, low=low, high=high)
        print(f"  {high:,} leads", flush=True)
    with connection.cursor() as cursor:
        for table in TABLES:
            name = f"recruitment_{table}"
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [name, 4 * leads + 4]
            )
        cursor.execute("VACUUM (ANALYZE)")
        check_keys(cursor, (*TABLES, "milestone", "clock"))
        cursor.execute(WITHOUT_ACTION)
        assert cursor.fetchone() == (0,), "open leads without a next action"


@contextmanager
def indexed_later(tables: Sequence[str]) -> Iterator[None]:
    """Without the indexes of these tables that hold no constraint; they are made at the end.

    Millions of rows go in several times as fast.
    """
    with connection.cursor() as cursor:
        cursor.execute(INDEXES, [[f"recruitment_{table}" for table in tables]])
        found = cursor.fetchall()
        for name, _ in found:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for _, definition in found:
            cursor.execute(definition)
        cursor.execute("RESET maintenance_work_mem")


def check_later(cursor: CursorWrapper) -> None:
    """Leave keys and triggers to `check_keys`, all rows at once; CHECK and UNIQUE hold row by row.

    Only a superuser may; others have every row checked as it goes in.
    """
    cursor.execute("SELECT usesuper FROM pg_user WHERE usename = current_user")
    if cursor.fetchone()[0]:
        cursor.execute("SET LOCAL session_replication_role = replica")


def write_deadlines(cursor: CursorWrapper, *, low: int, high: int) -> None:
    """When these leads turn stale, unless the trigger has written it."""
    cursor.execute("SHOW session_replication_role")
    if cursor.fetchone()[0] == "replica":
        cursor.execute(DEADLINES, {"low": low, "high": high})


def check_keys(cursor: CursorWrapper, tables: Sequence[str]) -> None:
    """Every foreign key of these tables leads somewhere."""
    cursor.execute(KEYS, [[f"recruitment_{table}" for table in tables]])
    for (check,) in cursor.fetchall():
        cursor.execute(check)
        assert cursor.fetchone() == (0,), check


def places() -> int:
    """Sites, studies, sources and owners; the key of the first owner."""
    sponsor = Sponsor.objects.create(name="Sponsor")
    sites = Site.objects.bulk_create(
        Site(code=f"S{n}", name=f"Site {n}", sponsor_label=f"Site {n}", time_zone=ZONES[n % 4])
        for n in range(SITES)
    )
    studies = Study.objects.bulk_create(
        Study(
            code=f"T{n}",
            title=f"Study {n}",
            sponsor=sponsor,
            registry_status="RECRUITING",
            report_time=time(6),
        )
        for n in range(STUDIES)
    )
    sources = Source.objects.bulk_create(
        Source(
            study=study,
            code="REF",
            name="Referral",
            sponsor_label="Referral",
            kind=SourceKind.REFERRAL,
            default_basis=ContactBasis.PASSED_ON,
        )
        for study in studies
    )
    places = StudySite.objects.bulk_create(
        StudySite(study=study, site=sites[(n * 7 + k * 11) % SITES], activated_at=AT)
        for n, study in enumerate(studies)
        for k in range(SITES_A_STUDY)
    )
    owners = User.objects.bulk_create(
        User(email=f"owner{n}@example.org", name=f"Owner {n}", joined_at=AT - timedelta(days=90))
        for n in range(OWNERS)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_place (k int PRIMARY KEY, study_site_id bigint, source_id bigint)"
        )
        cursor.executemany(
            "INSERT INTO bench_place VALUES (%s, %s, %s)",
            [(k, place.pk, sources[k // SITES_A_STUDY].pk) for k, place in enumerate(places)],
        )
    return owners[0].pk
