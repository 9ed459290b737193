"""Before and after: a fine-tuned model beside its base model; its adapter as a file, and in the menu of models."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.experiments import finetune_eval
from playground.experiments.finetune_eval import AdapterSource, FinetuneComparison, HeldOutScore
from playground.panels.train.fine_tuning.view import before_after_view
from playground.panels.train.shared import WITH_OWNER, TrainShared
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view

_EMPTY = "Compare, as soon as a run has made its first steps; it may still be going on."
_SAVE = "message => window.playground.save(message)"


@dataclass(frozen=True)
class BeforeAfterComponents:
    """view: of the comparison.  file: hidden, what the page saves.

    loaded: gr.State of the bytes of an adapter's file that was uploaded, or None for the run's own adapter.
    """

    prompt: gr.Textbox
    seed: gr.Number
    compare: gr.Button
    stop: gr.Button
    download: gr.Button
    load: gr.UploadButton
    menu: gr.Button
    notice: gr.HTML
    view: gr.HTML
    file: gr.Textbox
    loaded: gr.State


def build_components(loaded: gr.State) -> BeforeAfterComponents:
    """The part of the panel below the run."""
    gr.Markdown("### Before and after")
    with gr.Row():
        prompt = gr.Textbox(
            "", label="Beginning", max_lines=3, scale=4, elem_id="before_after-prompt",
            info="Both sides continue it. Empty: the beginning of the held-out part, or its first prompt.",
        )  # fmt: skip
        seed = gr.Number(
            0, label="Seed", precision=0, minimum=0, scale=1, elem_id="before_after-seed", info="For the draws."
        )
    with gr.Row(elem_classes="pg-actions"):
        compare = gr.Button("Compare", variant="primary", elem_id="before_after-compare")
        stop = gr.Button("Stop", elem_id="before_after-stop")
        download = gr.Button("Download the adapter", elem_id="before_after-download")
        load = gr.UploadButton("Load an adapter", file_types=[".zip"], elem_id="before_after-load")
        menu = gr.Button("Put it into the Text tab", elem_id="before_after-menu")
    note = notice_view(elem_id="before_after-notice")
    view = before_after_view({"empty": _EMPTY}, elem_id="before_after")
    file = gr.Textbox(visible="hidden", elem_id="before_after-file")
    return BeforeAfterComponents(prompt, seed, compare, stop, download, load, menu, note, view, file, loaded)


def connect(components: BeforeAfterComponents, source: Sequence[Any], shared: TrainShared) -> None:
    """Connects the part. source: the inputs of `adapter_source`: run, loaded, kind, text, pairs."""
    outputs = ["view", "notice"]
    keywords = call(on_compare, components, [*source, "prompt", "seed"], outputs)
    comparing = components.compare.click(**keywords, **QUIET, **MODEL_QUEUE)
    connect_stop(components.stop, comparing, components.notice)
    downloaded = components.download.click(**call(on_download, components, source, ["file", "notice"]), **QUIET)
    downloaded.then(None, components.file, None, js=_SAVE, api_visibility="private")
    keywords = call(on_load, components, ["load", *source[2:]], ["loaded", "load", "notice"])
    components.load.upload(**keywords, **QUIET)
    keywords = call(on_menu, (components, shared), ["owner", *source, "prompt", "view"], outputs)
    components.menu.click(**keywords, js=WITH_OWNER, **QUIET, **MODEL_QUEUE)


def adapter_source(run: str, loaded: bytes | None, kind: str, text: str, pairs: str) -> AdapterSource:
    """The adapter that is meant. Raises PlaygroundError if there is none."""
    if loaded is not None:
        return finetune_eval.adapter_of_file(loaded, kind, pairs if kind == "pairs" else text)
    if not run:
        raise PlaygroundError("There is no fine-tuned model yet: press Start above, or load an adapter.")
    return finetune_eval.adapter_of_run(run)


def on_compare(
    run: str, loaded: bytes | None, kind: str, text: str, pairs: str, prompt: str, seed: Any
) -> Iterator[Update]:
    """Compare, and show each part as it is computed. Raises PlaygroundError."""
    source = adapter_source(run, loaded, kind, text, pairs)
    for comparison in finetune_eval.compare(source, prompt, seed):
        doing = comparison.doing
        note = notice(doing) if doing else notice(f"Compared: {source.name}.", "ok")
        yield {"view": before_after_value(comparison), "notice": note}


def on_download(run: str, loaded: bytes | None, kind: str, text: str, pairs: str) -> Update:
    """The adapter as a file that the page saves; a failure is a sentence, and no file."""
    try:
        name, content = finetune_eval.adapter_zip(adapter_source(run, loaded, kind, text, pairs))
    except PlaygroundError as error:
        return {"file": "", "notice": error_notice(error)}
    encoded = base64.b64encode(content).decode()
    sentence = f"{name}: safetensors and JSON as PEFT reads them, {len(content) / 1e6:.1f} MB."
    return {
        "file": json.dumps({"name": name, "base64": encoded, "type": "application/zip"}),
        "notice": notice(sentence, "ok"),
    }


def on_load(path: str | None, kind: str, text: str, pairs: str) -> Update:
    """Read an adapter's file, and delete it; a failure is a sentence, and what was loaded before stays."""
    try:
        content = _content(path)
        source = finetune_eval.adapter_of_file(content, kind, pairs if kind == "pairs" else text)
    except PlaygroundError as error:
        return {"load": None, "notice": error_notice(error)}
    sentence = f"Loaded: {source.name}. Compare measures it on what stands in the box above; Start turns back to runs."
    return {"loaded": content, "load": None, "notice": notice(sentence, "ok")}


