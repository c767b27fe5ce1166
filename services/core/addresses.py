"""Addresses into whether others than this machine are reached by them, and safely."""

from __future__ import annotations

import re
from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_safe(url: str) -> bool:
    """Whether what is fetched from this address can be trusted to come from there: https, or this very machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    clean = bool(host) and parts.username is None and not parts.fragment and not re.search(r"[\s\x00-\x1f]", url)
    return clean and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
