"""A real API that takes the tokens of a real provider, and tokens that differ from good ones in one thing."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from joserfc import jwt

from services.api.db.migrate import migrate
from services.core.clock import SystemClock
from services.core.identity import employee_pseudonym
from services.core.keyring import open_key_ring
from tests.oidc.provider import AUDIENCE, PAGES, PUBLIC_URL, SECRET, Provider, running_provider
from tests.unit.api.conftest import Caller, a_signal, running

Json = dict[str, object]
Sign = Callable[..., str]
AtProvider = Callable[[str, str], str]


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with running_provider() as started:
        yield started


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("migrated")
    migrate(f"sqlite+aiosqlite:///{folder / 'api.sqlite'}")
    return folder


@pytest.fixture
def changes() -> Mapping[str, object]:
    """Settings that differ from those of most tests; a test may give others by parametrising."""
    return {}


@pytest.fixture
def api(tmp_path: Path, migrated: Path, provider: Provider, changes: Mapping[str, object]) -> Iterator[Caller]:
    """An API of this test alone, at the time that it is; its provider answers and has not been asked lately."""
    provider.back()
    settings = {
        "issuer": provider.issuer,
        "audience": AUDIENCE,
        "client_id": PAGES,
        "client_secret": SECRET,
        "public_url": PUBLIC_URL,
    }
    with running(tmp_path / "home", migrated, **(settings | changes)) as caller:
        caller.clock.at = SystemClock().now()
        yield caller


def issued(api: Caller, role: str) -> str:
    """An access token that the provider gives to a service of this role."""
    account = b64encode(f"service-{role}:{SECRET.replace(' ', '+')}".encode()).decode()
    answer = httpx.post(
        f"{api.parts.settings.issuer}/token",
        data={"grant_type": "client_credentials"},
        headers={"Authorization": f"Basic {account}"},
    )
    assert answer.status_code == 200, answer.text
    token: str = answer.json()["access_token"]
    return token


def with_token(
    api: Caller, token: str, method: str = "GET", url: str = "/v1/signals", **options: object
) -> httpx.Response:
    return api.call(method, url, headers={"Authorization": f"Bearer {token}".encode()}, **options)


def refused(api: Caller, token: str) -> None:
    answer = with_token(api, token)
    assert answer.status_code == 401, answer.text
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="doelbinding", error="invalid_token"'


@pytest.fixture
def signed(api: Caller, provider: Provider) -> Sign:
    """Signs as the provider does; what is given differs from a good token, and null leaves a claim out."""

    def sign(header: Mapping[str, object] | None = None, key: object = None, **claims: object) -> str:
        now = int(api.clock.at.timestamp())
        good: Json = {
            "iss": provider.issuer,
            "aud": AUDIENCE,
            "sub": "service-lead",
            "iat": now,
            "exp": now + 60,
            "roles": ["lead"],
            "employee_id": "e-lead",
        }
        told = {name: value for name, value in (good | claims).items() if value is not None}
        own = key or provider.keys.rsa
        heading = {"alg": "RS256", "typ": "at+jwt", "kid": own.kid} | dict(header or {})
        written = {name: value for name, value in heading.items() if value is not None}
        return jwt.encode(written, told, own, algorithms=[written["alg"]], default_type=None)

    return sign


@pytest.fixture
def known(api: Caller, signed: Sign) -> None:
    """The interests of the readers that the provider knows are loaded: they have none."""
    ring = open_key_ring(api.parts.settings.home / "keyring.json")
    names = ("investigator", "lead", "auditor", "jansen", "devries")
    readers = [{"reader": employee_pseudonym(ring, f"e-{name}"), "interests": []} for name in names]
    admin = signed(roles=["admin"], realm_access={"roles": ["admin"]})
    loaded = with_token(api, admin, "PUT", "/v1/interests", json={"readers": readers})
    assert loaded.status_code == 200


@pytest.fixture
def delivered(api: Caller) -> Json:
    """A signal that is there to be read."""
    signal = a_signal(1)
    answer = with_token(api, issued(api, "detector"), "POST", "/v1/signals", json={"signals": [signal]})
    assert answer.status_code == 200, answer.text
    return signal


@pytest.fixture
def at_provider() -> AtProvider:
    """Signs in at the provider as a browser would, from the question on; gives back where it is sent then."""

    def sign_in(question: str, name: str) -> str:
        with httpx.Client(follow_redirects=False) as browser:
            answer = browser.get(question)
            for _ in range(12):
                if answer.is_redirect:
                    place = str(answer.next_request.url)
                    if place.startswith(PUBLIC_URL):
                        return place
                    answer = browser.get(place)
                else:
                    action = re.search(r'action="([^"]+)"', answer.text)[1]
                    prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)[1]
                    form = {"prompt": prompt, "login": name, "password": "any"}
                    answer = browser.post(answer.url.join(action), data=form)
        raise AssertionError(f"the provider led nowhere: {answer.text[:500]}")

    return sign_in


def begin(api: Caller, place: str = "/queue") -> httpx.Response:
    answer = api.get("/sign-in/oidc", None, params={"next": place})
    assert answer.status_code == 303, answer.text
    return answer


def come_back(api: Caller, place: str, **options: object) -> httpx.Response:
    url = urlsplit(place)
    return api.get(f"{url.path}?{url.query}", None, **options)


@pytest.fixture
def signs_in(api: Caller, at_provider: AtProvider) -> Callable[[str], None]:
    """Somebody signs in on the pages, in the place of whoever did before."""

    def sign_in(name: str) -> None:
        api.forget_cookies()
        back = come_back(api, at_provider(begin(api).headers["Location"], name))
        assert back.status_code == 200, back.text

    return sign_in
