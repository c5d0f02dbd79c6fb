"""Names, numbers and addresses for the benchmark's people, and what a search looks at.

A name is as unevenly spread as names are: of 5,000 surnames the first is borne by 1.4 % of all, the
last by 0.01 %; of 600 given names the first by 4 %. Numbers are 555 numbers, addresses example.org.
Made by the database itself, after `leads.build`.
"""

# ruff: noqa: SIM905  (names read better as lines of words)

from collections.abc import Sequence

from django.db import connection, transaction

GIVEN_FIRST = (
    "Maria James Ana John Fatima Robert Linh David Olga Ahmed Wei Michael Sofia Jose Ingrid Omar "
    "Grace Daniel Priya Thomas Chiara Samuel Aisha Peter Yuki Carlos Emma Ivan Nora Luis"
).split()
LAST_FIRST = (
    "Novak Smith Garcia Nguyen Johnson Martinez Brown Lee Patel Kim Lopez Anderson Kowalski Rossi "
    "Ivanov Schmidt Haddad Silva Tanaka Obi O'Brien Marino Martin Marsh Mason Maddox"
).split()
ONSETS = "B C D F G H J K L M N P R S T V W Z Br Ch Dr Gr Kl Sh Tr".split()
MIDDLES = "ar el in or un as eb im ol ur an er is om ut ad eg il op uv".split()
ENDS = "a er son ova i ski berg ez ton uk".split()
GIVEN, LAST = 600, 5000  # names there are

SPREAD = (
    """
CREATE TABLE bench_name (k int PRIMARY KEY, given text, last text)
""",
    # Two numbers from 0 to 1 of each person, the same in every run.
    """
UPDATE recruitment_person person
   SET first_name = given.given, last_name = last.last
  FROM (SELECT id, (hashint8(id) & 16777215) / 16777216.0 AS one,
               (hashint8(id + 7919000000) & 16777215) / 16777216.0 AS two
          FROM recruitment_person) part
  JOIN bench_name given ON given.k = floor(part.one * part.one * %(given)s)
  JOIN bench_name last ON last.k = floor(part.two * part.two * %(last)s)
 WHERE person.id = part.id
""",
    """
INSERT INTO recruitment_contactpoint (person_id, kind, value, whose, voicemail_ok, valid_from)
SELECT id, 'phone',
       '+1' || 201 + (hashint8(id) & 511) || '555' || lpad((hashint8(-id) & 65535) %% 10000 || '',
       4, '0'), 'self', false, created_at
  FROM recruitment_person
""",
    """
INSERT INTO recruitment_contactpoint (person_id, kind, value, whose, voicemail_ok, valid_from)
SELECT id, 'email',
       lower(replace(first_name, '''', '') || '.' || replace(last_name, '''', '')) || id
       || '@example.org', 'self', false, created_at
  FROM recruitment_person
""",
    # As rules.identity.search_tokens makes them; these names hold no accents to fold.
    """
INSERT INTO recruitment_searchtoken (study_site_id, lead_id, token)
SELECT DISTINCT lead.study_site_id, lead.id, part.token
  FROM recruitment_lead lead
  JOIN recruitment_person person ON person.id = lead.person_id
  JOIN recruitment_contactpoint point ON point.person_id = person.id,
       LATERAL (VALUES
       (lower(replace(person.first_name, '''', ''))), (lower(replace(person.last_name, '''', ''))),
       (CASE point.kind WHEN 'phone' THEN reverse(substr(point.value, 2))
                        ELSE left(point.value, 64) END)
       ) part (token)
""",
)


def given_names() -> Sequence[str]:
    """Names by how many bear them."""
    made = [f"{a}{b}{c}" for c in ENDS for b in MIDDLES for a in ONSETS]
    return [*GIVEN_FIRST, *(name for name in made[::-1])][:GIVEN]


def last_names() -> Sequence[str]:
    """Surnames by how many bear them."""
    made = [f"{a}{b}{c}" for a in ONSETS for b in MIDDLES for c in ENDS]
    return [*LAST_FIRST, *made][:LAST]


def name_everybody() -> None:
    """Give every person of the benchmark a name, a number and an address, and its tokens."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        for n, step in enumerate(SPREAD):
            cursor.execute(step, {"given": GIVEN, "last": LAST})
            if n == 0:
                given = [*given_names(), *([""] * (LAST - GIVEN))]
                rows = [(k, given[k], last) for k, last in enumerate(last_names())]
                cursor.executemany("INSERT INTO bench_name VALUES (%s, %s, %s)", rows)
            print(f"  names, step {n + 1} of {len(SPREAD)}", flush=True)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM FULL recruitment_person")
        cursor.execute("VACUUM (ANALYZE)")
