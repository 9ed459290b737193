"""The endpoints /runs and /run_samples, for programs: list a visitor's runs, and get what one of them shows."""

from __future__ import annotations

from typing import Any

from playground.core.errors import PlaygroundError
from playground.experiments import run_status
from playground.ui.api_errors import with_api_errors


@with_api_errors
def api_runs(owner: str = "") -> list[dict[str, Any]]:
    """The runs that were started with this token, the newest first."""
    return run_status.runs_of_owner(owner)


@with_api_errors
def api_run_samples(run: str = "", step: int | None = None) -> dict[str, Any]:
    """What a run shows: {"run", "step", "frame", "kept"}. step: one of kept, or None for the newest.

    frame: by name, numbers and sentences as they are, arrays as {"shape", "dtype", "data": base64}.
    """
    if step is not None and type(step) is not int:
        raise PlaygroundError("The step is a whole number, one of those that are kept; leave it out for the newest.")
    state = run_status.poll_run({"run": run, "at": step})
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

    api(api_runs, api_name="runs", queue=False)
    api(api_run_samples, api_name="run_samples", queue=False)
