"""Clients that read a text's stream a byte a second: what the server sends is left with it, and with the system."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

#: How many at once, and how long each stays with a text before it leaves and asks for another. Seconds.
READERS, STAYS = 20, 60.0
#: Another address of this machine: the server takes only some calls from each.
_ADDRESS = "127.0.0.2"
#: A small buffer of the system, so that the server soon waits for the reader.
_BUFFER = 2048
_TEXT = {"prompt": "The sea was calm", "max_new_tokens": 96}


class SlowReader(threading.Thread):
    """Asks for one text after another, and reads each a byte a second."""

    def __init__(self, address: str, end: float, outcomes: Counter[str]) -> None:
        """end: on time.monotonic's clock.  outcomes: counted by all together."""
        super().__init__(daemon=True)
        place = urlsplit(address)
        self.place, self.end, self.outcomes = (str(place.hostname), place.port or 80), end, outcomes

    def run(self) -> None:
        """Reads until the end."""
        while time.monotonic() < self.end:
            try:
                self.outcomes[self.one_text()] += 1
            except (OSError, ValueError) as error:
                self.outcomes[f"slow reader: {type(error).__name__}"] += 1
                time.sleep(1)

    def one_text(self) -> str:
        """Asks for a text and reads its stream for a while. Returns what came of it."""
        body = json.dumps(_TEXT)
        with self._send(f"POST /gradio_api/call/v2/generate HTTP/1.1\r\nContent-Length: {len(body)}", body) as joined:
            joined.settimeout(60)
            answer = b"".join(iter(lambda: joined.recv(4096), b""))
        event = json.loads(answer.partition(b"\r\n\r\n")[2]).get("event_id")
        if event is None:
            time.sleep(1)
            return "slow reader: refused"
        with self._send(f"GET /gradio_api/call/generate/{event} HTTP/1.1") as stream:
            leaves = time.monotonic() + STAYS
            stream.settimeout(STAYS)
            while time.monotonic() < min(leaves, self.end):
                if not stream.recv(1):
                    return "slow reader: ended by the server"
                time.sleep(1)
        return "slow reader: left"

    def _send(self, head: str, body: str = "") -> socket.socket:
        """A connection on which a request was sent, which ends with its answer."""
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        connection.bind((_ADDRESS, 0))
        connection.connect(self.place)
        host = f"Host: {self.place[0]}:{self.place[1]}\r\nConnection: close\r\nContent-Type: application/json"
        connection.sendall(f"{head}\r\n{host}\r\n\r\n{body}".encode())
        return connection
