"""Rows for imports. An upload is there for its owner alone."""

from pathlib import Path
from typing import Any

from django.utils import timezone

from recruitment.models import ImportUpload
from recruitment.services.import_uploads import keep_upload, match_columns
from tests.access.roles import Row, only
from tests.factories.recruitment import SourceFactory

RECORD = Path(__file__).resolve().parents[2] / "recruitment/demo/studies/NCT05266625.json"
CSV = b"first name,phone,note\nAda,617-555-0101,\nBob,none,\n"
MAPPING = {"first name": "first", "phone": "phone", "note": ""}


def _lead_file(world: Any, **values: Any) -> dict[str, Any]:
    """The coordinator's upload, with its columns matched."""
    upload = keep_upload(
        owner=world.people["coordinator"],
        study_site=world.study_site,
        source=SourceFactory(study=world.study_site.study),
        file_name="leads.csv",
        content=CSV,
        kind="generic",
        at=timezone.now(),
    )
    match_columns(upload, mapping=MAPPING, date_order="")
    ImportUpload.objects.filter(pk=upload.pk).update(**values)
    return {"key": upload.key}


def _imported(world: Any) -> dict[str, Any]:
    return _lead_file(world, imported_at=timezone.now(), counts={"stored": 1})


def _study_file(world: Any) -> dict[str, Any]:
    upload = keep_upload(
        owner=world.people["administrator"],
        study_site=None,
        source=None,
        file_name="study.json",
        content=RECORD.read_bytes(),
        kind=ImportUpload.STUDY_FILE,
        at=timezone.now(),
    )
    return {"key": upload.key}


OWNER = only(200, "coordinator")
ROWS: dict[str, Row] = {
    "lead_import": Row("get", only(200, "coordinator", "site_lead", "outsider")),
    "lead_import_match": Row("get", OWNER, kwargs=_lead_file),
    "lead_import_check": Row("get", OWNER, kwargs=_lead_file),
    "lead_import_result": Row("get", OWNER, kwargs=_imported),
    "lead_import_rejected": Row("get", OWNER, kwargs=_lead_file),
    "study_import": Row("get", only(200, "administrator")),
    "study_import_check": Row("get", only(200, "administrator"), kwargs=_study_file),
}
