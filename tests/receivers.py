"""Receivers of notifications, over real sockets: each path of one server does as its name says."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG_S = 60


@dataclass(frozen=True)
class Received:
    """One request that came: `headers` by their names in small letters."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float


@dataclass
class Receiver:
    """What came so far.

    `/takes…` answers 204, `/fails…` 500, `/recovers…` 500 once and then 200, `/moves…` redirects to `/takes`,
    `/hangs…` says nothing, `/closes…` neither, and hangs up, `/leaves…` answers 410, `/babbles…` 500 without an end.
    """

    url: str = ""
    received: list[Received] = field(default_factory=list)

    def of(self, path: str) -> list[Received]:
        """What came to a path."""
        return [row for row in self.received if row.path == path]

    def wait(self, path: str, count: int = 1, *, seconds: float = 60) -> list[Received]:
        """What came to a path, once it is so much."""
        deadline = time.monotonic() + seconds
        while len(rows := self.of(path)) < count:
            assert time.monotonic() < deadline, f"{len(rows)} of {count} came to {path}"
            time.sleep(0.05)
        return rows


@contextmanager
def receiver(port: int = 0) -> Iterator[Receiver]:
    """A receiver on this machine while the block runs."""
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            again = bool(told.of(self.path))
            headers = {name.lower(): value for name, value in self.headers.items()}
            told.received.append(Received(self.path, headers, body, time.monotonic()))
            match self.path.removeprefix("/").partition("-")[0]:
                case "takes":
                    self.answer(204)
                case "recovers":
                    self.answer(200 if again else 500, b"" if again else b"not \x00 now")
                case "fails":
                    self.answer(500, b"no")
                case "leaves":
                    self.answer(410)
                case "moves":
                    self.send_response(307)
                    self.send_header("location", "/takes-what-moved")
                    self.send_header("content-length", "0")
                    self.end_headers()
                case "hangs":
                    closing.wait(HANG_S)
                case "closes":
                    self.close_connection = True
                case "babbles":
                    self.send_response(500)
                    self.send_header("transfer-encoding", "chunked")
                    self.end_headers()
                    while not closing.wait(0.01):
                        self.wfile.write(b"400\r\n" + b"x" * 1024 + b"\r\n")

        def answer(self, status: int, body: bytes = b"") -> None:
            self.send_response(status)
            if status != 204:
                self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with suppress(OSError):  # who sends does not wait for ever
                super().handle()

        def log_message(self, format: str, *args: object) -> None:
            pass

    closing = threading.Event()
    with ThreadingHTTPServer(("127.0.0.1", port), Handler) as server:
        server.daemon_threads = True
        told.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield told
        finally:
            closing.set()
            server.shutdown()
            thread.join()
