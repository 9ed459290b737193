"""A visitor's runs as a list: renamed, deleted, taken away as files, put into the menus of the other tabs."""

from __future__ import annotations

from typing import Any

from playground.core.errors import PlaygroundError
from playground.experiments import model_publish, run_control, run_status
from playground.experiments.export import exported, file_name
from playground.runs import store


def listed(asked: Any) -> dict[str, Any]:
    """asked: {"owner"}. Returns {"runs": as looking.runs_of gives them, "dropped": names, "bytes", "most_bytes",

    "models": those in the menus, as menu.models_of gives them}.
    """
    owner = str(asked.get("owner", "")) if isinstance(asked, dict) else ""
    runs = run_status.runs_of(owner)
    used = sum(run["bytes"] for run in runs)
    told = {"dropped": store.dropped_of(owner)[-3:], "bytes": used, "most_bytes": store.disk_bytes()}
    return {"runs": runs, **told, "models": model_publish.models_of(owner)}


def manage(asked: Any) -> dict[str, Any]:
    """asked: {"do", "run", "owner", …}: rename ("name"), delete, curves, weights and menu ("step", or the last); or

    take out ("model"), of a model in the menus. Returns {"said": a sentence, "files": [{"name", "text"} or {"name",
    "base64", "type"}], "links": [{"title", "query"}], where there are any} or {"error"}.
    """
    try:
        return _manage(asked if isinstance(asked, dict) else {})
    except PlaygroundError as error:
        return {"error": str(error)}


def _manage(asked: dict[str, Any]) -> dict[str, Any]:
    run, owner = str(asked.get("run", "")), str(asked.get("owner", ""))
    match asked.get("do"):
        case "rename":
            return {
                "said": f"It is called “{store.rename(run, str(asked.get('name', '')), owner).name}” now.",
                "files": [],
            }
        case "delete":
            return {"said": f"“{run_control.stop_and_delete(run, owner)}” is deleted.", "files": []}
        case "curves":
            folder, spec = store.folder_of(run), store.spec_of(run)
            if not (folder / "curve.csv").exists():
                raise PlaygroundError(f"“{spec.name}” has no numbers yet: wait for its first step.")
            text = (folder / "curve.csv").read_text("utf-8")
            return {"said": "Saved.", "files": [{"name": f"{file_name(spec)}.csv", "text": text, "type": "text/csv"}]}
        case "weights":
            return {"said": "Saved: the weights and what they are.", "files": exported(run, asked.get("step"))}
        case "menu":
            step = asked.get("step")
            made = model_publish.put(run, owner, step if isinstance(step, int) else None)
            return {"said": made.said, "files": [], "links": model_publish.as_links(made.links)}
        case "take out":
            return {
                "said": f"“{model_publish.take_out(str(asked.get('model', '')), owner)}” is out of the menus.",
                "files": [],
            }
    raise PlaygroundError("That cannot be done with a run: rename, delete, curves, weights and menu can.")
