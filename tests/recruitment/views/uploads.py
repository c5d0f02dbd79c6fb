"""The steps of an import in the browser."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import Source, StudySite

SignIn = Callable[[User], Client]

CSV = (
    "first name,last name,phone,e-mail,date of birth,ok to contact,blood\n"
    "Ada,Example,617-555-0101,ada@example.org,1970-01-02,yes,A\n"
    "Bob,Example,617-555-0199,,1971-01-02,yes,B\n"
    '=cmd,"Bad, row",none,,,,0\n'
)


def choose(desk: Client, study_site: StudySite, source: Source, data: bytes) -> HttpResponse:
    file = SimpleUploadedFile("leads <b>.csv", data)
    values = {"study_site": study_site.pk, "source": source.pk, "file": file}
    return desk.post(reverse("lead_import"), values)  # type: ignore[return-value]


def match(desk: Client, url: str, **values: str) -> Any:
    """Send the match form as it stands, with `values` in place."""
    form = desk.get(url).context["form"]
    data = {name: form[name].value() or "" for name in form.fields}
    return desk.post(url, data | values)


def uploaded(desk: Client, study_site: StudySite, source: Source, data: bytes) -> str:
    """The address of the match page of a file that was chosen."""
    response = choose(desk, study_site, source, data)
    assert response.status_code == 302
    return str(response["Location"])


def to_check(desk: Client, study_site: StudySite, source: Source, data: bytes) -> str:
    """The address of the check page of a file that was chosen and matched."""
    response = match(desk, uploaded(desk, study_site, source, data))
    assert response.status_code == 302
    return str(response["Location"])
