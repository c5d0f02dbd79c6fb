"""Collected static files: hashed, compressed, and with the style sheet in one piece."""

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import Any

from django.core.files.base import ContentFile
from whitenoise.storage import CompressedManifestStaticFilesStorage

SHEET = "css/app.css"
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\(([\w-]+)\);')
URL = re.compile(r'url\("(?!data:|/|#)([^"]+)"\)')


class OneSheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """As its parent, but a page asks for one style sheet, not for every part of it.

    The parts are collected but get no hashed name, since nothing asks for them. Where files are
    found rather than collected the parts are served as they are written.
    """

    def post_process(
        self, paths: dict[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Any]:
        """Put the sheet together where it was collected to, then hash and compress as ever.

        Raises ValueError for an @import that is not `@import url("part.css") layer(name);`. May
        run any number of times.
        """
        if not dry_run:
            paths = self._with_one_sheet(paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _with_one_sheet(self, paths: dict[str, Any]) -> dict[str, Any]:
        def read(name: str) -> str:
            storage, path = paths[name]
            with storage.open(path) as file:
                return str(file.read().decode())

        text, parts = in_one(SHEET, read)
        self.delete(SHEET)
        self._save(SHEET, ContentFile(text.encode()))
        # Pages for when nothing can be relied on name the sheet without its hash: it is whole too.
        return {name: at for name, at in paths.items() if name not in parts} | {
            SHEET: (self, SHEET)
        }


def in_one(name: str, read: Callable[[str], str]) -> tuple[str, list[str]]:
    """The sheet `name` with each import replaced by what it names, and the names of those parts.

    `read` gives the text of a file by its name. Addresses inside a part are written as seen from
    the sheet. Raises ValueError where an @import is left.
    """
    parts = []
    folder = posixpath.dirname(name)

    def put_in(found: re.Match[str]) -> str:
        part = posixpath.normpath(posixpath.join(folder, found[1]))
        parts.append(part)
        return f"@layer {found[2]} {{\n{_seen_from(folder, part, read(part))}}}"

    text = IMPORT.sub(put_in, read(name))
    if "@import" in text:
        raise ValueError(f'{name}: write each import as @import url("part.css") layer(name);')
    return text, parts


def _seen_from(folder: str, part: str, text: str) -> str:
    own = posixpath.dirname(part)
    return URL.sub(
        lambda found: f'url("{posixpath.relpath(posixpath.join(own, found[1]), folder)}")', text
    )
