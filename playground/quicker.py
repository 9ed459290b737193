"""A page of many parts opens in half the time: one loop of the frame's own script is done once instead of per part.

The frame (Gradio 6.31.0, js/core/src/init.svelte.ts) looks, for each of a page's components, through the targets of
each of its events: with a thousand of the one and six hundred of the other, that is most of the time of opening the
page. As the script is served, this loop is replaced by a table that is made once a pass and says the same. If the
script is another one, it is served as it is.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from functools import cache
from pathlib import Path
from typing import Any

SLOW = (
    "let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map(t=>{let n=t.targets.find(([t])=>t===e.id);"
    "return n?n[1]:null}).filter(Boolean);"
)
#: Component -> names of its events, in the order of the events; forgotten when the pass is over.
QUICK = (
    "let n=(this.attached||(queueMicrotask(()=>{this.attached=null}),this.attached=t.reduce((all,one)=>{"
    "let seen=new Set;for(let[id,name]of one.targets)if(!seen.has(id)){seen.add(id);"
    "if(name){all.has(id)||all.set(id,[]);all.get(id).push(name)}}return all},new Map))).get(e.id)||[];"
)
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class QuickerFrame:
    """ASGI middleware that serves the frame's script with the quicker loop, and passes on everything else."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        """app: what answers the rest."""
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = str(scope.get("path", "")) if scope["type"] == "http" else ""
        name = path.rpartition("/assets/")[2]
        script = quicker(name) if name.startswith("core-") and name.endswith(".js") else None
        if script is None:
            await self.app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", str(len(script)).encode())]
        headers.append((b"cache-control", b"public, max-age=3600"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": script})


@cache
def quicker(name: str) -> bytes | None:
    """The frame's script of this name with the quicker loop; None if it has not the slow one, or is not there."""
    import gradio

    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    known = {path.name: path for path in folder.glob("core-*.js")}
    text = known[name].read_text("utf-8") if name in known else ""
    return text.replace(SLOW, QUICK).encode() if text.count(SLOW) == 1 else None
