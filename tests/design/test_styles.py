"""The style sheets hang together: parsed, in their layers, small, found under hashed names."""

import re
import shutil
from pathlib import Path

import pytest
import tinycss2
from django.conf import settings
from django.core.files.storage import FileSystemStorage

from trialsnest.static_files import OneSheetStorage, in_one

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


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> OneSheetStorage:
    """Every static file of ours, as collectstatic leaves them."""
    folder = tmp_path_factory.mktemp("collected")
    shutil.copytree(STATIC, folder, dirs_exist_ok=True)
    storage = OneSheetStorage(location=folder, base_url="/static/")
    found = FileSystemStorage(location=STATIC)
    names = [str(path.relative_to(STATIC)) for path in STATIC.rglob("*") if path.is_file()]

    results = list(storage.post_process({name: (found, name) for name in names}))

    assert [result for _, _, result in results if isinstance(result, Exception)] == []
    return storage


def collected_sheet(storage: OneSheetStorage) -> str:
    return (Path(storage.location) / storage.stored_name("css/app.css")).read_text()


def test_the_collected_sheet_holds_each_part_once_in_its_layer_in_the_order_of_the_imports(
    collected: OneSheetStorage,
) -> None:
    text = without_addresses(collected_sheet(collected))

    at = 0
    for name, layer in IMPORT.findall((CSS / "app.css").read_text()):
        part = f"@layer {layer} {{\n{without_addresses((CSS / name).read_text())}}}"
        assert text.count(part) == 1, name
        assert text.index(part) >= at, name
        at = text.index(part) + len(part)
    assert "@import" not in text
    assert "@layer tokens, base," in text[: text.index("{")]


def without_addresses(text: str) -> str:
    """Their names have a hash in one place and none in the other."""
    return re.sub(r"url\([^)]*\)", "", text)


def test_every_address_in_the_collected_sheet_is_a_file_under_its_hashed_name(
    collected: OneSheetStorage,
) -> None:
    targets = re.findall(r'url\("([^"]+)"\)', collected_sheet(collected))

    assert len(targets) == 5
    for target in targets:
        assert re.search(r"wght-normal\.[0-9a-f]{12}\.woff2$", target)
        assert (Path(collected.location) / "css" / target).is_file()


def test_the_sheet_without_its_hash_is_whole_too_and_its_parts_are_not_hashed(
    collected: OneSheetStorage,
) -> None:
    plain = (Path(collected.location) / "css" / "app.css").read_text()

    assert "@import" not in plain
    assert plain.count("@layer components {") == len(list((CSS / "components").glob("*.css")))
    assert [name for name in collected.hashed_files if name.startswith("css/comp")] == []


def test_collecting_again_changes_nothing(collected: OneSheetStorage) -> None:
    before = collected.stored_name("css/app.css")
    again = OneSheetStorage(location=collected.location, base_url="/static/")
    found = FileSystemStorage(location=STATIC)
    files = [*FILES, *(STATIC / "fonts").glob("*.woff2")]
    names = [str(path.relative_to(STATIC)) for path in files]

    list(again.post_process({name: (found, name) for name in names}))

    assert again.stored_name("css/app.css") == before


def test_a_part_in_another_folder_keeps_its_addresses() -> None:
    files = {
        "css/app.css": '@import url("parts/a.css") layer(x);\n@import url("b.css") layer(y);\n',
        "css/parts/a.css": 'a { src: url("../../fonts/f.woff2"); background: url("data:x"); }\n',
        "css/b.css": 'b { mask: url("#m"); }\n',
    }

    text, parts = in_one("css/app.css", files.__getitem__)

    assert parts == ["css/parts/a.css", "css/b.css"]
    assert text == (
        '@layer x {\na { src: url("../fonts/f.woff2"); background: url("data:x"); }\n}\n'
        '@layer y {\nb { mask: url("#m"); }\n}\n'
    )


@pytest.mark.parametrize(
    "line", ['@import "a.css";', '@import url("a.css");', '@import url("a.css") layer(x) print;']
)
def test_an_import_that_would_be_left_over_stops_the_collecting(line: str) -> None:
    with pytest.raises(ValueError, match="write each import as"):
        in_one("css/app.css", {"css/app.css": line}.__getitem__)


def test_fonts_carry_their_license() -> None:
    for folder in (STATIC / "fonts", STATIC / "fonts" / "pdf"):
        licensed = {path.name.removesuffix("-OFL.txt") for path in folder.glob("*-OFL.txt")}
        for path in folder.glob("*-OFL.txt"):
            assert "SIL OPEN FONT LICENSE" in path.read_text()
        fonts = [path.name.replace("-", "") for path in folder.glob("*.woff2")]
        assert fonts
        assert [f for f in fonts if not f.startswith(tuple(map(str.lower, licensed)))] == []


def test_own_script_is_small_and_stores_nothing() -> None:
    script = (STATIC / "js" / "app.js").read_text()

    assert len(script.splitlines()) <= 300
    for word in ("localStorage", "sessionStorage", "document.cookie", "indexedDB", "eval("):
        assert word not in script


@pytest.mark.parametrize("path", sorted((CSS / "print").glob("*.css")), ids=lambda path: path.name)
def test_paper_asks_for_no_font_features(path: Path) -> None:
    """WeasyPrint 70 never gives back what it takes for them, word by word, and the digits of the
    bundled fonts are of one width by themselves."""
    assert not re.search(r"font-(variant|feature-settings)", path.read_text())
