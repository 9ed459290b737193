"""The frame's own scripts (Gradio 6.31.0), mended in two places as they are served. Another version is served as it is.

js/core/src/init.svelte.ts looks, for each of a page's components, through the targets of each of its events: with a
thousand of the one and six hundred of the other, that is most of the time of opening the page. A table that is made
once a pass says the same.

js/core/src/dependency.ts notes of a change that comes while an event is worked on (trigger_mode "always_last") only
that there was one. It then repeats the *first* event, its data too, for everything that listens to it: the last click
is lost, two listeners that wait for each other begin again without end, and what was stopped begins twice. Here the
last event is kept, only that listener hears it, and Stop forgets it.
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
_AGAIN = (
    "(late=>{this.queue.delete(r.id),this.dispatch({type:`fn`,fn_index:r.id,event_data:late.event_data??null,"
    "target_id:late.target_id??null})})(this.queue.get(r.id))"
)
#: How a script's name begins -> what is replaced in it, how often it stands there, and by what.
MENDED: dict[str, tuple[tuple[str, int, str], ...]] = {
    "core-": ((SLOW, 1, QUICK),),
    "Blocks-": (
        ("queue=new Set;", 1, "queue=new Map;"),
        ("this.queue.add(r.id)", 1, "this.queue.set(r.id,e)"),
        ("(this.queue.delete(r.id),this.dispatch(e))", 2, _AGAIN),
        ("this.clear_submission(t);let{failure", 1, "this.queue.delete(t),this.clear_submission(t);let{failure"),
    ),
}
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class MendedFrame:
    """ASGI middleware that serves the frame's mended scripts, and passes on everything else."""

    def __init__(self, app: Callable[[Message, Receive, Send], Awaitable[None]]) -> None:
        """app: what answers the rest."""
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answers one request."""
        path = str(scope.get("path", "")) if scope["type"] == "http" else ""
        name = path.rpartition("/assets/")[2]
        script = mended(name) if name.startswith(tuple(MENDED)) and name.endswith(".js") else None
        if script is None:
            await self.app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/javascript; charset=utf-8"), (b"content-length", str(len(script)).encode())]
        headers.append((b"cache-control", b"public, max-age=3600"))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": script})


@cache
def mended(name: str) -> bytes | None:
    """The frame's script of this name, mended; None if it is not the one that is known, or is not there."""
    import gradio

    folder = Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
    kind = next((kind for kind in MENDED if name.startswith(kind)), "")
    known = {path.name: path for path in folder.glob(f"{kind}*.js")} if kind else {}
    text = known[name].read_text("utf-8") if name in known else ""
    changes = MENDED.get(kind, ())
    if not text or any(text.count(old) != times for old, times, _ in changes):
        return None
    for old, _, new in changes:
        text = text.replace(old, new)
    return text.encode()
