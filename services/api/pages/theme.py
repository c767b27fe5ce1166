"""The folder of a theme into its files and the class that its design tokens hang on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

STYLESHEETS = ("theme.css", "fonts.css")
"""The design tokens, and where the theme brings fonts of its own, their faces."""
SCOPE = re.compile(r"^\.([a-z][a-z0-9-]*-theme)\b", re.MULTILINE)
"""NL Design System themes hang their tokens on one class, such as `.voorbeeld-theme`."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
KINDS: Mapping[str, str] = {".css": "text/css; charset=utf-8", ".woff2": "font/woff2"}
"""What a theme may hold beside its licence: nothing that runs."""


@dataclass(frozen=True)
class Theme:
    """The class of the tokens, and the files by name."""

    scope: str
    files: Mapping[str, bytes]

    @property
    def stylesheets(self) -> list[str]:
        """The names of its stylesheets, tokens first."""
        return [name for name in STYLESHEETS if name in self.files]


@cache
def open_theme(folder: Path | None) -> Theme:
    """The theme of a folder, or the one that comes with this release.

    Raises ValueError if the folder has no `theme.css` whose tokens hang on a class that ends in `-theme`.
    """
    place = folder or Path(str(files("services.api.pages"))) / "static" / "vendor" / "voorbeeld"
    found = {
        path.name: path.read_bytes()
        for path in (sorted(place.iterdir()) if place.is_dir() else ())
        if path.suffix in KINDS and NAME.fullmatch(path.name) and path.is_file()
    }
    scope = SCOPE.search(found.get("theme.css", b"").decode("utf-8", "replace"))
    if scope is None:
        raise ValueError(
            "must be a folder with a file theme.css, in which the design tokens of an NL Design System theme "
            "hang on a class such as .voorbeeld-theme"
        )
    return Theme(scope[1], found)
