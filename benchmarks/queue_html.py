"""G12: rendering fifty rows of the queue, beside joining the same prepared values as strings.

    .venv/bin/python -m benchmarks.queue_html

Needs no database. Processor time of this process alone, medians of many turns.
"""

import gzip
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any

from benchmarks.running import arguments, report
from benchmarks.table import Row, machine

ROWS = 50
ROUNDS = 200
MOST = 4.0  # times the string join
UNUSED = {
    "DATABASE_URL": "postgresql:///none",
    "REDIS_URL": "redis://127.0.0.1:1",
    "TRIALSNEST_SECRET_KEY": secrets.token_urlsafe(48),
    "TRIALSNEST_HASH_KEY": secrets.token_urlsafe(48),
}
"""What settings ask for; nothing is connected to, signed or hashed."""


def main() -> int:
    """Measure, print, and write the page if asked; 1 if the limit was missed."""
    options = arguments(__doc__, leads=ROWS)
    for name, value in UNUSED.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "trialsnest.settings")
    import django

    django.setup()
    rows = list(_measure())
    return report("queue_html", rows, machine(f"Django {django.__version__}"), write=options.write)


def _measure() -> Iterator[Row]:
    from django.template.loader import get_template
    from django.utils.html import conditional_escape

    from recruitment.views.queue_row import row_values
    from recruitment.views.trail import Trail

    rows = sample()
    trail = Trail("tab=team&stage=contacted", of=403)
    values = [row_values(row, trail, at) for at, row in enumerate(rows, 1)]
    template = get_template("recruitment/_queue_list.html")
    context = {"lanes": [{"label": "Past due", "rows": values}], "ask": {"tab": "team"}}

    def prepare() -> object:
        return [row_values(row, trail, at) for at, row in enumerate(rows, 1)]

    def render() -> str:
        return template.render(context)

    def join() -> str:
        return "".join(joined(row, conditional_escape) for row in values)

    html = render()
    shown = re.findall(r'<tr class="lead".*?</tr>', html, re.DOTALL)
    assert squeezed("".join(shown)) == squeezed(join()), "the two do not write the same"
    took = {"prepare": timed(prepare), "template": timed(render), "join": timed(join)}
    ratio = took["template"] / took["join"]
    raw = html.encode()
    packed = len(gzip.compress(raw, 6)) / 1024
    yield Row(f"{ROWS} rows: their words, from what was read", _ms(took["prepare"]))
    yield Row(
        f"{ROWS} rows: our template",
        f"{_ms(took['template'])}; {len(raw) / 1024:.1f} KiB, {packed:.1f} KiB compressed",
    )
    yield Row(f"{ROWS} rows: the same values joined as strings, escaped", _ms(took["join"]))
    yield Row(
        "our template to the joined strings", f"{ratio:.2f} times", f"{MOST} times", ratio <= MOST
    )


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def sample() -> Sequence[Any]:
    """Fifty realistic rows: long and short names, blockers, records, visits, several lanes."""
    from recruitment.queries.queue_rows import QueueRow
    from recruitment.rules.lanes import Lane
    from trialsnest.lib.words import DueWords

    names = ["Ada Okonkwo", "Maximiliana-Theodora von Hohenstaufen", "מרים בן-דוד", "O'Brien & Søn"]
    return [
        QueueRow(
            number=f"7K{i:06d}",
            name=names[i % len(names)],
            study="OSTEO-3",
            source="Clinic referral",
            stage="records_needed",
            stage_label="Records needed",
            lane=Lane.OVERDUE,
            why="was due Mon 2 Mar 10:00",
            version=4,
            is_open=True,
            is_stale=False,
            is_mine=bool(i % 2),
            can_claim=False,
            owner="You" if i % 2 else "Tom Beckett",
            age="",
            waiting="Records provider",
            action="Request records",
            detail="Ask for the imaging report" if i % 3 else "",
            due=DueWords("2 d overdue", "overdue") if i % 3 else DueWords("14:30", "today"),
            due_iso="2026-03-02T15:00:00Z",
            response="",
            blocker="Missing records" if i % 2 else "",
            prescreen="Complete",
            records_have=i % 3,
            records_need=3 if i % 4 else 0,
            visit="" if i % 5 else "Visit Tue 10 Mar 09:00",
            last_action="Called: no answer",
            last_action_ago="5 h",
            movement="Records requested",
            movement_ago="3 d",
            is_ageing=not i % 6,
        )
        for i in range(ROWS)
    ]


def joined(row: Mapping[str, Any], escape: Callable[[Any], str]) -> str:
    """The same row by joining strings, every value escaped: as cheap as a row can be written."""
    r = {name: escape(value) for name, value in row.items() if isinstance(value, str)}
    due = (
        f'<span class="{r["look"]}">{r["late"]}<time datetime="{r["due_iso"]}">{r["due"]}</time>'
        "</span>"
    )
    block = (
        f'<span class="block">{r["stop"]}<span>{r["blocker"]}</span></span>'
        if row["blocker"]
        else '<span class="none"><span class="vh">No blocker</span></span>'
    )
    number, ageing = r["number"], ' class="warn b"' if row["is_ageing"] else ""
    return (
        f'<tr class="lead" id="lead-{number}" role="row" data-stage="{r["stage"]}">'
        f'<td class="c-x" role="cell"><input type="checkbox" name="lead" value="{number}:4"'
        f' aria-label="Select {number}"></td>'
        f'<td class="c-due" role="cell">{due}</td>'
        f'<td class="c-who" role="cell"><a class="lead__name" id="open-{number}"'
        f' href="{r["url"]}"><bdi>{r["name"]}</bdi></a>'
        f'<span class="sub">{r["study"]} · {number}</span></td>'
        f'<td class="c-act" role="cell"><span class="line">{r["does"]}</span>'
        f'<span class="sub">{r["stage_label"]} · <a class="why-here" href="{r["rank_url"]}">'
        f"{r['why']}</a></span></td>"
        f'<td class="c-block" role="cell">{block}<span class="sub">{r["ready"]}</span></td>'
        f'<td class="c-own" role="cell"><span>{r["owner"]}</span>'
        f'<span class="sub wide">{r["source"]}</span></td>'
        f'<td class="c-last" role="cell"><span class="line">{r["last_action"]}</span>'
        f'<span class="sub">{r["last_action_ago"]} ago</span></td>'
        f'<td class="c-move" role="cell"><span{ageing}>'
        f'{r["movement_ago"]} ago</span><span class="sub">{r["movement"]}</span></td></tr>'
    )


def squeezed(html: str) -> str:
    """Without the white space between tags."""
    return re.sub(r">\s+<", "><", html).strip()


def timed(call: Callable[[], object]) -> float:
    """The median of many calls, in seconds of this process."""
    took = []
    for _ in range(ROUNDS):
        began = time.process_time()
        call()
        took.append(time.process_time() - began)
    return median(took)


if __name__ == "__main__":
    sys.exit(main())