def _content(path: str | None) -> bytes:
    if not path:
        raise PlaygroundError("No file came: choose an adapter's ZIP.")
    try:
        with Path(path).open("rb") as file:
            return file.read(finetune_eval.LARGEST_FILE + 1)
    except OSError:
        raise PlaygroundError("The file is gone or cannot be opened: choose it once more.") from None
    finally:
        Path(path).unlink(missing_ok=True)


def on_menu(
    owner: str, run: str, loaded: bytes | None, kind: str, text: str, pairs: str, prompt: str, value: Any
) -> Iterator[Update]:
    """Merge the adapter into a model that the other tabs can open, and link there. Raises PlaygroundError.

    value: of the comparison's view, which the link is added to.
    """
    yield {"notice": notice("Adding the adapter into the weights.")}
    if loaded is None and run:
        finetune_eval.check_owner(run, owner)
    source = adapter_source(run, loaded, kind, text, pairs)
    name = finetune_eval.add_to_menu(source, owner)
    mode = "chat" if source.dataset == "pairs" else "completion"
    query = {"tab": "text", "model": name, "mode": mode, "prompt": prompt[:500]}
    known = json.loads(value) if isinstance(value, str) else dict(value or {})
    link = {"title": f"Open {name} in the Text tab", "query": urlencode({k: v for k, v in query.items() if v})}
    sentence = f"{name} is in the menus of models. Everybody who uses this playground on this computer sees it there."
    yield {"view": {**known, "link": link}, "notice": notice(sentence, "ok")}


def before_after_value(comparison: FinetuneComparison) -> dict[str, Any]:
    """A comparison for its view."""
    if comparison.apart is None:
        return {"empty": _EMPTY}
    before, after = comparison.texts or (None, None)
    asked = (
        f"After “{comparison.prompt}”, over all {comparison.vocabulary:,} tokens: {comparison.apart:.1%} of the "
        "probability moved elsewhere. Thin bars: before above, after below."
    )
    return {
        "scores": [
            _scores("The new text, held out", comparison.new, "learned", "did not learn"),
            _scores("Everyday text, as before", comparison.old, "got better at it", "forgot"),
        ],
        "asked": asked,
        "rose": [vars(one) for one in comparison.rose],
        "fell": [vars(one) for one in comparison.fell],
        "before": before,
        "after": after,
        "link": None,
    }


def _scores(
    name: str, pair: tuple[HeldOutScore, HeldOutScore | None] | None, better: str, worse: str
) -> dict[str, Any]:
    before, after = pair or (None, None)
    if before is None or after is None:
        return {"name": name, "before": before and before.perplexity, "after": None, "note": "…"}
    share = after.perplexity / before.perplexity
    verdict = "hardly changed" if 0.98 < share < 1.02 else better if share < 1 else worse
    note = f"{verdict}: {before.bits:.2f} → {after.bits:.2f} bits per character, over {before.tokens:,} tokens"
    return {"name": name, "before": before.perplexity, "after": after.perplexity, "note": note}
