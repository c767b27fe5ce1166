"""What the pages are made of: whole, with licences, kept by browsers under a fingerprint; and the folder of a theme."""

import hashlib
import json
import re
from pathlib import Path

import pytest

from services.api import pages
from services.api.pages.assets import STATIC, static_url
from services.api.pages.theme import open_theme
from services.api.settings import load_settings
from services.core.errors import InputError

VENDOR = Path(pages.__file__).parent / "static" / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))
SOURCES = json.loads((Path(__file__).parents[2] / "browser" / "package.json").read_text(encoding="utf-8"))
OPEN_LICENCES = {"EUPL-1.2", "MIT", "0BSD", "BSD-0-Clause", "OFL-1.1"}


def test_the_files_are_those_of_the_manifest():
    held = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {"manifest.json"}
    assert held == set(MANIFEST["files"])
    for name, told in MANIFEST["files"].items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == told["sha256"], name


def test_every_package_has_an_open_licence_whose_text_is_there():
    wanted = {name: version for name, version in SOURCES["dependencies"].items() if name != "axe-core"}
    assert {name: told["version"] for name, told in MANIFEST["packages"].items()} == wanted
    assert {told["licence"] for told in MANIFEST["packages"].values()} <= OPEN_LICENCES
    licensed = {name for file, told in MANIFEST["files"].items() if "LICENSE" in file for name in told["from"]}
    assert licensed == set(wanted)


def test_everything_that_is_served_is_there(api):
    for name, (_, kind) in STATIC.items():
        answer = api.get(static_url(name), None)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_file_without_its_fingerprint_is_not_kept(api):
    for url in ("/static/style.css", "/static/style.css?v=0", "/theme/theme.css"):
        assert api.get(url, None).headers["Cache-Control"] == "no-store"


def test_a_page_loads_what_it_needs_from_here_alone(api):
    page = api.get("/sign-in", None).text
    loaded = re.findall(r'(?:src|href)="(/(?:static|theme)/[^"]+)"', page)
    assert len(loaded) >= 10
    assert all(api.get(url, None).status_code == 200 for url in loaded)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)


def test_style_sheets_load_nothing_from_elsewhere():
    theme = open_theme(None)
    sheets = [(VENDOR.parent / place).read_text(encoding="utf-8") for place, kind in STATIC.values() if "css" in kind]
    sheets += [theme.files[name].decode() for name in theme.stylesheets]
    assert not [found for sheet in sheets for found in re.findall(r"url\(\s*[\"']?(?:https?:)?//[^)]*", sheet)]
    assert not [sheet for sheet in sheets if "@import" in sheet]


@pytest.mark.parametrize("name", ["manifest.json", "../style.css", "utrecht.LICENSE.md", "%2e%2e/cli.py"])
def test_nothing_else_is_served(api, name):
    assert api.get(f"/static/{name}", None).status_code == 404
    assert api.get(f"/theme/{name}", None).status_code == 404


def test_another_theme_is_worn(tmp_path):
    (tmp_path / "theme.css").write_text(".agency-theme {\n  --utrecht-link-color: #00f;\n}\n")
    (tmp_path / "notes.txt").write_text("nothing to serve")
    theme = open_theme(tmp_path)
    assert (theme.scope, theme.stylesheets, list(theme.files)) == ("agency-theme", ["theme.css"], ["theme.css"])


@pytest.mark.parametrize("content", [None, ":root { --x: 1; }"])
def test_a_folder_without_a_theme_is_refused_at_start(tmp_path, content):
    if content:
        (tmp_path / "theme.css").write_text(content)
    with pytest.raises(InputError, match=r"theme.css.*\.voorbeeld-theme"):
        load_settings(theme=tmp_path)
