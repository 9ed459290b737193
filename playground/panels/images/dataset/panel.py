"""Data: the pictures that the models learned from, by label, down to the numbers of a pixel."""

from __future__ import annotations

from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.images.dataset_browser import SPLITS, DatasetPage, browse_dataset, dataset_attributes, dataset_names
from playground.images.image_request import ANY
from playground.ui.events import FOLLOWS, MODEL_QUEUE
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.panel_intro import lead
from playground.ui.picture_views import card_view, pack, sheet_view

_SKIP: Any = gr.skip()


def on_dataset(dataset: str) -> tuple[Any, Any]:
    """(attribute, word) for another data set."""
    attributes = dataset_attributes(dataset)
    first = next(iter(attributes))
    return gr.Dropdown(choices=list(attributes), value=first), gr.Dropdown(choices=[ANY, *attributes[first]], value=ANY)


def on_attribute(dataset: str, attribute: str) -> Any:
    """The words of another attribute."""
    return gr.Dropdown(choices=[ANY, *dataset_attributes(dataset).get(attribute, ())], value=ANY)


def on_browse(dataset: str, attribute: str, word: str, part: str, number: float) -> tuple[Any, Any, Any, Any, Any]:
    """(page, sheet, balance, page number, notice)."""
    try:
        page = browse_dataset(dataset, attribute, word, part, int(number or 1))
    except PlaygroundError as error:
        return _SKIP, _SKIP, _SKIP, _SKIP, notice(str(error), "error")
    items = [
        {"label": words[attribute], "words": f"Picture {row}: " + ", ".join(f"{k} {v}" for k, v in words.items())}
        for row, words in zip(page.rows.tolist(), page.words, strict=True)
    ]
    value = pack(page.pictures) | {"items": items, "done": True, "chosen": None, "empty": "No picture has this label."}
    slider = gr.Slider(value=page.number, maximum=max(2, page.pages))
    said = f"{page.found:,} pictures. {page.origin} Licence: {page.licence}."
    return page, value, balance(page), slider, notice(said)


def balance(page: DatasetPage) -> dict[str, Any]:
    """How often each label comes, as facts with bars of text."""
    total, most = max(1, sum(page.balance.values())), max(1, *page.balance.values())
    rows = [
        {"name": word, "text": f"{'█' * -(-12 * count // most)} {count:,} ({count / total:.1%})"}
        for word, count in sorted(page.balance.items(), key=lambda item: -item[1])
    ]
    return {"rows": rows}


def on_pick(page: DatasetPage | None, event: gr.EventData) -> Any:
    """The card of a real picture."""
    index = int(event._data["index"])
    if page is None or not 0 <= index < len(page.pictures):
        return _SKIP
    rows = [{"name": name, "text": word} for name, word in page.words[index].items()]
    return {
        "title": f"Picture {page.rows[index]:,} of {page.title}",
        "packed": pack(page.pictures[index : index + 1]),
        "rows": rows,
        "actions": [],
    }


def build_data(room: gr.Tab) -> None:
    """The panel. room: its tab; opening it shows a page."""
    lead(
        "The real pictures that the models on the left learned from, with their labels.",
        "Filter by a label, choose a picture, and point at its pixels to see the numbers that a net is given.",
        "A model repeats its data: what is rare here it draws rarely, what is missing it cannot draw.",
    )
    names = dataset_names()
    first = dataset_attributes(names[0])
    attribute_name = next(iter(first))
    with gr.Row():
        dataset = gr.Dropdown(names, value=names[0], label="Data set", elem_id="data-set")
        attribute = gr.Dropdown(list(first), value=attribute_name, label="Label", elem_id="data-attribute")
        word = gr.Dropdown([ANY, *first[attribute_name]], value=ANY, label="is", elem_id="data-word")
        part = gr.Dropdown(list(SPLITS), value=SPLITS[0], label="Part", elem_id="data-part")
    number = gr.Slider(1, 2, value=1, step=1, label="Page", elem_id="data-page")
    with gr.Row(elem_classes="pg-actions"):
        look = gr.Button("Show", variant="primary", elem_id="data-show")
    note = notice_view(elem_id="data-notice")
    page = gr.State(None)
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            thumbs = sheet_view(elem_id="data-sheet")
        with gr.Column(scale=2, min_width=280):
            one = card_view(elem_id="data-card")
            with gr.Accordion("How often each label comes", open=True):
                counts = facts_view(elem_id="data-balance")
    asked = [dataset, attribute, word, part, number]
    outputs = [page, thumbs, counts, number, note]
    shown: dict[str, Any] = {"inputs": asked, "outputs": outputs, **FOLLOWS, **MODEL_QUEUE}
    dataset.input(on_dataset, dataset, [attribute, word], **FOLLOWS).then(on_browse, **shown)
    attribute.input(on_attribute, [dataset, attribute], word, **FOLLOWS).then(on_browse, **shown)
    gr.on([room.select, word.input, part.input, number.release, look.click], on_browse, **shown)
    thumbs.pick(on_pick, page, one, **FOLLOWS)
