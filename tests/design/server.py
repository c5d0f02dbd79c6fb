"""Serves the gallery under the strict policy of the product."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qsl, urlsplit

from django.contrib.staticfiles import finders

from tests.design.gallery import BY_NAME

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " object-src 'none'; frame-ancestors 'none'"
)


class _Handler(BaseHTTPRequestHandler):
    """Answers `/NAME.html` with a page (`?theme=dark&density=roomy`) and `/static/` with files."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/static/"):
            found = finders.find(parts.path.removeprefix("/static/"))
            body = Path(found).read_bytes() if isinstance(found, str) else None
            kind = guess_type(parts.path)[0] or "font/woff2"
        else:
            page = BY_NAME.get(parts.path.strip("/").removesuffix(".html"))
            body = page.html(**dict(parse_qsl(parts.query))).encode() if page else None
            kind = "text/html; charset=utf-8"
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None:
        """Nothing: the pages are looked at, not counted."""


@contextmanager
def serve() -> Iterator[str]:
    """The gallery under the strict policy, on a free port; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
