"""Before and after: a fine-tuned model beside its base model; its adapter as a file and in the menus."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.experiments import finetune_eval, finetune_scores
from playground.experiments.finetune_eval import AdapterSource, FinetuneComparison
from playground.experiments.finetune_scores import HeldOutScore
from playground.panels.train.fine_tuning.view import before_after_view
from playground.panels.train.shared import TrainShared, run_of_value, with_owner
from playground.ui.events import MODEL_QUEUE, QUIET, Update, call, connect_stop
from playground.ui.messages import error_notice
from playground.ui.notice import notice, notice_view, notice_with_links
from playground.ui.result_settings import result_settings
from playground.ui.view import save_script


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
    """The part of the panel below the run, not yet connected."""
    gr.Markdown(f"### {say('train.fine_tuning.before_after.region')}")
    with gr.Row():
        prompt = gr.Textbox(
            "", label=say("train.fine_tuning.before_after.prompt"),
            info=say("train.fine_tuning.before_after.prompt_info"), max_lines=3, scale=4,
            elem_id="before_after-prompt",
        )  # fmt: skip
        seed = gr.Number(
            0, label=say("shared.seed"), info=say("train.fine_tuning.before_after.seed_info"), precision=0, minimum=0,
            scale=1, elem_id="before_after-seed",
        )  # fmt: skip
    with gr.Row(elem_classes="pg-actions"):
        compare = gr.Button(
            say("train.fine_tuning.before_after.compare"), variant="primary", elem_id="before_after-compare"
        )
        stop = gr.Button(say("shared.stop"), elem_id="before_after-stop")
        download = gr.Button(say("train.fine_tuning.before_after.download"), elem_id="before_after-download")
        load = gr.UploadButton(
            say("train.fine_tuning.before_after.load"), file_types=[".zip"], elem_id="before_after-load"
        )
        menu = gr.Button(say("train.tab.add_to_text"), elem_id="before_after-menu")
    note = notice_view(elem_id="before_after-notice")
    recorded = before_after_value(finetune_eval.recorded_comparison())
    view = before_after_view(recorded, elem_id="before_after")
    file = gr.Textbox(visible="hidden", elem_id="before_after-file")
    return BeforeAfterComponents(prompt, seed, compare, stop, download, load, menu, note, view, file, loaded)


def connect(components: BeforeAfterComponents, source: Sequence[Any], shared: TrainShared) -> None:
    """Connect the part. source: the inputs of `adapter_source`: run_view, loaded, kind, text, pairs."""
    outputs = ["view", "notice"]
    keywords = call(on_compare, components, [*source, "prompt", "seed"], outputs)
    settings = {"prompt": components.prompt, "seed": components.seed}
    recorded = {name: component.value for name, component in settings.items()}  # of the comparison that it opens on
    came_from = result_settings(settings, [components.view], first=recorded)
    comparing = components.compare.click(**came_from.carry(keywords), **QUIET, **MODEL_QUEUE)
    connect_stop(components.stop, comparing, components.notice)
    downloaded = components.download.click(**call(on_download, components, source, ["file", "notice"]), **QUIET)
    downloaded.then(None, components.file, None, js=save_script(), api_visibility="private")
    keywords = call(on_load, components, ["load", *source[2:]], ["loaded", "load", "notice"])
    components.load.upload(**keywords, **QUIET)
    keywords = call(on_menu, (components, shared), ["owner", *source, "prompt"], ["notice"])
    components.menu.click(**keywords, js=with_owner(), **QUIET, **MODEL_QUEUE)


def adapter_source(shown: Any, loaded: bytes | None, kind: str, text: str, pairs: str) -> AdapterSource:
    """The loaded adapter, or else that of the run on the page. Raises PlaygroundError if there is neither.

    shown: the value of the run's view.
    """
    run = run_of_value(shown)
    if loaded is not None:
        return finetune_eval.adapter_of_file(loaded, kind, pairs if kind == "pairs" else text)
    if not run:
        raise PlaygroundError(say("train.fine_tuning.before_after.no_model"))
    return finetune_eval.adapter_of_run(run)


def on_compare(
    shown: Any, loaded: bytes | None, kind: str, text: str, pairs: str, prompt: str, seed: Any
) -> Iterator[Update]:
    """Compare, showing each part once it is computed. Raises PlaygroundError."""
    source = adapter_source(shown, loaded, kind, text, pairs)
    for comparison in finetune_eval.compare(source, prompt, seed):
        done = notice(say("train.fine_tuning.before_after.compared", name=source.name), "ok")
        note = notice(comparison.doing) if comparison.doing else done
        yield {"view": before_after_value(comparison), "notice": note}


def on_download(shown: Any, loaded: bytes | None, kind: str, text: str, pairs: str) -> Update:
    """The adapter as a file for the page to save. Errors become notices, without a file."""
    try:
        name, content = finetune_eval.adapter_zip(adapter_source(shown, loaded, kind, text, pairs))
    except PlaygroundError as error:
        return {"file": "", "notice": error_notice(error)}
    encoded = base64.b64encode(content).decode()
    sentence = say("train.fine_tuning.before_after.downloaded", file=name, bytes=len(content))
    return {
        "file": json.dumps({"name": name, "base64": encoded, "type": "application/zip"}),
        "notice": notice(sentence, "ok"),
    }


def on_load(path: str | None, kind: str, text: str, pairs: str) -> Update:
    """Read an adapter's file, and delete it. Errors become notices, and the adapter loaded before stays."""
    try:
        content = _content(path)
        source = finetune_eval.adapter_of_file(content, kind, pairs if kind == "pairs" else text)
    except PlaygroundError as error:
        return {"load": None, "notice": error_notice(error)}
    sentence = say("train.fine_tuning.before_after.loaded", name=source.name)
    return {"loaded": content, "load": None, "notice": notice(sentence, "ok")}


