"""Studies as ClinicalTrials.gov publishes them (V3): pure parsing, no network, no database."""

from recruitment.rules.registry.fields import UnreadableRecord
from recruitment.rules.registry.reading import StudyFile, parse_study, read_studies
from recruitment.rules.registry.study import (
    PartialDate,
    RegistryLocation,
    RegistryStatus,
    RegistryStudy,
)

__all__ = [
    "PartialDate",
    "RegistryLocation",
    "RegistryStatus",
    "RegistryStudy",
    "StudyFile",
    "UnreadableRecord",
    "parse_study",
    "read_studies",
]
