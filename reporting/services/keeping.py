"""Keeping what the logs of leads come to, and proving it every night (SR2).

A report that reads what is kept says the same as one that reads the whole log. The nightly reading
sees to that: it folds every lead anew, compares, and writes what it found.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Count

from recruitment.models import Lead, StudySite
from recruitment.rules.refusals import Refusal
from recruitment.rules.stages import Bucket
from reporting.figures.ahead import windows_name
from reporting.figures.inputs import Inputs
from reporting.figures.kept_text import facts_text, share_text
from reporting.figures.quiet import quiet_since, share_of
from reporting.models import KeptLead, KeptLog, SponsorReport
from reporting.queries.kept import count_ahead, lock_for_writing, terms_name, touched_since
from reporting.queries.log import read_log
from reporting.queries.role import as_report_reader
from reporting.services.drafts import (
    NotSettled,
    locked_study_site,
    refresh_draft,
    seen_until,
    settled_until,
)
from reporting.services.periods import report_time_of, reporting_study_sites
from reporting.services.snapshots import frame_of, published

log = logging.getLogger("trialsnest.reports")
WORTH_KEEPING = 500  # leads; fewer are read from the log in no time
BATCH = 2_000  # leads in memory at once
SOON = timedelta(minutes=30)  # before a report closes
A_NIGHT = timedelta(hours=20)  # between one proof and the next
SLOWEST = timedelta(hours=6)  # a change that is being written for longer puts the proof off
COLUMNS = ("study_site", "source", "last_at", "quiet_since", "share", "facts")


def follow_due(*, at: datetime, seconds: float) -> int:
    """Follow what is kept for every report that closes soon, once; how many studies at sites.

    After `seconds` the rest is left to the next call. One transaction each. May run twice.
    """
    ends, done = monotonic() + seconds, 0
    kept = KeptLog.objects.select_related("study_site__study__sponsor", "study_site__site")
    for found in kept.order_by("pk"):
        closes_at = report_time_of(found.study_site.study).next_boundary(at)
        if monotonic() > ends:
            break
        if closes_at - at > SOON or found.as_of > closes_at - SOON:
            continue
        with suppress(NotSettled):  # the next call tries again
            done += follow_leads(found.study_site, at=at)
    return done


def prove_due(*, at: datetime, seconds: float) -> int:
    """Prove what is kept of every study at a site that was not proved for a night; how many.

    Those that waited longest come first; after `seconds` the rest is left to the next call. One
    transaction each. One that fails is logged as an error and tried again by the next call. May run
    twice.
    """
    ends, done = monotonic() + seconds, 0
    for study_site in _due(at):
        if monotonic() > ends:
            break
        try:
            keep_leads(study_site, at=at)
        except NotSettled:
            continue  # somebody has been writing for hours; the next call tries again
        except Exception:  # one that cannot be proved keeps no other from it
            log.exception("kept leads could not be proved", extra={"study_site": study_site.pk})
            continue
        done += 1
    return done


def _due(at: datetime) -> list[StudySite]:
    leads = Lead.objects.order_by().values_list("study_site").annotate(number=Count("pk"))
    large = dict(leads.filter(number__gte=WORTH_KEEPING))
    proved = dict(KeptLog.objects.values_list("study_site", "proved_at"))
    due = [
        study_site
        for study_site in reporting_study_sites()
        if study_site.pk in large and proved.get(study_site.pk, at - A_NIGHT) <= at - A_NIGHT
    ]
    return sorted(due, key=lambda found: proved.get(found.pk, at - 2 * A_NIGHT))


@transaction.atomic
def keep_leads(study_site: StudySite, *, at: datetime) -> KeptLog:
    """Fold every lead of the study at the site as known at `at` (UTC), and keep what it comes to.

    What was kept before, and was of use until now, is compared with what the log says. Where it
    says something else, that is counted, logged as an error and put right, and drafts that may
    have been made from it are made again. May run twice, and beside drafts: these wait while the
    rows are written. Raises NotSettled where changes of hours ago are still being written.
    """
    as_of, seen = settled_until(at, cut_off=at - SLOWEST), seen_until()
    terms = terms_name(study_site)
    start = {"as_of": as_of - A_NIGHT, "seen_until": seen, "terms": "", "proved_at": at}
    kept, _ = KeptLog.objects.select_for_update().get_or_create(
        study_site=study_site, defaults=start
    )
    if kept.as_of >= as_of:
        return kept
    changed, gone, differed = list[KeptLead](), list[int](), 0
    frame = _to_come(study_site, kept.as_of)
    if kept.terms == terms and frame and kept.windows == windows_name(frame):
        differed += kept.ahead["sums"] != count_ahead(study_site, frame)["sums"]
    touched = set(touched_since(kept))
    leads = Lead.objects.filter(study_site=study_site).order_by("pk")
    for keys in _batches(list(leads.values_list("pk", flat=True))):
        found, before = _fold(study_site, keys, as_of), KeptLead.objects.in_bulk(keys)
        changed += [row for key, row in found.items() if _says(before.get(key)) != _says(row)]
        gone += before.keys() - found.keys()
        if kept.terms == terms:
            differed += sum(
                key not in touched and _says(row) != _says(found.get(key))
                for key, row in before.items()
            )
    kept.terms, kept.proved_at, kept.differed = terms, at, differed
    kept.seen_until = seen
    if differed:  # drafts are made again, and whoever makes one locks this first
        locked_study_site(study_site.study, study_site.site)
    _write(kept, study_site, changed, gone, as_of)
    if differed:
        log.error("kept leads differed", extra={"study_site": study_site.pk, "leads": differed})
        _draft_again(study_site, at)
    return kept


@transaction.atomic
def follow_leads(study_site: StudySite, *, at: datetime) -> bool:
    """Fold the leads anew that something was recorded of since, and count the report to come.

    False where nothing is kept under the settings of today. May run twice, and beside drafts.
    Raises NotSettled as `keep_leads` does.
    """
    as_of, seen = settled_until(at, cut_off=at - SLOWEST), seen_until()
    kept = KeptLog.objects.select_for_update().filter(study_site=study_site).first()
    if kept is None or kept.terms != terms_name(study_site):
        return False
    if kept.as_of < as_of:
        keys, rows = touched_since(kept), list[KeptLead]()
        for some in _batches(keys):
            rows += _fold(study_site, some, as_of).values()
        kept.seen_until = seen
        _write(kept, study_site, rows, keys, as_of)
    return True


def _write(
    kept: KeptLog,
    study_site: StudySite,
    rows: Sequence[KeptLead],
    gone: Sequence[int],
    as_of: datetime,
) -> None:
    """Keep `rows` and no other of those that are gone, and count the report to come."""
    lock_for_writing(study_site)
    KeptLead.objects.filter(pk__in={*gone} - {row.pk for row in rows}).delete()
    KeptLead.objects.bulk_create(
        rows,
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["lead"],
        update_fields=COLUMNS,
    )
    frame = _to_come(study_site, as_of)
    kept.windows = windows_name(frame) if frame else ""
    kept.ahead = count_ahead(study_site, frame) if frame else {}
    kept.as_of = as_of
    kept.save()


def _to_come(study_site: StudySite, after: datetime) -> Inputs | None:
    """The next report that closes after `after` (UTC); None where there is none to come."""
    cut_off = report_time_of(study_site.study).next_boundary(after)
    with as_report_reader():
        try:
            return frame_of(study_site, published(study_site), cut_off=cut_off, as_of=cut_off)
        except Refusal:
            return None


def _batches(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + BATCH] for start in range(0, len(keys), BATCH))


def _fold(study_site: StudySite, keys: Sequence[int], as_of: datetime) -> Mapping[int, KeptLead]:
    """What is to be kept of these leads, as their logs told at `as_of`."""
    with as_report_reader():
        read = read_log(study_site, until=as_of, leads=keys)
    found = {}
    for key, rows in read.rows.items():
        lead = read.told_of(key, cut_off=as_of, as_of=as_of)
        last = max(max(row.recorded_at, row.fact.occurred_at) for row in rows)
        if lead is None or last >= as_of:
            continue
        found[key] = row = KeptLead(lead_id=key, study_site=study_site, last_at=last)
        row.source_id = read.source_of[key]
        quiet = quiet_since(lead)
        if quiet is not None:
            row.quiet_since = max(quiet, last)
            row.share = share_text(share_of(lead, quiet=row.quiet_since))
        is_closed = lead.bucket == Bucket.CLOSED
        later = None if is_closed else read.later_of(key, cut_off=as_of, as_of=as_of)
        row.facts = facts_text(lead, later)
    return found


def _says(row: KeptLead | None) -> tuple[object, ...]:
    if row is None:
        return ()
    return row.source_id, row.last_at, row.quiet_since, row.share, row.facts


def _draft_again(study_site: StudySite, at: datetime) -> None:
    drafts = SponsorReport.objects.filter(
        study=study_site.study_id, site=study_site.site_id, state="draft"
    )
    for draft in drafts:
        refresh_draft(draft, as_of=draft.as_of, at=at)
