"""A visitor's runs as a list: rename, delete, download, add to the menus of the other tabs."""

from __future__ import annotations

from typing import Any

from playground.core.errors import PlaygroundError
from playground.experiments import menu_models, run_control, run_status
from playground.experiments.export import file_name, weight_files
from playground.runs import disk_quota, store


def list_runs(asked: Any) -> dict[str, Any]:
    """asked: {"owner"}. Returns {"runs", "dropped", "bytes", "most_bytes", "models"}.

    runs: see run_status.runs_of_owner.  dropped: names of runs that were deleted to free space, the last three.
    bytes: what the runs take; most_bytes: what all runs may take.  models: see menu_models.models_of.
    """
    owner = str(asked.get("owner", "")) if isinstance(asked, dict) else ""
    runs = run_status.runs_of_owner(owner)
    used = sum(run["bytes"] for run in runs)
    disk = {"dropped": disk_quota.dropped_names(owner)[-3:], "bytes": used, "most_bytes": disk_quota.disk_limit()}
    return {"runs": runs, **disk, "models": menu_models.models_of(owner)}


def manage_run(asked: Any) -> dict[str, Any]:
    """asked: {"do", "run", "owner", ...}. Returns {"said", "files", "links"} or {"error"}.

    do: rename ("name"), delete, curves, weights and menu ("step", or the latest checkpoint); take out ("model"), of a
    model in the menus.  said: a sentence.  files: [{"name", "text"} or {"name", "base64", "type"}].
    links: [{"title", "query"}], only for menu.
    """
    try:
        return _manage_run(asked if isinstance(asked, dict) else {})
    except PlaygroundError as error:
        return {"error": str(error)}


def _manage_run(asked: dict[str, Any]) -> dict[str, Any]:
    run, owner = str(asked.get("run", "")), str(asked.get("owner", ""))
    match asked.get("do"):
        case "rename":
            return {
                "said": f"It is called “{store.rename_run(run, str(asked.get('name', '')), owner).name}” now.",
                "files": [],
            }
        case "delete":
            return {"said": f"“{run_control.delete_run(run, owner)}” is deleted.", "files": []}
        case "curves":
            folder, spec = store.run_dir(run), store.spec_of(run)
            if not (folder / "curve.csv").exists():
                raise PlaygroundError(f"“{spec.name}” has no numbers yet: wait for its first step.")
            text = (folder / "curve.csv").read_text("utf-8")
            return {"said": "Saved.", "files": [{"name": f"{file_name(spec)}.csv", "text": text, "type": "text/csv"}]}
        case "weights":
            return {"said": "Saved: the weights and what they are.", "files": weight_files(run, asked.get("step"))}
        case "menu":
            step = asked.get("step")
            model = menu_models.add_to_menu(run, owner, step if isinstance(step, int) else None)
            return {"said": model.message, "files": [], "links": menu_models.as_links(model.links)}
        case "take out":
            return {
                "said": f"“{menu_models.remove_from_menu(str(asked.get('model', '')), owner)}” is out of the menus.",
                "files": [],
            }
    raise PlaygroundError("That cannot be done with a run: rename, delete, curves, weights and menu can.")
