"""Reading how a study is halted at a site, for services and pages alike (D32). Reads only.

A halt is the open blocker of the study at the site in the category `study_paused`. It stands from
the press on, for every lead there, also for one that is not linked to it yet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from recruitment.models.blockers import Blocker, StudyBlocker
from recruitment.models.leads import Lead
from recruitment.models.studies import StudySite
from recruitment.rules.vocabulary import BlockerCategory
from trialsnest.lib.words import local, moment

PAUSED = BlockerCategory.STUDY_PAUSED


@dataclass(frozen=True)
class Progress:
    """How many leads of a halt are done, and how many a job still has to do."""

    done: int
    left: int


def standing_halt(study_site: StudySite) -> StudyBlocker | None:
    """The halt of the study at the site, if one stands. One statement."""
    return next(iter(standing_halts([study_site.pk])), None)


def standing_halts(study_sites: Iterable[int]) -> list[StudyBlocker]:
    """Every halt that stands at these studies at sites (keys), with who halted. One statement."""
    rows = StudyBlocker.objects.filter(
        study_site__in=list(study_sites), category=PAUSED, resolved_at__isnull=True
    )
    return list(rows.select_related("study_site__study", "study_site__site", "opened_by", "owner"))


def with_halted(study_sites: QuerySet[StudySite]) -> QuerySet[StudySite]:
    """Adds `is_halted`, so that whoever reads them anyway needs no statement more to know."""
    return study_sites.annotate(is_halted=is_halted(OuterRef("pk")))


def is_halted(study_site: OuterRef) -> Exists:
    """Whether the study at the site, a column of the query around it, is halted."""
    standing = StudyBlocker.objects.filter(category=PAUSED, resolved_at__isnull=True)
    return Exists(standing.filter(study_site=study_site))


def halted_words(halt: StudyBlocker) -> str:
    """Who halted the study and since when, on the site's clock, in one sentence."""
    who = halt.opened_by.name if halt.opened_by else "The system"
    since = moment(local(halt.opened_at, halt.study_site.site.time_zone))
    return f"{who} halted this study here on {since}."


def linked_to(halt: StudyBlocker) -> QuerySet[Blocker]:
    """The blockers by which it stops leads now."""
    links: QuerySet[Blocker] = Blocker.objects.filter(study_blocker=halt, resolved_at__isnull=True)
    return links


def unlinked(halt: StudyBlocker, after: int = 0) -> QuerySet[Lead]:
    """Open leads of the study there that no pause stops yet, by their key, above `after`."""
    paused = Blocker.objects.filter(lead=OuterRef("pk"), category=PAUSED, resolved_at__isnull=True)
    leads = Lead.objects.filter(study_site=halt.study_site_id, pk__gt=after).open()
    return leads.exclude(Exists(paused)).order_by("pk")


def progress(halt: StudyBlocker) -> Progress:
    """How far the leads are: linked while it stands, freed once it has ended. Two statements."""
    linked = linked_to(halt).count()
    if halt.resolved_at is None:
        return Progress(linked, unlinked(halt).count())
    return Progress(Blocker.objects.filter(study_blocker=halt).count() - linked, linked)
