"""The endpoints /runs and /run_samples: list a visitor's runs, and get the frame of one at a step."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments import run_control, run_history, run_status
from playground.ui.endpoint import endpoint


@endpoint("runs", queue=False)
def api_runs(owner: str = "") -> list[dict[str, Any]]:
    """The runs started with this token, newest first."""
    return run_history.runs_of_owner(run_control.parse_owner(owner) if owner else "")


@endpoint("run_samples", queue=False)
def api_run_samples(run: str = "", step: int | None = None) -> dict[str, Any]:
    """A run's samples: {"run", "step", "frame", "kept"}. step: one of kept, or None for the newest.

    frame: name -> number, sentence, or array as {"shape", "dtype", "data": base64}.
    """
    if step is not None and type(step) is not int:
        raise PlaygroundError(say("train.run.step_number"))
    state = run_status.poll_run({"run": run, "at": step})
    if "error" in state:
        raise PlaygroundError(state["error"])
    if step is not None and step not in state["kept"]:
        raise PlaygroundError(say("train.run.step_choices", step=step, steps=", ".join(map(str, state["kept"]))))
    if state["frame"] is None:
        raise PlaygroundError(say("train.run.no_frame", name=state["name"]))
    return {"run": run, "step": state["frame_step"], "frame": state["frame"], "kept": state["kept"]}
