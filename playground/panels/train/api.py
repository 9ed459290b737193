"""The Train tab's named endpoints, for programs: start a training and follow it, list runs, get what one shows."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from typing import Any

from playground.core.errors import PlaygroundError
from playground.experiments import run_control, run_status
from playground.ui.api_errors import telling, told

_BEAT = 0.1
#: Data that only the page takes.
_OWN = {"folder": "pictures", "pasted": "a text", "pairs": "pairs of texts", "brush": "dots"}
ENDED = ("done", "stopped", "failed")


def api_train(
    family: str = "gan", dataset: str = "ring", settings: dict[str, Any] | None = None, owner: str = ""
) -> Iterator[dict[str, Any]]:
    """Trains, and streams {"run", "name", "owner", "status", "explained", "step", "steps", "seconds", "losses",
    "place"}.

    settings: {"steps", "seed", …}. The run goes on if nobody listens. owner: a token of at least 16 signs to steer the
    run with; left out, a new one is made and told.
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
        run = run_control.start(family, dataset, asked, asked.pop("seed", 0), owner)
        yield from _followed(run, owner)
    except PlaygroundError as error:
        raise told(error) from None


def _followed(run: str, owner: str) -> Iterator[dict[str, Any]]:
    since, said, last = None, None, None
    while True:
        state = run_status.look({"run": run, "since": since})
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


@telling
def api_runs(owner: str = "") -> list[dict[str, Any]]:
    """The runs that were started with this token, the newest first."""
    return run_status.runs_of(owner)


@telling
def api_run_samples(run: str = "", step: int | None = None) -> dict[str, Any]:
    """What a run shows: {"run", "step", "frame", "kept"}. step: one of kept, or None for the newest.

    frame: by name, numbers and sentences as they are, arrays as {"shape", "dtype", "data": base64}.
    """
    if step is not None and type(step) is not int:
        raise PlaygroundError("The step is a whole number, one of those that are kept; leave it out for the newest.")
    state = run_status.look({"run": run, "at": step})
    if "error" in state:
        raise PlaygroundError(state["error"])
    if step is not None and step not in state["kept"]:
        raise PlaygroundError(f"Step {step} is not kept: choose one of {', '.join(map(str, state['kept']))}.")
    if state["frame"] is None:
        raise PlaygroundError(f"“{state['name']}” has nothing to show yet: wait a second.")
    return {"run": run, "step": state["frame_step"], "frame": state["frame"], "kept": state["kept"]}


def build_api() -> None:
    """Adds the endpoints to the surrounding Blocks."""
    from gradio.events import api

    api(api_train, api_name="train", concurrency_id="train", concurrency_limit=16)
    api(api_runs, api_name="runs", queue=False)
    api(api_run_samples, api_name="run_samples", queue=False)
