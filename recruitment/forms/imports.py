"""Forms of the import: which file for which study, what its columns mean, what to store."""

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from recruitment.models import Source, StudySite
from recruitment.rules.lead_files import (
    ENCODINGS,
    KINDS,
    MAX_BYTES,
    DateOrder,
    LeadField,
    Preview,
    UnreadableFile,
    birth_columns,
    preview,
)
from recruitment.rules.lead_files.columns import SEVERAL
from recruitment.rules.refusals import Refusal
from recruitment.rules.registry import StudyFile, read_studies

MAX_STUDY_FILE = 10 * 1024 * 1024  # bytes; a page of the registry's API is smaller
ENCODING_NAMES: Mapping[str, str] = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16, little-endian",
    "utf-16-be": "UTF-16, big-endian",
    "cp1252": "Western European (Windows)",
    "iso-8859-2": "Central European",
    "mac-roman": "Western European (Macintosh)",
    "shift-jis": "Japanese",
    "gb18030": "Chinese",
}
DATE_ORDERS = [
    ("", "As its days over 12 show"),
    (DateOrder.MONTH_FIRST.value, "Month first (03/04 is 4 March)"),
    (DateOrder.DAY_FIRST.value, "Day first (03/04 is 3 April)"),
]
LEAVE_OUT = "Leave out"
FIELDS = [("", LEAVE_OUT), *((field.value, field.label) for field in LeadField)]


def is_sensitive(column: str, kind: str) -> bool:
    """Whether a column is read for the age check alone, and not shown, until it is chosen."""
    return bool(birth_columns([column], KINDS[kind].extra))


def _content(file: "UploadedFile[bytes]", most: int) -> bytes:
    if (file.size or 0) > most:
        raise forms.ValidationError(f"The file is larger than {most // 1024**2} MB. Split it.")
    content: bytes = file.read()
    return content


class FileField(forms.FileField):
    """A file that must be chosen. An empty one is told by whoever reads it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_empty_file=True, max_length=200, **options)
        self.error_messages["required"] = "Choose a file."
        self.error_messages["max_length"] = "The name of the file is too long. Rename it."


class LeadFileForm(forms.Form):
    """Where the leads of a file belong. `kind` and `content` are there once it is valid."""

    study_site = forms.ModelChoiceField(
        StudySite.objects.none(),
        label="Study and site",
        empty_label="Choose a study at a site",
        error_messages={"required": "Choose a study at a site."},
    )
    source = forms.ModelChoiceField(
        Source.objects.none(),
        empty_label="Choose a source",
        error_messages={"required": "Choose a source."},
        help_text="Every lead of the file is counted under this source.",
    )
    file = FileField(
        label="Lead file",
        help_text="CSV or TSV, at most 10 MB and 20,000 rows. Nothing is saved before the last "
        "step; the file itself is deleted within a day.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.psv"}),
    )

    def __init__(self, *args: Any, study_sites: QuerySet[StudySite], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = list(study_sites.filter(is_open=True).order_by("study__code", "site__name"))
        sources = Source.objects.select_related("study").exclude(state="ended")
        sources = sources.exclude(state="draft", is_test=False)
        sources = sources.filter(study__in={place.study_id for place in places})
        place_field = cast("forms.ModelChoiceField[StudySite]", self.fields["study_site"])
        source_field = cast("forms.ModelChoiceField[Source]", self.fields["source"])
        place_field.queryset = study_sites.filter(is_open=True)
        source_field.queryset = sources
        source_field.choices = _by_study(sources)
        if len(places) == 1:
            place_field.initial = places[0].pk
        self.kind = ""
        self.content = b""

    def clean_file(self) -> "UploadedFile[bytes]":
        """Read the file at first sight, so that one that is no table is refused at once."""
        file = cast("UploadedFile[bytes]", self.cleaned_data["file"])
        self.content = _content(file, MAX_BYTES)
        try:
            self.kind = preview(self.content).kind
        except UnreadableFile as refusal:
            raise forms.ValidationError(str(refusal)) from None
        return file

    def clean(self) -> dict[str, Any]:
        """The source must be one of the study's."""
        study_site, source = self.cleaned_data.get("study_site"), self.cleaned_data.get("source")
        if study_site and source and source.study_id != study_site.study_id:
            self.add_error("source", f"This source belongs to {source.study}. Choose another.")
        return self.cleaned_data


