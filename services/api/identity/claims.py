"""The claims of a genuine token into the person or service behind it."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from services.api.identity.errors import BadTokenError, NoRoleError
from services.api.identity.settings import IssuerSettings
from services.core.identity import employee_pseudonym
from services.core.keyring import KeyRing
from services.core.tokens import ROLES

LONGEST_SUBJECT = 255
"""OpenID Connect Core, section 2: ASCII characters of a subject."""
Claims = Mapping[str, object]


@dataclass(frozen=True)
class Person:
    """Who signed in: a code by which the trail knows them, their role, and the pseudonym of the employee, if told."""

    subject: str
    role: str
    employee: str | None


def person_of(claims: Claims, settings: IssuerSettings, ring: KeyRing) -> Person:
    """Whom the claims tell of. Raises BadTokenError without a subject, NoRoleError without exactly one role of ours."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise BadTokenError("claims")
    told = _at(claims, settings.employee_claim)
    employee = told if isinstance(told, str) and told else None
    code = account_code(ring, settings.issuer or "", subject) if employee is None else person_code(ring, employee)
    role = _role(_at(claims, settings.role_claim), code)
    return Person(code, role, None if employee is None else employee_pseudonym(ring, employee))


def person_code(ring: KeyRing, employee_id: str) -> str:
    """`oidc:` and 32 hex digits: how the audit trail names an employee, whichever account they use.

    So that one person with two accounts is not two people where two are needed.
    """
    return _code(ring, f"person|{employee_id}")


def account_code(ring: KeyRing, issuer: str, subject: str) -> str:
    """`oidc:` and 32 hex digits: how the audit trail names an account of which no employee is told, as a service's."""
    return _code(ring, f"account|{issuer}|{subject}")


def _code(ring: KeyRing, message: str) -> str:
    """Keyed, as ids and subjects can be guessed; by the key that does not rotate, so that a code stays what it is."""
    return f"oidc:{hmac.digest(ring.key('signal-id'), message.encode(), 'sha256').hex()[:32]}"


def _role(told: object, account: str) -> str:
    """One role. With several nobody can tell in which of them somebody acts, and two would undo four eyes."""
    named = told.split() if isinstance(told, str) else told if isinstance(told, list) else []
    ours = [role for role in ROLES if role in named]
    if len(ours) != 1:
        raise NoRoleError("several-roles" if ours else "no-role", account)
    return ours[0]


def _at(claims: Claims, path: str) -> object:
    """The value of a claim; `realm_access.roles` lies within `realm_access`, unless a claim has that very name."""
    if path in claims:
        return claims[path]
    found: object = claims
    for name in path.split("."):
        if not isinstance(found, Mapping):
            return None
        found = found.get(name)
    return found
