"""The installed distribution into the name of its release."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version


def release() -> str:
    """The version of the installed distribution."""
    try:
        return version("doelbinding")
    except PackageNotFoundError:
        return "0.0.0+source"