def _by_study(sources: Iterable[Source]) -> list[tuple[str, Any]]:
    """Sources in groups of their study, as one list can show them without a script."""
    groups: dict[str, list[tuple[int, str]]] = {}
    for source in sources:
        groups.setdefault(str(source.study), []).append((source.pk, source.name))
    return [("", "Choose a source"), *groups.items()]


class MatchForm(forms.Form):
    """What each column of a file goes into, and what only a person can say about the file."""

    kind = forms.ChoiceField(
        label="Comes from", choices=[(kind.code, kind.label) for kind in KINDS.values()]
    )
    encoding = forms.ChoiceField(
        label="Encoding",
        help_text="A guess. Look at the names below: are their letters right?",
        error_messages={"required": "Say which encoding shows the names as they should be."},
    )
    date_order = forms.ChoiceField(
        label="Dates such as 03/04/2026", choices=DATE_ORDERS, required=False
    )

    def __init__(self, *args: Any, seen: Preview, is_confirmed: bool, **kwargs: Any) -> None:
        """`seen` is the file at first sight; `is_confirmed`: somebody named its encoding."""
        super().__init__(*args, **kwargs)
        self.seen = seen
        if seen.is_encoding_guess or is_confirmed:
            names = [(code, ENCODING_NAMES[code]) for code in ENCODINGS]
            cast(forms.ChoiceField, self.fields["encoding"]).choices = [
                ("", f"Is it {ENCODING_NAMES.get(seen.encoding, seen.encoding)}? Choose"),
                *names,
            ]
        else:
            del self.fields["encoding"]
        for place, column in enumerate(seen.columns):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=f"Field for {column}", choices=FIELDS, required=False
            )

    @property
    def mapping(self) -> dict[str, str]:
        """Column to field code, empty for those that are left out."""
        values = self.cleaned_data
        return {column: values[f"column_{n}"] for n, column in enumerate(self.seen.columns)}

    @property
    def is_read_anew(self) -> bool:
        """Whether another system or encoding was named, so that the columns must be shown again."""
        values = self.cleaned_data
        encoding = values.get("encoding") or self.seen.encoding
        return bool(values["kind"] != self.seen.kind or encoding != self.seen.encoding)

    def clean(self) -> dict[str, Any]:
        """One column a field, except for phones, addresses and times."""
        used: dict[str, int] = {}
        for place in range(len(self.seen.columns)):
            field = self.cleaned_data.get(f"column_{place}", "")
            if field in used and field not in SEVERAL:
                label = LeadField(field).label
                other = self.seen.columns[used[field]][:60]
                message = f'{label} is taken from "{other}" already. Leave one of the two out.'
                self.add_error(f"column_{place}", message)
            elif field:
                used[field] = place
        return self.cleaned_data


class RowsForm(forms.Form):
    """Which of the rows to review somebody decided to store."""

    row = forms.TypedMultipleChoiceField(
        coerce=int,
        required=False,
        error_messages={"invalid_choice": "A row is not in the file any more. Check again."},
    )

    def __init__(self, *args: Any, numbers: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.TypedMultipleChoiceField, self.fields["row"]).choices = [
            (number, str(number)) for number in numbers
        ]


class StudyFileForm(forms.Form):
    """A file of study records. `studies` and `content` are there once it is valid."""

    file = FileField(
        label="Study file",
        help_text="JSON as ClinicalTrials.gov gives it: one study, or several. At most 10 MB.",
        widget=forms.FileInput(attrs={"accept": ".json"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = b""
        self.studies = StudyFile((), ())

    def clean_file(self) -> "UploadedFile[bytes]":
        """Refuse a file of which nothing can be read."""
        file = cast("UploadedFile[bytes]", self.cleaned_data["file"])
        self.content = _content(file, MAX_STUDY_FILE)
        try:
            self.studies = read_studies(self.content)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from None
        if not self.studies.studies:
            raise forms.ValidationError(list(self.studies.problems[:20]))
        return file
