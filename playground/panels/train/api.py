"""The endpoint /train, for programs: start a training of any family and follow it. What runs show: runs/api.py."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

from playground.core.errors import PlaygroundError
from playground.experiments import run_control, run_status
from playground.ui.api_errors import to_gradio_error

_BEAT = 0.1
#: Data that only the page takes.
_OWN = {"folder": "pictures", "pasted": "a text", "pairs": "pairs of texts", "brush": "dots"}
ENDED = ("done", "stopped", "failed")


def api_train(
    family: str = "gan", dataset: str = "ring", settings: dict[str, Any] | None = None, owner: str = ""
) -> Iterator[dict[str, Any]]:
    """Trains, and streams {"run", "name", "owner", "status", "explained", "step", "steps", "seconds", "losses",
    "place"}.

    settings: {"steps", "seed", …}. The run goes on if nobody listens. owner: a token of 16 to 64 characters to steer
    the run with; left out, a new one is made and returned.
    """
    try:
        owner = owner or secrets.token_hex(16)
        if not isinstance(owner, str) or not 16 <= len(owner) <= 64 or not (owner.isascii() and owner.isprintable()):
            raise PlaygroundError("The owner is a token of 16 to 64 plain signs: leave it out to be given one.")
        if not isinstance(settings, dict | None):
            raise PlaygroundError('The settings are an object of names and values, such as {"steps": 2000, "seed": 0}.')
        if not isinstance(family, str) or not isinstance(dataset, str):
            raise PlaygroundError("The family and the dataset are names, such as gan and ring.")
        if dataset in _OWN:
            raise PlaygroundError(f'"{dataset}" needs {_OWN[dataset]} of yours: start it in the page, under Train.')
        asked = dict(settings or {})
        run = run_control.start_run(family, dataset, asked, asked.pop("seed", 0), owner)
        yield from _progress(run, owner)
    except PlaygroundError as error:
        raise to_gradio_error(error) from None


def _progress(run: str, owner: str) -> Iterator[dict[str, Any]]:
    since, said, last = None, None, None
    while True:
        state = run_status.poll_run({"run": run, "since": since})
        if "error" in state:
            raise PlaygroundError(state["error"])
        since = state["since"]
        if state["rows"] or (state["status"], state["place"]) != said:
            said, last = (state["status"], state["place"]), state["rows"][-1] if state["rows"] else last
            losses = dict(zip(state["names"], last[3:], strict=False)) if last is not None else {}
            keys = ("run", "name", "status", "explained", "steps", "seconds", "place")
            step = int(last[0]) if last is not None and state["status"] not in ENDED else state["step"]
            yield {**{key: state[key] for key in keys}, "owner": owner, "step": step, "losses": losses}
        if state["status"] in ENDED:
            return
        time.sleep(_BEAT)


def build_api() -> None:
    """Adds the endpoint to the surrounding Blocks."""
    from gradio.events import api

    api(api_train, api_name="train", concurrency_id="train", concurrency_limit=16)
