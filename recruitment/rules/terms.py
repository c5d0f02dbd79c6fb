"""What a clock runs under: targets and calendars, each by version (CK1, CK5)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from recruitment.rules.calendars import BusinessCalendar
from recruitment.rules.targets import Target, TargetKey, default_target


@dataclass(frozen=True)
class TargetVersion:
    """One version of a target: what it is from a moment on, for a study or for one site of it.

    `target` None: the site goes back to the study's own.
    """

    key: TargetKey
    kind: str
    is_own: bool
    in_force_from: datetime
    target: Target | None


@dataclass(frozen=True)
class Terms:
    """The targets and calendars of one study at one site, as they were and are. Times are UTC.

    `calendars` are in order; the first holds from the beginning of time. `versions` are in the
    order in which they were set.
    """

    calendars: tuple[tuple[datetime | None, BusinessCalendar], ...]
    versions: tuple[TargetVersion, ...] = ()

    def target(self, key: TargetKey, at: datetime, kind: str = "") -> Target:
        """The target in force for a clock that starts at `at` (CK5).

        The site's own comes before the study's, and both before the default. A kind of source
        with a default or a version of its own never takes what is set for the others (D28).
        """
        if not self.versions:
            return default_target(key, kind)
        for asked in dict.fromkeys((kind, "")):
            for is_own in (True, False):
                found = self._newest(key, asked, is_own=is_own, at=at)
                if found is not None and found.target is not None:
                    return found.target
            if asked and default_target(key, asked) != default_target(key):
                break
        return default_target(key, kind)

    def calendar_at(self, at: datetime) -> BusinessCalendar:
        """The calendar in force at `at`."""
        found = self.calendars[0][1]
        for begins, calendar in self.calendars[1:]:
            if begins is not None and begins <= at:
                found = calendar
        return found

    def calendars_after(self, at: datetime) -> Iterator[tuple[datetime, BusinessCalendar]]:
        """The calendars that came in force after `at`, in order."""
        for begins, calendar in self.calendars[1:]:
            if begins is not None and begins > at:
                yield begins, calendar

    @property
    def calendar(self) -> BusinessCalendar:
        """The calendar in force now."""
        return self.calendars[-1][1]

    def _newest(
        self, key: TargetKey, kind: str, *, is_own: bool, at: datetime
    ) -> TargetVersion | None:
        """The latest to come in force by `at`; of two from one moment, the one set later."""
        set_for = self._newest_first.get((key, kind, is_own), ())
        fitting = [version for version in set_for if version.in_force_from <= at]
        return max(fitting, key=lambda version: version.in_force_from, default=None)

    @cached_property
    def _newest_first(self) -> Mapping[tuple[TargetKey, str, bool], Sequence[TargetVersion]]:
        """The versions of one thing, the one set last first."""
        found = defaultdict[tuple[TargetKey, str, bool], list[TargetVersion]](list)
        for version in reversed(self.versions):
            found[version.key, version.kind, version.is_own].append(version)
        return dict(found)
