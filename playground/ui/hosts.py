"""Which hosts the server answers as, and which pages may send to it.

A browser names the host it asked for (RFC 9110, 7.2), also when a foreign page has pointed that name at this machine
(DNS rebinding), and the page a POST comes from (RFC 6454, 7). Programs name no page.
"""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers

_PORTS = {"http": 80, "https": 443}
#: Names of this machine that no other can have.
_LOCAL = ("localhost", "*.localhost")
#: Of Gradio's tunnel.
_SHARED = "*.gradio.live"
#: A Space is shown inside the pages of its site.
_SPACES_SITE = "https://huggingface.co"


@dataclass(frozen=True)
class Hosts:
    """names: lower case; "*.example.org" is any name below it, and "*" any name at all.

    frames: origins whose pages may show ours in a frame.
    """

    names: tuple[str, ...]
    frames: tuple[str, ...] = ()

    def accept(self, host: str) -> bool:
        """Whether a host, with or without a port, is an IP address, which no name leads to, or one of the names."""
        name = host_name(host)
        if name is None:
            return False
        if is_address(name):
            return True
        return any(
            one in ("*", name) or (one.startswith("*.") and name.endswith(one[1:]) and name != one[2:])
            for one in self.names
        )


def hosts_of(
    allowed: Sequence[str] = (),
    share: bool = False,
    frames: Sequence[str] = (),
    environ: Mapping[str, str] = os.environ,
) -> Hosts:
    """This machine's names, those that are allowed beside them, and those of a tunnel or a hosted Space.

    allowed: such as "play.example.org", or "*".  frames: origins, or "*".
    """
    machine = socket.gethostname().lower()
    names = [*_LOCAL, machine, f"{machine}.local", *(name.strip().lower() for name in allowed)]
    if share:
        names.append(_SHARED)
    if space := environ.get("SPACE_HOST"):
        names.append(space.lower())
        frames = (*frames, _SPACES_SITE)
    return Hosts(tuple(name for name in names if name), tuple(frames))


def host_name(host: str) -> str | None:
    """The name or address of a Host header, lower case, without its port; None if it is none."""
    try:
        found = urlsplit(f"//{host}")
        _ = found.port
    except ValueError:
        return None
    if not found.hostname or found.username is not None or found.path:
        return None
    return found.hostname.rstrip(".")


def is_address(name: str) -> bool:
    """Whether it is an IPv4 or IPv6 address."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def is_same_origin(headers: Headers, hosts: Hosts) -> bool:
    """Whether a request that changes something comes from a page of ours, or from a program.

    A proxy may pass on its name without its port, or as X-Forwarded-Host.
    """
    if headers.get("sec-fetch-site") == "cross-site":
        return False
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        source = urlsplit(origin)
        port = source.port or _PORTS.get(source.scheme)
    except ValueError:
        return False
    forwarded = headers.get("x-forwarded-host", "").split(",")[0].strip()
    asked = [headers.get("host", ""), *([forwarded] if forwarded and hosts.accept(forwarded) else [])]
    return any(_names_origin(host, source.hostname, port) for host in asked)


def _names_origin(host: str, name: str | None, port: int | None) -> bool:
    if not name or host_name(host) != name.rstrip("."):
        return False
    named = urlsplit(f"//{host}").port
    return named is None or named == port
