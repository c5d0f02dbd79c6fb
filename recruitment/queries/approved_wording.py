"""Approved wording: what the panel offers to copy, and the list of it for the set-up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from recruitment.models import ApprovedWording, Lead
from recruitment.rules.vocabulary import Channel
from recruitment.rules.wording import CALLBACK, DEFAULT_LANGUAGE, LANGUAGES, filled, language_of
from recruitment.rules.work_codes import WordingUse

CHANNEL = {
    WordingUse.VOICEMAIL: Channel.PHONE,
    WordingUse.TEXT: Channel.TEXT,
    WordingUse.EMAIL: Channel.EMAIL,
}


@dataclass(frozen=True)
class Wording:
    """One text to be said or sent as it stands, with the approval it rests on."""

    use: str
    label: str
    code: str  # of the language
    language: str
    text: str
    approval: str
    approved_on: date
    record: str  # what an attempt that used it keeps (OA5)


def wordings_for(lead: Lead, *, refused: Mapping[Channel, str]) -> list[Wording]:
    """What may be said or sent to the person, in her language where there is one.

    Not for a channel that is refused, nor with the number to call back missing. One statement the
    first time, then none: the memory is keyed by the study's `settings_version`.
    """
    study, callback = lead.study_site.study, lead.study_site.site.call_back_phone
    known = _remembered(study.pk, study.settings_version)
    wanted = language_of(lead.person.language)
    found = []
    for use in WordingUse:
        row = known.get((use, wanted)) or known.get((use, DEFAULT_LANGUAGE))
        if row is None or CHANNEL[use] in refused or (CALLBACK in row.text and not callback):
            continue
        found.append(_wording(row, callback))
    return found


@lru_cache(maxsize=1024)
def _remembered(study_id: int, version: int) -> Mapping[tuple[str, str], ApprovedWording]:
    rows = ApprovedWording.objects.filter(study=study_id, retired_at__isnull=True)
    return {(row.use, row.language): row for row in rows}


def standing_wordings(study_id: int) -> list[ApprovedWording]:
    """What is in force, by use and language. One statement."""
    rows = ApprovedWording.objects.filter(study=study_id, retired_at__isnull=True)
    order = {use: position for position, use in enumerate(WordingUse)}
    return sorted(
        rows.select_related("set_by"),
        key=lambda row: (order[WordingUse(row.use)], LANGUAGES.get(row.language, row.language)),
    )


def retired_wordings(study_id: int) -> Sequence[ApprovedWording]:
    """Wording of the past, the latest first. One statement."""
    rows = ApprovedWording.objects.filter(study=study_id, retired_at__isnull=False)
    return list(rows.select_related("retired_by").order_by("-retired_at", "-pk")[:50])


def language_words(row: ApprovedWording) -> str:
    """The name of the row's language."""
    return LANGUAGES.get(row.language, row.language)


def _wording(row: ApprovedWording, callback: str) -> Wording:
    label = WordingUse(row.use).label
    return Wording(
        use=row.use,
        label=label,
        code=row.language,
        language=language_words(row),
        text=filled(row.text, callback),
        approval=f"{row.approval_reference}, version {row.approved_version}",
        approved_on=row.approved_on,
        record=f"{label} {row.language} {row.version}, {row.approved_version}"[:60],
    )
