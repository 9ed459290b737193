"""A visitor's runs as a list: rename, delete, download, add to the menus of the other tabs."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments import menu_models, run_control, run_history
from playground.experiments.export import file_name, weight_files
from playground.runs import disk_quota, store


def list_runs(request: Any) -> dict[str, Any]:
    """The runs and models of a visitor, {"owner"}: {"runs", "dropped", "bytes", "most_bytes", "models"}.

    runs: see run_history.runs_of_owner.  dropped: names of the last three runs deleted to free space.
    bytes: of the visitor's runs; most_bytes: limit for everybody's runs together.  models: see menu_models.models_of.
    """
    owner = str(request.get("owner", "")) if isinstance(request, dict) else ""
    runs = run_history.runs_of_owner(owner)
    used = sum(run["bytes"] for run in runs)
    disk = {"dropped": disk_quota.dropped_names(owner)[-3:], "bytes": used, "most_bytes": disk_quota.disk_limit()}
    return {"runs": runs, **disk, "models": menu_models.models_of(owner)}


def manage_run(request: Any) -> dict[str, Any]:
    """A button of the table, {"do", "run", "owner", ...}. Returns {"said", "files", "links"} or {"error"}.

    do: rename ("name"), delete, curves, weights and menu ("step", or the latest checkpoint); "take out" ("model")
    removes a model from the menus.  said: a sentence.  files: [{"name", "text"} or {"name", "base64", "type"}].
    links: [{"title", "query"}], only for menu.
    """
    try:
        return _manage_run(request if isinstance(request, dict) else {})
    except PlaygroundError as error:
        return {"error": str(error)}


def _manage_run(request: dict[str, Any]) -> dict[str, Any]:
    run, owner = str(request.get("run", "")), str(request.get("owner", ""))
    match request.get("do"):
        case "rename":
            name = store.rename_run(run, str(request.get("name", "")), owner).name
            return {"said": say("train.runs.renamed", name=name), "files": []}
        case "delete":
            return {"said": say("train.runs.deleted", name=run_control.delete_run(run, owner)), "files": []}
        case "curves":
            folder, spec = store.run_dir(run), store.spec_of(run)
            if not (folder / "curve.csv").exists():
                raise PlaygroundError(say("train.run.no_numbers", name=spec.name))
            text = (folder / "curve.csv").read_text("utf-8", "replace")
            file = {"name": f"{file_name(spec)}.csv", "text": text, "type": "text/csv"}
            return {"said": say("train.runs.saved"), "files": [file]}
        case "weights":
            return {"said": say("train.runs.saved_weights"), "files": weight_files(run, request.get("step"))}
        case "menu":
            step = request.get("step")
            model = menu_models.add_to_menu(run, owner, step if isinstance(step, int) else None)
            return {"said": model.message, "files": [], "links": menu_models.as_links(model.links)}
        case "take out":
            title = menu_models.remove_from_menu(str(request.get("model", "")), owner)
            return {"said": say("train.runs.models.removed", model=title), "files": []}
    raise PlaygroundError(say("train.runs.unknown_action"))
