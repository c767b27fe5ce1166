"""The API in a thread of another program, over a real socket."""

import httpx
import pytest

from services.api.embedded import EmbeddedApi
from services.api.settings import load_settings
from services.core.errors import DoelbindingError
from services.core.tokens import open_tokens


@pytest.fixture
def fresh(tmp_path):
    return load_settings(home=tmp_path / "new-home", port=0)


def test_it_is_ready_when_entered_and_gone_when_left(fresh):
    with EmbeddedApi(fresh) as api:
        assert httpx.get(f"{api.url}/v1/health/ready").status_code == 200
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{api.url}/v1/health/live")


def test_a_second_start_keeps_what_was_there(fresh, make_signal):
    with EmbeddedApi(fresh) as api:
        token = open_tokens(fresh.home / "tokens.json")["detector"]
        body = {"signals": [make_signal()]}
        sent = httpx.post(f"{api.url}/v1/signals", json=body, headers={"Authorization": f"Bearer {token}"})
        assert sent.json()["results"][0]["result"] == "stored"
    with EmbeddedApi(fresh) as api:
        sent = httpx.post(f"{api.url}/v1/signals", json=body, headers={"Authorization": f"Bearer {token}"})
        assert sent.json()["results"][0]["result"] == "unchanged"


def test_a_port_that_is_taken_is_told_plainly(fresh):
    with EmbeddedApi(fresh) as api:
        port = int(api.url.rsplit(":", 1)[1])
        second = EmbeddedApi(fresh.model_copy(update={"port": port}))
        with pytest.raises(DoelbindingError, match=r"Address already in use.*--port"):
            second.__enter__()


def test_the_home_folder_is_the_owners_alone(fresh):
    with EmbeddedApi(fresh):
        assert fresh.home.stat().st_mode & 0o077 == 0
