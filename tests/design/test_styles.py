"""The style sheets hang together: parsed, in their layers, small, found under hashed names."""

import re
import shutil
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

STATIC = Path(settings.BASE_DIR) / "static"
CSS = STATIC / "css"
FILES = sorted(path for path in CSS.rglob("*.css") if path.parent.name != "print")
IMPORT = re.compile(r'@import url\("([^"]+)"\) layer\((\w+)\);')
LAYER_OF_FOLDER = {"components": "components", "screens": "screens"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_style_sheet_parses_and_is_small(path: Path) -> None:
    text = path.read_text()

    rules = tinycss2.parse_stylesheet(text, skip_comments=True, skip_whitespace=True)

    assert [rule.message for rule in rules if rule.type == "error"] == []
    assert text.count("{") == text.count("}")
    assert len(text.splitlines()) <= 300


def test_app_css_imports_every_file_once_into_the_layer_of_its_folder() -> None:
    imports = IMPORT.findall((CSS / "app.css").read_text())

    names = [name for name, _ in imports]
    assert sorted(names) == sorted(
        str(path.relative_to(CSS)) for path in FILES if path.name != "app.css"
    )
    for name, layer in imports:
        folder = Path(name).parent.name
        expected = LAYER_OF_FOLDER.get(folder, "tokens" if name == "fonts.css" else Path(name).stem)
        assert layer == expected


def test_style_sheets_name_only_files_that_exist_and_no_other_origin() -> None:
    for path in FILES:
        for target in re.findall(r'url\("([^"]+)"\)', path.read_text()):
            assert "//" not in target
            assert (path.parent / target).is_file(), f"{path.name} names {target}"


def test_hashed_storage_renames_every_import_and_font(tmp_path: Path) -> None:
    shutil.copytree(STATIC, tmp_path, dirs_exist_ok=True)
    storage = ManifestStaticFilesStorage(location=tmp_path, base_url="/static/")
    paths = {
        str(path.relative_to(tmp_path)): (storage, str(path.relative_to(tmp_path)))
        for path in tmp_path.rglob("*")
        if path.is_file()
    }

    results = list(storage.post_process(paths))

    assert [result for _, _, result in results if isinstance(result, Exception)] == []
    app = (tmp_path / storage.stored_name("css/app.css")).read_text()
    assert re.search(r'@import url\("tokens\.[0-9a-f]{12}\.css"\) layer\(tokens\)', app)
    fonts = (tmp_path / storage.stored_name("css/fonts.css")).read_text()
    assert len(re.findall(r"wght-normal\.[0-9a-f]{12}\.woff2", fonts)) == 5


def test_fonts_carry_their_license() -> None:
    for folder in (STATIC / "fonts", STATIC / "fonts" / "pdf"):
        assert "SIL OPEN FONT LICENSE" in (folder / "SourceSans3-OFL.txt").read_text()
        assert list(folder.glob("*.woff2"))


def test_own_script_is_small_and_stores_nothing() -> None:
    script = (STATIC / "js" / "app.js").read_text()

    assert len(script.splitlines()) <= 300
    for word in ("localStorage", "sessionStorage", "document.cookie", "indexedDB", "eval("):
        assert word not in script