def _content(path: str | None) -> bytes:
    if not path:
        raise PlaygroundError(say("train.fine_tuning.before_after.no_file"))
    try:
        with Path(path).open("rb") as file:
            return file.read(finetune_eval.LARGEST_FILE + 1)
    except OSError:
        raise PlaygroundError(say("train.fine_tuning.before_after.file_gone")) from None
    finally:
        Path(path).unlink(missing_ok=True)


def on_menu(
    owner: str, shown: Any, loaded: bytes | None, kind: str, text: str, pairs: str, prompt: str
) -> Iterator[Update]:
    """Merge the adapter into a model for the menus of the other tabs, and link to it. Raises PlaygroundError."""
    yield {"notice": notice(say("train.fine_tuning.before_after.merging"))}
    run = run_of_value(shown)
    if loaded is None and run:
        finetune_eval.check_owner(run, owner)
    source = adapter_source(shown, loaded, kind, text, pairs)
    name = finetune_eval.add_to_menu(source, owner)
    mode = "chat" if source.dataset == "pairs" else "completion"
    query = {"tab": "text", "model": name, "mode": mode, "prompt": prompt[:500]}
    link = {
        "title": say("train.language_model.open_in_text"),
        "query": urlencode({key: value for key, value in query.items() if value}),
    }
    yield {"notice": notice_with_links(say("train.tab.added", title=finetune_eval.menu_title(source)), [link])}


def before_after_value(comparison: FinetuneComparison) -> dict[str, Any]:
    """A comparison for its view."""
    if comparison.apart is None:
        return {"empty": say("train.fine_tuning.before_after.empty")}
    before, after = comparison.texts or (None, None)
    prompt, vocabulary, share = comparison.prompt, comparison.vocabulary, comparison.apart
    return {
        "scores": [
            _scores(
                say("train.fine_tuning.before_after.new"),
                comparison.new,
                say("train.fine_tuning.before_after.learned"),
                say("train.fine_tuning.before_after.not_learned"),
            ),
            _scores(
                say("train.fine_tuning.before_after.old"),
                comparison.old,
                say("train.fine_tuning.before_after.improved"),
                say("train.fine_tuning.before_after.forgot"),
            ),
        ],
        "asked": say("train.fine_tuning.before_after.moved_text", prompt=prompt, vocabulary=vocabulary, share=share),
        "rose": [vars(one) for one in comparison.rose],
        "fell": [vars(one) for one in comparison.fell],
        "before": before,
        "after": after,
    }


def _scores(
    name: str, pair: tuple[HeldOutScore, HeldOutScore | None] | None, better: str, worse: str
) -> dict[str, Any]:
    before, after = pair or (None, None)
    if before is None or after is None:
        return {"name": name, "before": before and before.perplexity, "after": None, "note": "…"}
    found, change = finetune_scores.judge_change(before, after)
    words = {
        finetune_scores.BETTER: better, finetune_scores.WORSE: worse,
        finetune_scores.UNCHANGED: say("train.fine_tuning.before_after.unchanged"),
        finetune_scores.CANNOT_TELL: say("bias_texts.verdicts.cannot_tell"),
    }  # fmt: skip
    bits = {"before": before.bits, "after": after.bits, "tokens": before.tokens}
    note = say("train.fine_tuning.before_after.bits", verdict=words[found], **bits)
    if not math.isnan(change.low):
        ends = {"low": math.exp(change.low), "high": math.exp(change.high)}
        note = say("train.fine_tuning.before_after.interval", bits=note, **ends)
    return {"name": name, "before": before.perplexity, "after": after.perplexity, "note": note}
