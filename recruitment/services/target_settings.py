"""How long a study's targets run: set as the next version, from a moment on (5.1, CK5, D28).

A site of the study may have targets of its own. Clocks keep the version they started under, so
that no change moves what was breached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import models, transaction

from accounts.models import User
from recruitment.models import Study, StudySite, Target
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.target_words import label_of
from recruitment.rules.targets import Target as Amount
from recruitment.rules.targets import TargetKey, Unit, check_target
from recruitment.rules.terms import TargetVersion, Terms
from recruitment.rules.vocabulary import SourceKind
from recruitment.services.log import check_times
from recruitment.services.settings import check_seen, lock, raise_version, record
from recruitment.services.terms import version_of
from trialsnest.lib import words

MOST_AHEAD = timedelta(days=366)


@dataclass(frozen=True)
class Wanted:
    """A target as somebody wants it. Without an amount the site goes back to the study's own."""

    key: TargetKey
    kind: str
    amount: int | None
    unit: str


@transaction.atomic
def set_target(
    *,
    study: Study,
    study_site: StudySite | None = None,
    key: TargetKey,
    source_kind: str = "",
    amount: int | None,
    unit: str = "",
    in_force_from: datetime,
    by: User,
    at: datetime,
) -> Target | None:
    """Write the next version of one target; None where it says so already. May run twice.

    `source_kind` is for the first response only. `in_force_from` is from `at` on, at most a year
    ahead; both are UTC. With a `study_site` it holds there alone, and without an amount the study's
    own does again. Raises InvalidInput naming the field.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    _check_from(in_force_from, at=at)
    wanted = _checked(Wanted(key, source_kind, amount, unit), study_site)
    locked = lock(study)
    before = _set_now(wanted, study, study_site, at=in_force_from)
    if before == _amount(wanted):
        return None
    row = _add(wanted, study, study_site, in_force_from=in_force_from, by=by, at=at)
    raise_version(locked)
    study.settings_version = locked.settings_version
    _record(wanted, before, study_site or locked, in_force_from=in_force_from, by=by, at=at)
    return row


@transaction.atomic
def set_targets(
    *,
    study: Study,
    wanted: Sequence[Wanted],
    in_force_from: datetime,
    by: User,
    at: datetime,
    study_site: StudySite | None = None,
    seen: int | None = None,
) -> int:
    """Set several at once, or none; how many have a new version. May run twice.

    `seen` is the newest change of the study, or of the study at the site, that the caller's page
    knew: raises SettingMoved if there is a later one. Raises as `set_target` too.
    """
    lock(study)
    if seen is not None:
        check_seen(study_site or study, seen, zone=by.time_zone)
    rows = [
        set_target(
            study=study,
            study_site=study_site,
            key=one.key,
            source_kind=one.kind,
            amount=one.amount,
            unit=one.unit,
            in_force_from=in_force_from,
            by=by,
            at=at,
        )
        for one in wanted
    ]
    return sum(row is not None for row in rows)


def versions_of(study: Study, study_site: StudySite | None = None) -> tuple[TargetVersion, ...]:
    """Every version of the study's targets, and of the site's own, in the order of setting."""
    rows = Target.objects.filter(study=study)
    standing = rows.filter(models.Q(study_site=None) | models.Q(study_site=study_site))
    return tuple(version_of(row) for row in standing.order_by("version", "pk"))


def _check_from(in_force_from: datetime, *, at: datetime) -> None:
    if in_force_from.tzinfo is None:
        raise InvalidInput("The time has no time zone.", field="in_force_from")
    if in_force_from < at:
        raise InvalidInput(
            "A target does not start in the past: clocks keep what they ran under. Choose today or"
            " a later day.",
            field="in_force_from",
        )
    if in_force_from > at + MOST_AHEAD:
        raise InvalidInput("Choose a day within a year.", field="in_force_from")


def _checked(wanted: Wanted, study_site: StudySite | None) -> Wanted:
    """The same with a known unit. Raises InvalidInput naming the field."""
    if wanted.kind and wanted.key != TargetKey.FIRST_RESPONSE:
        raise InvalidInput(
            "Only the first response differs by the kind of source.", field="source_kind"
        )
    if wanted.kind and wanted.kind not in SourceKind.values:
        raise InvalidInput("There is no such kind of source.", field="source_kind")
    if wanted.amount is None:
        if study_site is None:
            raise InvalidInput(f"{wanted.key.label}: give an amount.", field="amount")
        return Wanted(wanted.key, wanted.kind, None, "")
    if wanted.unit not in Unit.values:
        raise InvalidInput("Choose what the target is counted in.", field="unit")
    check_target(wanted.key, wanted.amount, Unit(wanted.unit))
    return wanted


def _amount(wanted: Wanted) -> Amount | None:
    return None if wanted.amount is None else Amount(wanted.amount, Unit(wanted.unit))


def _versions(study: Study, study_site: StudySite | None) -> models.QuerySet[Target]:
    return Target.objects.filter(study=study, study_site=study_site)


def _set_now(
    wanted: Wanted, study: Study, study_site: StudySite | None, *, at: datetime
) -> Amount | None:
    """What is in force at `at` for the study; for a site what it has of its own, if anything."""
    rows = _versions(study, study_site).filter(target=wanted.key).order_by("version")
    if study_site is None:
        found = Terms((), tuple(map(version_of, rows))).target(wanted.key, at, wanted.kind)
        return Amount(found.amount, found.unit)
    own = [row for row in rows if row.source_kind == wanted.kind and row.in_force_from <= at]
    newest = max(own, key=lambda row: (row.in_force_from, row.version), default=None)
    if newest is None or newest.amount is None:
        return None
    return Amount(newest.amount, Unit(newest.unit))


def _add(
    wanted: Wanted,
    study: Study,
    study_site: StudySite | None,
    *,
    in_force_from: datetime,
    by: User,
    at: datetime,
) -> Target:
    same = _versions(study, study_site).filter(target=wanted.key, source_kind=wanted.kind)
    last = same.aggregate(last=models.Max("version"))["last"] or 0
    return Target.objects.create(
        study=study,
        study_site=study_site,
        target=wanted.key,
        source_kind=wanted.kind,
        version=last + 1,
        amount=wanted.amount,
        unit=wanted.unit,
        in_force_from=in_force_from,
        set_at=at,
        set_by=by,
    )


def _record(
    wanted: Wanted,
    before: Amount | None,
    row: models.Model,
    *,
    in_force_from: datetime,
    by: User,
    at: datetime,
) -> None:
    """One line of the page's history (AU1); the day is told on the changer's clock."""
    label, after = label_of(wanted.key, wanted.kind), _amount(wanted)
    since = words.day(words.local(in_force_from, by.time_zone).date())
    record(
        row,
        "target",
        old=f"{label}: {_words(before)}",
        new=f"{label}: {_words(after)}, from {since}",
        by=by,
        at=at,
    )


def _words(amount: Amount | None) -> str:
    return amount.words if amount else "as the study has it"
