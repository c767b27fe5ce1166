"""The signed head and the signed roots, inside and outside the database, against the chain that was read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from services.api.audit.export import Exported
from services.api.audit.findings import Findings
from services.api.audit.heads import Head, Root
from services.api.audit.keys import PublicKeys
from services.api.audit.walk import Walk

EXPORTED_WITHIN = timedelta(minutes=15)
"""As long as the alert on roots that wait; they are tried every twenty seconds."""


def check_head(head: Head | None, walk: Walk, findings: Findings) -> None:
    """Whether the chain ends where the head says."""
    if head is None:
        findings.add("head", None, "the row that tells where the trail ends is gone")
    elif walk.sequence < head.sequence:
        findings.add("truncated", walk.sequence + 1, f"entries {walk.sequence + 1} to {head.sequence} are gone")
    elif walk.sequence > head.sequence:
        findings.add("added", head.sequence + 1, "entries stand beyond the end of the trail")
    elif walk.last != head.hash:
        findings.add("head", head.sequence, "the last entry is not the one that the end of the trail was signed for")


def check_goes_on(head: Head, known: Head | None, exported: int, walk: Walk, findings: Findings) -> None:
    """Whether an end comes after one that is known, and after the newest root of the file outside, by its number."""
    if known is not None and head.before(known):
        findings.add("truncated", head.sequence + 1, f"this process knew an end at entry {known.sequence}")
    elif known is not None and walk.hashes.get(known.sequence, known.hash) != known.hash:
        findings.add("rewritten", known.sequence, "this process knew another entry to be the end")
    if head.root_number < exported:
        told = f"root {exported} is outside the database, and its end tells of {head.root_number}"
        findings.add("root", head.root_sequence, told)


def check_roots(
    head: Head | None,
    roots: Sequence[Root],
    exported: Exported | None,
    walk: Walk,
    keys: PublicKeys,
    findings: Findings,
) -> None:
    """Whether every signature is genuine, no root is gone, and the chain is the one that was signed."""
    check_signature_of_head(head, bool(roots or (exported and exported.roots)), keys, findings)
    _check_numbers(head, roots, findings)
    for root in roots:
        check_root(root, "of the database", walk, keys, findings)
    if exported is not None:
        _check_exported(roots, exported, walk, keys, findings)
    elif roots:
        findings.add("export", None, "the file with signed roots outside the database is gone")


def _check_numbers(head: Head | None, roots: Sequence[Root], findings: Findings) -> None:
    for place, root in enumerate(roots, 1):
        if root.number != place:
            findings.add("root", root.sequence, f"signed roots {place} to {root.number - 1} of the database are gone")
            break
    if head is not None and head.root_number != (roots[-1].number if roots else 0):
        findings.add("root", head.root_sequence, f"the trail tells of {head.root_number} roots; others are there")


def _check_exported(
    roots: Sequence[Root], exported: Exported, walk: Walk, keys: PublicKeys, findings: Findings
) -> None:
    for line in exported.unreadable:
        findings.add("export", None, f"line {line} of the file with signed roots holds none")
    if any(later.number != earlier.number + 1 for earlier, later in pairwise(exported.roots)):
        findings.add("export", None, "roots are missing from the file outside the database, or out of order")
    if not exported.copied:
        _check_end_of_export(roots, exported, findings)
    known = {root.number: root for root in roots}
    for root in exported.roots:
        check_root(root, "outside the database", walk, keys, findings)
        if known.get(root.number) != root:
            findings.add("root", root.sequence, f"root {root.number} outside the database is not in it, or differs")


def _check_end_of_export(roots: Sequence[Root], exported: Exported, findings: Findings) -> None:
    """Roots go to the file beside the requests, so the newest may be on their way; a later one does not overtake them.

    After a crash they go there at the next start, so the time between roots counts, and not the time of looking.
    """
    missing = [root for root in roots if root.number > max((each.number for each in exported.roots), default=0)]
    if missing and max(root.at for root in missing) - missing[0].at >= EXPORTED_WITHIN:
        told = (
            f"roots {missing[0].number} to {missing[-1].number} are missing at the end of the file outside the database"
        )
        findings.add("export", None, told)


def check_signature_of_head(head: Head | None, rooted: bool, keys: PublicKeys, findings: Findings) -> None:
    """A head without a signature is that of an upgraded database that no API has used yet, so it has no root."""
    if head is None or (head.unsigned and not rooted):
        return
    if not keys.holds(head.key_id, head.message, head.signature):
        findings.add("forged", head.sequence, "the signature of the end of the trail is not genuine")


def check_root(root: Root, where: str, walk: Walk, keys: PublicKeys, findings: Findings) -> None:
    """Whether a root was signed by us, and for this chain."""
    if not keys.holds(root.key_id, root.message, root.signature):
        findings.add("forged", root.sequence, f"the signature of root {root.number} {where} is not genuine")
    elif root.sequence > walk.sequence:
        findings.add("truncated", walk.sequence + 1, f"root {root.number} {where} was signed at entry {root.sequence}")
    elif walk.hashes.get(root.sequence) != root.hash:
        findings.add("rewritten", root.sequence, f"root {root.number} {where} was signed for another entry here")
