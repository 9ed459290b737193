"""A Hub of our own on 127.0.0.1: the few endpoints that fetching a model asks, over folders on disk."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

REVISION = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Repository:
    """A model repository: a folder, and what the Hub says of it."""

    folder: Path
    gated: bool = False
    status: int = 200
    parameters: int = 0
    asked: list[str] = field(default_factory=list)
    #: file -> the bytes that the Hub says that it has, if not those it has.
    said: dict[str, int] = field(default_factory=dict)
    #: For a hub that drips: waits before each byte of a file's content, until the caller hangs up.
    drip: Callable[[], object] | None = None

    def describe(self, name: str) -> dict[str, object]:
        files = [
            {
                "rfilename": path.relative_to(self.folder).as_posix(),
                "size": self.said.get(path.name, path.stat().st_size),
            }
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        ]
        described: dict[str, object] = {
            "_id": "1", "id": name, "modelId": name, "sha": REVISION, "private": False, "tags": [], "downloads": 0,
            "gated": "manual" if self.gated else False, "siblings": files, "cardData": {"license": "mit"},
        }  # fmt: skip
        if self.parameters:
            described["safetensors"] = {"parameters": {"F32": self.parameters}, "total": self.parameters}
        return described


@contextmanager
def serve(repositories: dict[str, Repository]) -> Iterator[str]:
    """The address of a Hub with these repositories."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *values: object) -> None:
            """Says nothing."""

        def do_HEAD(self) -> None:
            self.answer(with_body=False)

        def do_GET(self) -> None:
            self.answer(with_body=True)

        def refuse(self, status: int, code: str = "") -> None:
            body = json.dumps({"error": code or "error"}).encode()
            self.send_response(status)
            if code:
                self.send_header("X-Error-Code", code)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

        def answer(self, with_body: bool) -> None:
            path = self.path.split("?")[0].strip("/")
            parts = path.removeprefix("api/models/").split("/")
            name = "/".join(parts[:2])
            repository = repositories.get(name)
            if repository is None:
                return self.refuse(404, "RepoNotFound")
            repository.asked.append(path)
            if repository.status != 200:
                return self.refuse(repository.status, "GatedRepo" if repository.status == 403 else "")
            if path.startswith("api/models/"):
                return self.send(json.dumps(repository.describe(name)).encode(), "application/json", with_body)
            file = repository.folder / "/".join(parts[4:])
            if parts[2] != "resolve" or not file.is_file():
                return self.refuse(404, "EntryNotFound")
            self.send(file.read_bytes(), "application/octet-stream", with_body, repository.drip)

        def send(self, body: bytes, kind: str, with_body: bool, drip: Callable[[], object] | None = None) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()}"')
            self.send_header("X-Repo-Commit", REVISION)
            if kind == "application/octet-stream":  # it could come by Xet too, from a server that does not answer
                self.send_header("X-Xet-Hash", hashlib.sha256(body).hexdigest())
                self.send_header("X-Xet-Refresh-Route", "/xet-read-token")
            self.end_headers()
            with suppress(ConnectionError):  # the caller has hung up
                for place in range(len(body) if with_body and drip else 0):
                    drip() if drip else None
                    self.wfile.write(body[place : place + 1])
                if with_body and not drip:
                    self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=[0.01], daemon=True)  # seconds until it hears its end
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
