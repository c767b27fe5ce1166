"""An intake on a real socket that answers as a test wrote down beforehand."""

from __future__ import annotations

import json
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.processes import PATIENCE_SECONDS


@dataclass(frozen=True)
class Reply:
    """One answer; `hang` keeps the caller waiting until the intake closes."""

    status: int = 200
    body: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    hang: bool = False


@dataclass
class Intake:
    """Answers from the script first, then 500 to batches with a breaking signal, 400 to bad ones, or with a receipt."""

    script: list[Reply] = field(default_factory=list)
    bad: Collection[str] = ()
    breaking: Collection[str] = ()
    refuses_all: bool = False
    ready: bool = True
    batches: list[list[str]] = field(default_factory=list)
    taken: list[tuple[str, str]] = field(default_factory=list)
    """(signal id, content hash) of everything answered with a receipt."""

    tokens: set[str | None] = field(default_factory=set)
    closing: threading.Event = field(default_factory=threading.Event)
    called: threading.Condition = field(default_factory=threading.Condition)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait_for_calls(self, count: int) -> None:
        with self.called:
            assert self.called.wait_for(lambda: len(self.batches) >= count, timeout=PATIENCE_SECONDS)

    def answer(self, signals: Sequence[Mapping[str, str]]) -> Reply:
        ids = [signal["signalId"] for signal in signals]
        with self.called:
            self.batches.append(ids)
            reply = self.script.pop(0) if self.script else self._judge(ids)
            if reply.status == 200:
                self.taken += [(signal["signalId"], signal["contentHash"]) for signal in signals]
            self.called.notify_all()
        return reply

    def _judge(self, ids: Sequence[str]) -> Reply:
        if set(ids) & set(self.breaking):
            return Reply(500)
        if bad := set(ids) if self.refuses_all else set(ids) & set(self.bad):
            return Reply(400, json.dumps({"status": 400, "title": "Bad Request", "detail": f"{len(bad)} bad"}))
        return Reply(200, json.dumps({"results": [{"signalId": one, "result": "stored"} for one in ids]}))


@contextmanager
def serving(intake: Intake, port: int = 0) -> Iterator[Intake]:
    """The intake listens on loopback until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            assert self.path == "/v1/health/ready"
            self.send_response(200 if intake.ready else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            assert self.path == "/v1/signals"
            intake.tokens.add(self.headers["Authorization"])
            content = self.rfile.read(int(self.headers["Content-Length"]))
            reply = intake.answer(json.loads(content)["signals"])
            if reply.hang:
                intake.closing.wait()
                self.close_connection = True
                return
            body = (reply.body or "").encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    intake.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield intake
    finally:
        intake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
