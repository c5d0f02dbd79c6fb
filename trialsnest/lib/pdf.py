"""HTML to PDF: the only module that imports WeasyPrint, and only when a PDF is made.

Nothing is fetched but the bundled stylesheets and fonts. The same HTML and identifier give the same
bytes with the same versions (`renderer_versions`).
"""

import atexit
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from hashlib import sha256
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

STATIC = Path(__file__).resolve().parents[2] / "static"
BUNDLED = {
    STATIC / "css" / "print": {".css": "text/css"},
    STATIC / "fonts" / "pdf": {".woff2": "font/woff2"},
}
IDENTIFIER_BYTES = 16


class Sheet(Enum):
    """The style sheets for paper, by their names in `static/css/print`."""

    REPORT = "report"
    REVIEW = "review"


class RenderFailed(RuntimeError):
    """No PDF was made; `str()` says why, without any of the document's words."""


class PangoMissing(RenderFailed):
    """The system libraries that WeasyPrint needs are not installed."""


@dataclass(frozen=True)
class _Tools:
    """WeasyPrint with its stylesheets and fonts read once: reading takes a third of a render."""

    html: Any
    fetcher: Any
    fonts: Any
    stylesheets: Mapping[Sheet, Any]
    fatal: type[BaseException]


def identifier_of(snapshot_sha256: str, paper: str) -> bytes:
    """The identifier of the PDF of a snapshot on one paper size; the same whenever it is made."""
    return sha256(f"{snapshot_sha256} {paper}".encode()).digest()[:IDENTIFIER_BYTES]


def stylesheet(sheet: Sheet) -> Path:
    """Where a style sheet for paper stands."""
    return STATIC / "css" / "print" / f"{sheet.value}.css"


def pdf_bytes(html: str, *, identifier: bytes, sheet: Sheet) -> bytes:
    """The tagged PDF (variant PDF/UA-1) of a page, dressed by `sheet`. May be run again.

    `identifier` is 16 bytes long and the same whenever the same document is made.
    Raises RenderFailed, PangoMissing among them.
    """
    if len(identifier) != IDENTIFIER_BYTES:
        raise ValueError(f"a PDF's identifier is {IDENTIFIER_BYTES} bytes long")
    tools = _tools()
    try:
        page = tools.html(string=html, base_url=STATIC.as_uri() + "/", url_fetcher=tools.fetcher)
        made = page.write_pdf(
            stylesheets=[tools.stylesheets[sheet]],
            font_config=tools.fonts,
            pdf_variant="pdf/ua-1",
            pdf_identifier=identifier,
        )
    except tools.fatal as refusal:  # a BaseException, which `except Exception` would let through
        raise RenderFailed("The document asks for a file that is not bundled with it.") from refusal
    except Exception as problem:
        raise RenderFailed(f"The layout failed: {type(problem).__name__}.") from problem
    return bytes(made)


@cache
def renderer_versions() -> Mapping[str, str]:
    """The versions that decide the bytes of a PDF; stored with it."""
    parts = ("weasyprint", "pydyf", "tinycss2", "tinyhtml5", "fonttools", "tzdata")
    return MappingProxyType({part: version(part) for part in parts} | {"pango": _pango()})


def bundled_file(url: str) -> tuple[Path, str] | None:
    """The bundled file that `url` names and its type, or None: anything else is refused."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    named = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc or parts.query or "\0" in named:
        return None
    path = Path(named).resolve()
    types = BUNDLED.get(path.parent, {})
    if path.suffix not in types or not path.is_file():
        return None
    return path, types[path.suffix]


@cache
def _tools() -> _Tools:
    weasyprint, urls = _import("weasyprint"), _import("weasyprint.urls")

    # Weasyprint has no types
    class BundledFiles(urls.URLFetcher):  # type: ignore[misc, name-defined]
        """Gives out the bundled files and ends the rendering at the first other address."""

        def fetch(self, url: str, headers: object = None) -> Any:
            found = bundled_file(url)
            if found is None:
                raise urls.FatalURLFetchingError("not bundled")
            path, kind = found
            return urls.URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})

    fetcher = BundledFiles(allowed_protocols={"file"}, allow_redirects=False)
    fonts = _import("weasyprint.text.fonts").FontConfiguration()
    atexit.register(_tools.cache_clear)  # fonts are given back while the interpreter is still whole
    sheets = {
        sheet: weasyprint.CSS(
            filename=str(stylesheet(sheet)), font_config=fonts, url_fetcher=fetcher
        )
        for sheet in Sheet
    }
    return _Tools(weasyprint.HTML, fetcher, fonts, sheets, urls.FatalURLFetchingError)


def _pango() -> str:
    number: int = _import("weasyprint.text.ffi").pango.pango_version()
    return f"{number // 10000}.{number // 100 % 100}.{number % 100}"


def _import(name: str) -> Any:
    """A module of WeasyPrint, which looks for Pango while it is imported."""
    try:
        return import_module(name)
    except OSError as problem:
        raise PangoMissing(
            "Pango is missing, so no PDF can be made. On Debian: apt-get install libpango-1.0-0"
            " libpangoft2-1.0-0 libharfbuzz-subset0."
        ) from problem
