"""The built assets: one folder named by its contents, small enough for a slow phone."""

import gzip
import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from safeguard.web.assets import PLAIN_ICON, current, load_assets

FIRST_LOAD = ("app.css", "app.js", "regular-latin.woff2", "bold-latin.woff2", "logo.svg")
ROOM_FOR_THE_PAGE = 6 * 1024


def test_the_first_load_leaves_room_for_the_page_within_60_kilobytes() -> None:
    files = current().files
    weight = sum(len(files[name].gzipped or files[name].body) for name in FIRST_LOAD)
    assert weight <= 60 * 1024 - ROOM_FOR_THE_PAGE


def test_an_address_holds_the_hash_of_the_folder() -> None:
    assets = current()
    assert assets.address("app.css") == f"/assets/{assets.hash}/app.css"


def test_an_unknown_asset_is_a_fault() -> None:
    with pytest.raises(KeyError):
        current().address("missing.css")


def test_assets_that_were_never_built_say_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="npm run build"):
        load_assets(tmp_path)


def test_text_is_compressed_once_and_the_same_each_time(tmp_path: Path) -> None:
    (tmp_path / "abc").mkdir()
    (tmp_path / "abc" / "app.css").write_text("a{}" * 100)
    (tmp_path / "manifest.json").write_text(json.dumps({"hash": "abc", "files": ["app.css"]}))
    first, again = (load_assets(tmp_path).files["app.css"] for _ in range(2))
    assert first == again
    assert gzip.decompress(first.gzipped or b"") == first.body


def test_nothing_of_the_government_design_is_served() -> None:
    style = current().files["app.css"].body.decode()
    assert "GDS Transport" not in style
    assert "crown" not in style
    assert "url(http" not in style.replace('"', "")


def test_the_icon_that_browsers_ask_for_by_themselves_says_nothing_of_us() -> None:
    icon = PLAIN_ICON
    assert ElementTree.fromstring(icon).tag.endswith("svg")
    assert icon != current().files["logo.svg"].body
    assert b"script" not in icon
