"""Making a PDF reads nothing but the bundled stylesheet and fonts."""

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from trialsnest.lib import pdf

IDENTIFIER = b"0123456789abcdef"


class Listener:
    """A port that counts who knocks."""

    def __init__(self) -> None:
        self.knocks = 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.knocks += 1
            connection.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.server.close()


VECTORS = (
    '<img src="{url}">',
    '<img srcset="{url} 1x">',
    '<object data="{url}"></object>',
    '<embed src="{url}">',
    '<link rel="stylesheet" href="{url}">',
    '<link rel="attachment" href="{url}">',
    '<a rel="attachment" href="{url}">x</a>',
    '<style>@import url("{url}");</style>',
    '<style>@font-face {{ font-family: x; src: url("{url}") }} p {{ font-family: x }}</style>',
    '<style>p {{ background: url("{url}") }}</style>',
    '<style>p::before {{ content: url("{url}") }}</style>',
    '<style>li {{ list-style: url("{url}") }}</style><ul><li>x</ul>',
    '<p style="background-image: url({url})">x</p>',
    '<style>p {{ border-image-source: url("{url}") }}</style>',
    '<svg xmlns="http://www.w3.org/2000/svg"><image href="{url}" width="9" height="9"/></svg>',
    '<svg xmlns="http://www.w3.org/2000/svg"><use href="{url}#a"/></svg>',
    '<base href="{url}"><img src="a.png">',
)


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_nothing_but_the_bundled_files_is_fetched(
    vector: str, scheme: str, listener: Listener, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("ZQX-secret")
    url = secret.as_uri() if scheme == "file" else f"http://127.0.0.1:{listener.port}/a"
    html = f"<!doctype html><html lang=en><title>x</title><p>x</p>{vector.format(url=url)}"

    try:
        found = pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=pdf.Sheet.REPORT)
    except pdf.RenderFailed as refusal:
        found = str(refusal).encode()

    assert listener.knocks == 0
    assert b"ZQX" not in found
    assert b"EmbeddedFile" not in found


def test_a_refused_file_is_an_ordinary_error_without_its_address() -> None:
    html = '<!doctype html><title>x</title><img src="http://127.0.0.1:9/ZQX">'

    with pytest.raises(pdf.RenderFailed, match="not bundled") as refusal:
        pdf.pdf_bytes(html, identifier=IDENTIFIER, sheet=pdf.Sheet.REPORT)
    assert "ZQX" not in str(refusal.value)
    assert isinstance(refusal.value, Exception)


FONT = pdf.STATIC / "fonts/pdf/source-sans-3-latin-400-normal.woff2"


@pytest.mark.parametrize(
    ("url", "is_bundled"),
    [
        (FONT.as_uri(), True),
        *((pdf.stylesheet(sheet).as_uri(), True) for sheet in pdf.Sheet),
        (FONT.as_uri() + "?x", False),
        (FONT.with_name("SourceSans3-OFL.txt").as_uri(), False),
        (pdf.STATIC.as_uri() + "/css/tokens.css", False),
        (pdf.STATIC.as_uri() + "/css/print/../tokens.css", False),
        (pdf.STATIC.as_uri() + "/css/print/%2e%2e/%2e%2e/css/tokens.css", False),
        (pdf.STATIC.as_uri() + "/fonts/pdf", False),
        (pdf.STATIC.as_uri() + "/fonts/pdf/none.woff2", False),
        ("file://other-host" + str(FONT), False),
        ("file:///etc/passwd", False),
        ("FILE:///etc/passwd", False),
        ("http://127.0.0.1/a.css", False),
        ("data:text/css,p{}", False),
        ("file:///a%00b.css", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_the_stylesheets_and_fonts_of_paper_are_bundled(url: str, is_bundled: bool) -> None:
    assert (pdf.bundled_file(url) is not None) == is_bundled


def test_a_link_out_of_the_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret.css"
    secret.write_text("p {}")
    folder = tmp_path / "bundled"
    folder.mkdir()
    (folder / "link.css").symlink_to(secret)
    monkeypatch.setattr(pdf, "BUNDLED", {folder: {".css": "text/css"}})

    assert pdf.bundled_file((folder / "link.css").as_uri()) is None


def test_weasyprint_is_not_loaded_before_a_pdf_is_made() -> None:
    script = "import sys, trialsnest.lib.pdf; print('weasyprint' in sys.modules)"
    run = subprocess.run(
        [sys.executable, "-c", script],
        check=True,
        capture_output=True,
        text=True,
        cwd=pdf.STATIC.parent,
    )

    assert run.stdout.strip() == "False"
