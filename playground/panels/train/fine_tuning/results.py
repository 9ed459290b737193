"""Before and after a fine-tuning: compared, taken away, loaded again, put into the menu of the other tabs."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.experiments import finetune_eval
from playground.experiments.finetune_eval import Comparison, Score, Source
from playground.panels.train.fine_tuning.view import tuned_view
from playground.panels.train.panels import Shared, as_owner
from playground.ui.events import MODEL_QUEUE, QUIET, stop_button
from playground.ui.notice import notice, notice_view

_SKIP: Any = gr.skip()
_EMPTY = "Compare, as soon as a run has made its first steps; it may still be going on."
_SAVE = "message => window.playground.save(message)"


@dataclass(frozen=True)
class After:
    """loaded: gr.State of the content of an adapter's file, or None for that of the run."""

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


def build() -> After:
    """The part."""
    gr.Markdown("### Before and after")
    with gr.Row():
        prompt = gr.Textbox(
            "", label="Beginning", max_lines=3, scale=4, elem_id="tuned-prompt",
            info="Both sides continue it. Empty: the beginning of the held-out part, or its first prompt.",
        )  # fmt: skip
        seed = gr.Number(0, label="Seed", precision=0, minimum=0, scale=1, elem_id="tuned-seed", info="For the draws.")
    with gr.Row(elem_classes="pg-actions"):
        compare = gr.Button("Compare", variant="primary", elem_id="tuned-compare")
        stop = gr.Button("Stop", elem_id="tuned-stop")
        download = gr.Button("Download the adapter", elem_id="tuned-download")
        load = gr.UploadButton("Load an adapter", file_types=[".zip"], elem_id="tuned-load")
        menu = gr.Button("Put it into the Text tab", elem_id="tuned-menu")
    note = notice_view(elem_id="tuned-notice")
    view = tuned_view({"empty": _EMPTY}, elem_id="tuned")
    file = gr.Textbox(visible="hidden", elem_id="tuned-file")
    return After(prompt, seed, compare, stop, download, load, menu, note, view, file, gr.State(None))


def wire(after: After, run: gr.State, kind: gr.Radio, text: gr.Textbox, pairs: gr.Textbox, shared: Shared) -> None:
    """Connects the part. run: gr.State of the run that is watched.  kind, text, pairs: what a loaded adapter reads."""
    which = [run, after.loaded, kind, text, pairs]
    asked = [*which, after.prompt, after.seed]
    compared = after.compare.click(on_compare, asked, [after.view, after.notice], **QUIET, **MODEL_QUEUE)
    stop_button(after.stop, compared, after.notice)
    packed = after.download.click(on_download, which, [after.file, after.notice], **QUIET)
    packed.then(None, after.file, None, js=_SAVE, api_visibility="private")
    after.load.upload(on_load, [after.load, kind, text, pairs], [after.loaded, after.load, after.notice], **QUIET)
    given = [*which, after.prompt, after.view, shared.owner]
    after.menu.click(on_menu, given, [after.view, after.notice], js=as_owner(-1), **QUIET, **MODEL_QUEUE)


def source_of(run: str, loaded: bytes | None, kind: str, text: str, pairs: str) -> Source:
    """The adapter that is meant. Raises PlaygroundError if there is none."""
    if loaded is not None:
        return finetune_eval.of_file(loaded, kind, pairs if kind == "pairs" else text)
    if not run:
        raise PlaygroundError("There is no fine-tuned model yet: press Start above, or load an adapter.")
    return finetune_eval.of_run(run)


def on_compare(
    run: str, loaded: bytes | None, kind: str, text: str, pairs: str, prompt: str, seed: Any
) -> Iterator[tuple[Any, Any]]:
    """Compares, showing what is known as it comes."""
    try:
        source = source_of(run, loaded, kind, text, pairs)
        for made in finetune_eval.compare(source, prompt, seed):
            yield drawn(made), notice(made.doing) if made.doing else notice(f"Compared: {source.name}.", "ok")
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")


def on_download(run: str, loaded: bytes | None, kind: str, text: str, pairs: str) -> tuple[Any, Any]:
    """The adapter as a file that the page saves."""
    try:
        name, content = finetune_eval.file_of(source_of(run, loaded, kind, text, pairs))
    except PlaygroundError as error:
        return "", notice(str(error), "error")
    packed = base64.b64encode(content).decode()
    message = json.dumps({"name": name, "base64": packed, "type": "application/zip"})
    return message, notice(f"{name}: safetensors and JSON as PEFT reads them, {len(content) / 1e6:.1f} MB.", "ok")


def on_load(path: str | None, kind: str, text: str, pairs: str) -> tuple[Any, Any, Any]:
    """Reads an adapter's file, and deletes it."""
    try:
        content = _content(path)
        source = finetune_eval.of_file(content, kind, pairs if kind == "pairs" else text)
    except PlaygroundError as error:
        return _SKIP, None, notice(str(error), "error")
    told = f"Loaded: {source.name}. Compare measures it on what stands in the box above; Start turns back to runs."
    return content, None, notice(told, "ok")


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
    run: str, loaded: bytes | None, kind: str, text: str, pairs: str, prompt: str, value: Any, owner: str
) -> Iterator[tuple[Any, Any]]:
    """Makes a model of it that the other tabs can open, and links there."""
    yield _SKIP, notice("Adding the adapter into the weights.")
    try:
        if loaded is None and run:
            finetune_eval.only_for_its_owner(run, owner)
        source = source_of(run, loaded, kind, text, pairs)
        name = finetune_eval.put_into_menu(source, owner)
    except PlaygroundError as error:
        yield _SKIP, notice(str(error), "error")
        return
    mode = "chat" if source.dataset == "pairs" else "completion"
    query = {"tab": "text", "model": name, "mode": mode, "prompt": prompt[:500]}
    known = json.loads(value) if isinstance(value, str) else dict(value or {})
    link = {"title": f"Open {name} in the Text tab", "query": urlencode({k: v for k, v in query.items() if v})}
    said = f"{name} is in the menus of models. Everybody who uses this playground on this computer sees it there."
    yield {**known, "link": link}, notice(said, "ok")


def drawn(made: Comparison) -> dict[str, Any]:
    """A comparison for its view."""
    if made.apart is None:
        return {"empty": _EMPTY}
    before, after = made.texts or (None, None)
    asked = (
        f"After “{made.prompt}”, over all {made.vocabulary:,} tokens: {made.apart:.1%} of the probability moved "
        "elsewhere. Thin bars: before above, after below."
    )
    return {
        "scores": [
            _scores("The new text, held out", made.new, "learned", "did not learn"),
            _scores("Everyday text, as before", made.old, "got better at it", "forgot"),
        ],
        "asked": asked,
        "rose": [vars(one) for one in made.rose],
        "fell": [vars(one) for one in made.fell],
        "before": before,
        "after": after,
        "link": None,
    }


def _scores(name: str, pair: tuple[Score, Score | None] | None, better: str, worse: str) -> dict[str, Any]:
    before, after = pair or (None, None)
    if before is None or after is None:
        return {"name": name, "before": before and before.perplexity, "after": None, "note": "…"}
    share = after.perplexity / before.perplexity
    verdict = "hardly changed" if 0.98 < share < 1.02 else better if share < 1 else worse
    note = f"{verdict}: {before.bits:.2f} → {after.bits:.2f} bits per character, over {before.tokens:,} tokens"
    return {"name": name, "before": before.perplexity, "after": after.perplexity, "note": note}
