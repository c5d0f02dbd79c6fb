"""Lead files that other systems export, read into rows (RT6, D3): pure, nothing is stored."""

from recruitment.rules.lead_files.columns import LeadField, birth_columns
from recruitment.rules.lead_files.dates import DateOrder
from recruitment.rules.lead_files.decode import ENCODINGS, MAX_BYTES
from recruitment.rules.lead_files.duplicates import KnownPerson, known_from_row, mark_known
from recruitment.rules.lead_files.kinds import KINDS, SourceKind, guess_kind
from recruitment.rules.lead_files.preview import Preview, preview
from recruitment.rules.lead_files.reading import read_lead_file
from recruitment.rules.lead_files.rows import Action, LeadFile, LeadRow, RowProblem, UnreadableFile
from recruitment.rules.lead_files.safe_cells import safe_cell

__all__ = [
    "ENCODINGS",
    "KINDS",
    "MAX_BYTES",
    "Action",
    "DateOrder",
    "KnownPerson",
    "LeadField",
    "LeadFile",
    "LeadRow",
    "Preview",
    "RowProblem",
    "SourceKind",
    "UnreadableFile",
    "birth_columns",
    "guess_kind",
    "known_from_row",
    "mark_known",
    "preview",
    "read_lead_file",
    "safe_cell",
]
