"""The endpoint /train: start a training of any family and follow it. /runs and /run_samples: see runs/api.py."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments import run_control, run_status
from playground.ui.endpoint import endpoint

_BEAT = 0.1
#: Data that only the page takes -> what to upload there.
_OWN_DATA = {
    "folder": "train.api.own_pictures", "pasted": "train.api.own_text", "pairs": "train.api.own_pairs",
    "brush": "train.api.own_dots",
}  # fmt: skip
ENDED = ("done", "stopped", "failed")
#: Calls that follow their run at the same time: each holds a thread of the server.
_listeners = threading.BoundedSemaphore(16)


@endpoint("train", concurrency_id="train", concurrency_limit=None)
def api_train(
    family: str = "gan", dataset: str = "ring", settings: dict[str, Any] | None = None, owner: str = ""
) -> Iterator[dict[str, Any]]:
    """Trains. Streams {"run", "name", "owner", "status", "explained", "step", "steps", "seconds", "losses", "place"}.

    family: gan, vae, diffusion or language.  dataset: ring, moons, spiral or gaussians25 (points), avatars or fashion
    (pictures), austen or shakespeare (texts).  settings: {"steps", "seed", …}.  owner: a token of 16 to 64 characters
    to control the run with; by default a new one, which is returned. The run continues when nobody listens. If many
    listen already, only the first state comes: /run_samples has what follows.
    """
    owner = run_control.parse_owner(owner or secrets.token_hex(16))
    if dataset in _OWN_DATA:
        raise PlaygroundError(say(_OWN_DATA[dataset]))
    run_settings = dict(settings or {})
    run = run_control.start_run(family, dataset, run_settings, run_settings.pop("seed", 0), owner)
    states = _progress(run, owner)
    yield next(states)
    if _listeners.acquire(blocking=False):
        try:
            yield from states
        finally:
            _listeners.release()


def _progress(run: str, owner: str) -> Iterator[dict[str, Any]]:
    since, status, last = None, None, None
    while True:
        state = run_status.poll_run({"run": run, "since": since})
        if "error" in state:
            raise PlaygroundError(state["error"])
        since = state["since"]
        if state["rows"] or (state["status"], state["place"]) != status:
            status, last = (state["status"], state["place"]), state["rows"][-1] if state["rows"] else last
            losses = dict(zip(state["names"], last[3:], strict=False)) if last is not None else {}
            keys = ("run", "name", "status", "explained", "steps", "seconds", "place")
            step = int(last[0]) if last is not None and state["status"] not in ENDED else state["step"]
            yield {**{key: state[key] for key in keys}, "owner": owner, "step": step, "losses": losses}
        if state["status"] in ENDED:
            return
        time.sleep(_BEAT)
