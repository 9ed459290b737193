"""Patches to four scripts of Gradio 6.31.0, applied as they are served. Other versions are served unpatched.

js/core/src/init.svelte.ts searches the targets of every event for each component of a page. On the Bias page (404
components, 203 events) that takes a third of the main thread's time at opening. A table, built once per pass, gives the
same answer.

js/core/src/dependency.ts (trigger_mode "always_last") records only that a change came while an event was running. It
then repeats the *first* event, with its data, for everything that listens: the last click is lost, two listeners that
wait for each other restart endlessly, and what was stopped starts twice. With the patch, the last event is kept, only
its own listener gets it, and Stop drops it.

The same script forgets a cancelled run when the server has answered, but by then a newer run of the event may have its
place: pressed again during a run on a busy machine, a run could not be stopped. With the patch, each forgets itself.

It reports an event that the server refused in a message that vanishes. With the patch, the page may keep it: an event
"pg-refused" of the document, which names the sentence, replaces the message if it is cancelled. See ui/refused.js.

The login page knows one reason for a refusal: who had guessed too often read that even the right password was wrong.
With the patch, it shows the server's sentence. See ui/logins.py.

client/js replaces the sentence of a server whose line is full by its own; with the patch, it passes it on.

client/js: all answers to a page come as one stream, which the server ends when no event is left. Four faults lost
messages, so that a page showed parts of an answer, or waited forever:

- An event that joined the queue just before the end was never answered: the stream looked open when it joined. With the
  patch it is opened again.
- An event whose last message came before its id counted as unfinished forever, and kept an idle stream open.
- A stream opened while the browser's cache was still busy with the last one (same address) was requested twice, and the
  server divided the messages between the two. With the patch, streams bypass the cache.
- When a tab was hidden, new messages overtook those that waited for a timer.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

ATTACH_LOOP = (
    "let n=t.filter(t=>t.targets.find(([t])=>t===e.id)).map(t=>{let n=t.targets.find(([t])=>t===e.id);"
    "return n?n[1]:null}).filter(Boolean);"
)
#: Component -> names of its events, in the order of the events; dropped at the end of the pass.
ATTACH_TABLE = (
    "let n=(this.attached||(queueMicrotask(()=>{this.attached=null}),this.attached=t.reduce((all,one)=>{"
    "let seen=new Set;for(let[id,name]of one.targets)if(!seen.has(id)){seen.add(id);"
    "if(name){all.has(id)||all.set(id,[]);all.get(id).push(name)}}return all},new Map))).get(e.id)||[];"
)
CLOSE_STREAM = "if(s.msg===`close_stream`){wt(r,o.abort_controller);return}"
CLOSE_OR_REOPEN_STREAM = "if(s.msg===`close_stream`){wt(r,o.abort_controller);t.size&&o.open_stream();return}"
_OPEN_STREAM = "g[E].forEach(e=>t(e)),delete g[E]),v[E]=t,y.add(E),h.open||await this.open_stream()}"
_OPEN_STREAM_IF_UNFINISHED = (
    "g[E].forEach(e=>t(e)),delete g[E]),Le||(v[E]=t,y.add(E),h.open||await this.open_stream())}"
)
_FULL, _FULL_SENTENCE = "message:ne,queue:!0", "message:e?.detail||ne,queue:!0"
_REPORT = "throw this.log_cb(s?._title??`Error`,a||``,o,`error`,c.duration,c.visible),Error("
_REPORT_UNLESS_SHOWN = (
    "throw document.dispatchEvent(new CustomEvent(`pg-refused`,{cancelable:!0,detail:a||``}))&&"
    + _REPORT.removeprefix("throw ")
)
_HEADERS = "headers:n,signal:t.signal}),this.stream_instance"
_PASS = "typeof window<`u`&&typeof document<`u`&&document.visibilityState!==`hidden`?setTimeout(n,0,s):n(s)"
#: In the order of arrival, whether the page is hidden or not.
_PASS_IN_ORDER = (
    "(o.late||=[]).push(()=>n(s)),typeof document<`u`&&document.visibilityState!==`hidden`"
    "?setTimeout(()=>o.late.shift()?.(),0):o.late.splice(0).forEach(late=>late())"
)
_AGAIN = (
    "(late=>{this.queue.delete(r.id),this.dispatch({type:`fn`,fn_index:r.id,event_data:late.event_data??null,"
    "target_id:late.target_id??null})})(this.queue.get(r.id))"
)
#: Start of a script's name -> (old text, number of occurrences, new text) for each replacement.
PATCHES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "index-": (
        (CLOSE_STREAM, 1, CLOSE_OR_REOPEN_STREAM),
        (_OPEN_STREAM, 1, _OPEN_STREAM_IF_UNFINISHED),
        (_HEADERS, 1, "cache:`no-store`," + _HEADERS),
        (_PASS, 1, _PASS_IN_ORDER),
        (_FULL, 1, _FULL_SENTENCE),
    ),
    "Login-": (
        ("n.status===400?(h(P,!0)", 1, "n.status===400||n.status===429?(h(P,n.status===400||(await n.json()).detail)"),
        ("j.i18n(`login.incorrect_credentials`)", 1, "d(P)===!0?j.i18n(`login.incorrect_credentials`):d(P)"),
    ),
    "core-": ((ATTACH_LOOP, 1, ATTACH_TABLE),),
    "Blocks-": (
        ("queue=new Set;", 1, "queue=new Map;"),
        ("this.queue.add(r.id)", 1, "this.queue.set(r.id,e)"),
        ("(this.queue.delete(r.id),this.dispatch(e))", 2, _AGAIN),
        ("this.clear_submission(t);let{failure", 1, "this.queue.delete(t),this.clear_submission(t,e);let{failure"),
        (_REPORT, 1, _REPORT_UNLESS_SHOWN),
    ),
}


@cache
def patched(name: str) -> bytes | None:
    """Gradio's script of this name with its patches; None if it has none, or is of another version."""
    kind = next((kind for kind in PATCHES if name.startswith(kind)), "")
    known = {path.name: path for path in _folder().glob(f"{kind}*.js")} if kind else {}
    text = known[name].read_text("utf-8") if name in known else ""
    changes = PATCHES.get(kind, ())
    if not text or any(text.count(old) != times for old, times, _ in changes):
        return None
    for old, _, new in changes:
        text = text.replace(old, new)
    return text.encode()


def unpatched() -> list[str]:
    """Gradio's scripts that could not be patched, because they are of another version."""
    return [kind for kind in PATCHES if not any(patched(path.name) for path in _folder().glob(f"{kind}*.js"))]


def _folder() -> Path:
    import gradio

    return Path(gradio.__file__).parent / "templates" / "frontend" / "assets"
