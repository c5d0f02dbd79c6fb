"""The page of a report: made from its snapshot alone, in words a sponsor may read."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recruitment.rules.closing import CloseCode
from reporting import render
from reporting.figures.brief import brief
from reporting.figures.cells import WITHHELD, exact, held, small
from reporting.figures.inputs import Inputs, SourceFacts
from reporting.figures.movement import Balance
from reporting.figures.rates import Rate, rate
from reporting.figures.report import weekly_report
from reporting.figures.said import rate_words
from reporting.figures.snapshot import UnreadableSnapshot, from_json, sha256, to_json
from reporting.figures.source_words import cohort_words
from tests.reporting.samples import HEADER, sample_inputs

ROOT = Path(render.__file__).resolve().parent.parent
NEVER_SAID = re.compile(
    r"\b(in)?eligible\b|\bqualif\w+|\bmatch(es|ed)?\b|\bapproved\b|\baccepted\b|\bguarantee\w*"
    r"|\bwill be enrolled\b|\bcures?\b|\bsafe\b|\beffective\b|\b(new|free) treatment\b"
    r"|\bscores?\b|\bfailed\b|\bconverted\b|\bforecasts?\b",
    re.IGNORECASE,
)
KINDS = {
    "typical": {},
    "large": {"leads_per_week": 60},
    "small": {"leads_per_week": 3},
    "strict": {"strict": True},
    "first": {"is_first": True},
    "empty": {"leads_per_week": 0, "is_first": True},
}


def snapshot(**kind: object) -> str:
    return to_json(weekly_report(sample_inputs(**kind)))  # type: ignore[arg-type]


def text_of(html: str) -> str:
    """What the page says, alternate texts of charts included."""
    body = html[html.index("<body") :]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&lt;", "<").split())


def page(text: str) -> str:
    return render.report_html(text, paper="a4")


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_says_nothing_of_anybodys_fit(kind: str) -> None:
    said = text_of(page(snapshot(**KINDS[kind])))

    assert not NEVER_SAID.search(said)
    assert "It makes no eligibility, enrollment, treatment or medical decision" in said


@pytest.mark.parametrize("kind", KINDS)
def test_the_page_is_made_from_the_snapshot_alone(kind: str) -> None:
    text = snapshot(**KINDS[kind])

    html = page(text)

    assert html == page(text)
    assert sha256(text)[:12] in html
    assert "None" not in text_of(html).replace("None, first report", "").replace(
        "None.", ""
    ).replace("None recorded.", "")


def test_the_two_papers_differ_in_their_size_only() -> None:
    text = snapshot()
    letter = render.report_html(text, paper="letter")

    assert letter == page(text).replace('data-paper="a4"', 'data-paper="letter"')


def test_what_is_no_snapshot_is_not_rendered() -> None:
    with pytest.raises(UnreadableSnapshot):
        page('{"schema": 1}')


def test_every_number_of_the_movement_table_stands_in_its_column() -> None:
    report = from_json(snapshot())
    rows = re.findall(r'<tr><th scope="row">(.*?)</th>(.*?)</tr>', page(to_json(report)))
    printed = {label: re.findall(r">([^<]*)</td>", cells) for label, cells in rows}

    for row in report.movement:
        assert row.previous is not None
        expected = [row.this, row.previous, row.late, row.to_date]
        assert printed[row.label] == [cell.text for cell in expected]


def test_s66_the_balance_is_printed_as_a_sum() -> None:
    found = Balance(
        opening=42, late=0, new=11, reopened=1, closed=6, enrolled=2, merged=0, open_now=46
    )

    report = replace(weekly_report(sample_inputs()), balance=found)
    words = render.balance_words(report)

    assert [text for _, text in words] == [
        "42",
        "+ 11",
        "+ 1",
        "\N{MINUS SIGN} 6",
        "\N{MINUS SIGN} 2",
        "= 46",
    ]
    found = replace(found, late=-1, merged=1, open_now=44)
    late = dict(render.balance_words(replace(report, balance=found)))
    assert late["Late entries"] == late["Merged duplicates"] == "\N{MINUS SIGN} 1"


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (rate(exact(3), 7), ("3 of 7", "", "")),
        (rate(exact(14), 20), ("14 of 20", "70%", "48\N{EN DASH}85%")),
        (rate(exact(12), 30), ("12 of 30", "40%", "")),
        (rate(small(5), 24), ("<5 of 24", "", "")),
        (rate(WITHHELD, 24), ("withheld, of 24", "", "")),
        (Rate(exact(0), 0), ("no leads yet", "", "")),
        (rate(exact(0), 14), ("0 of 14", "0%", "0\N{EN DASH}22%")),
    ],
)
def test_a_rate_is_printed_with_its_base(found: Rate, words: tuple[str, str, str]) -> None:
    printed = rate_words(found)

    assert (printed.count, printed.pct, printed.interval) == words


def test_canaries_planted_in_codes_do_not_reach_the_page() -> None:
    inputs = sample_inputs()
    planted = tuple(
        replace(lead, source=SourceFacts(f"ZQX-{lead.source.code}", lead.source.label, "paid"))
        for lead in inputs.leads
    )
    text = to_json(weekly_report(replace(inputs, leads=planted)))

    assert "ZQX" not in text
    assert "ZQX" not in page(text)


def test_labels_and_notes_are_escaped_everywhere() -> None:
    inputs = sample_inputs()
    attack = '<img src="http://x.example/a">'
    planted = tuple(
        replace(lead, source=replace(lead.source, label=attack)) for lead in inputs.leads
    )
    header = replace(
        HEADER, study=attack, study_title=attack, sponsor=attack, site_label=attack, note=attack
    )

    html = page(to_json(weekly_report(replace(inputs, leads=planted, header=header))))

    assert "<img" not in html
    assert html.count("&lt;img") >= 6


def test_a_notice_stands_on_the_cover_and_over_every_page() -> None:
    notice = "Demonstration data. Every person and every number is invented."
    header = replace(HEADER, notice=notice)

    html = page(to_json(weekly_report(sample_inputs(header=header))))

    assert f'<p class="notice">{notice}</p>' in html
    assert f'data-running="{notice}"' in html


def test_a_withheld_breakdown_says_so() -> None:
    said = text_of(page(snapshot(leads_per_week=3)))

    assert "breakdown withheld, because its numbers are too small to print" in said


def test_an_empty_study_reads_as_none_and_not_as_zero_rates() -> None:
    said = text_of(page(snapshot(leads_per_week=0, is_first=True)))

    assert "no leads yet" in said
    assert "%" not in said.replace("100%", "")


def test_s65_a_report_says_where_its_period_starts() -> None:
    said = text_of(page(snapshot()))
    first = text_of(page(snapshot(is_first=True)))

    assert "The period starts at the cut-off of the last issued report." in said
    assert "Open at the last cut-off" in said
    assert "This is the first report; its period starts with the site." in first
    assert "Open at the start" in first


def report_between(start: datetime, cut_off: datetime, zone: str) -> Inputs:
    header = replace(
        HEADER,
        period_start=start,
        cut_off=cut_off,
        as_of=cut_off,
        zone=zone,
        previous_cut_off=start,
    )
    return replace(sample_inputs(leads_per_week=0, header=header), last=None)


@pytest.mark.parametrize(
    ("start", "cut_off", "zone", "period"),
    [
        ("2026-11-09T00:00", "2026-11-16T00:00", "UTC", "Mon 9 Nov to Sun 15 Nov 2026"),
        (
            "2026-12-28T11:00",
            "2027-01-04T11:00",
            "America/New_York",
            "Mon 28 Dec 2026 to Mon 4 Jan 2027",
        ),
        (
            "2026-10-26T10:00",
            "2026-11-02T11:00",
            "America/New_York",
            "Mon 26 Oct to Mon 2 Nov 2026",
        ),
    ],
)
def test_a_period_is_named_by_its_first_and_last_day_in_the_reports_zone(
    start: str, cut_off: str, zone: str, period: str
) -> None:
    edges = [datetime.fromisoformat(at).replace(tzinfo=UTC) for at in (start, cut_off)]

    report = weekly_report(report_between(edges[0], edges[1], zone))

    assert render.dates(report).period == period
    assert render.title(report) == f"WREN-2 at Site 014, {period}"


def test_a_small_change_is_not_called_a_rise_or_a_fall() -> None:
    report = weekly_report(sample_inputs())

    def first(this: int, previous: int) -> str:
        row = replace(report.moved("new_interest"), this=exact(this), previous=exact(previous))
        return brief(replace(report, movement=(row, *report.movement[1:]))).changed[0]

    assert first(16, 12) == "16 new inquiries (12 in the period before)."
    assert first(16, 11) == "16 new inquiries, up from 11."
    assert first(1, 6) == "1 new inquiry, down from 6."


def test_the_short_answers_hold_no_hidden_number() -> None:
    for kind in KINDS.values():
        report = weekly_report(sample_inputs(**kind))  # type: ignore[arg-type]
        said = brief(report)
        sentences = [said.lead, *said.changed, *said.stalled, *said.why, *said.following]
        assert all(s[0].isupper() or s[0].isdigit() for s in sentences)
        assert all(s.endswith(".") and ".." not in s for s in sentences)
        assert not any("withheld" in s or "<" in s for s in sentences)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (exact(0), "no leads"),
        (exact(1), "1 lead"),
        (exact(1204), "1,204 leads"),
        (small(5), "fewer than 5 leads"),
        (held(12), "more than 12 leads"),
        (WITHHELD, ""),
    ],
)
def test_a_cell_in_a_sentence(cell: object, words: str) -> None:
    assert cell.counted("lead", "leads") == words  # type: ignore[attr-defined]


def test_spam_and_duplicates_are_named_under_the_source_table() -> None:
    report = weekly_report(sample_inputs())
    table = replace(report.sources, duplicates=2, spam=1, maturing=1)

    words = cohort_words(replace(report, sources=table))

    assert "Inquiries include 2 duplicates and 1 entry that was no person's." in words
    assert "1 lead is still maturing" in words
    assert CloseCode.SRC_SPAM.value not in words


def test_the_colors_on_paper_are_the_light_tokens() -> None:
    tokens = (ROOT / "static/css/tokens.css").read_text()
    light = dict(re.findall(r"--([\w-]+):\s*light-dark\((#\w+),", tokens))
    sheets = sorted((ROOT / "static/css/print").glob("*.css"))
    paper = "".join(sheet.read_text() for sheet in sheets)
    used = dict(re.findall(r"--([\w-]+): (#\w+);", paper))

    assert used
    assert used == {name: light[name] for name in used}
    assert set(re.findall(r"#[0-9a-f]{6}", paper)) <= set(light.values())
