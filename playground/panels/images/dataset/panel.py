"""Data: the pictures that the models were trained on, by label, down to pixel values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.core.validation import parse_choice, parse_int
from playground.images.dataset_browser import (
    SPLITS,
    DatasetPage,
    browse_dataset,
    dataset_attributes,
    dataset_names,
    dataset_value,
    page_count,
    rarest_label,
)
from playground.images.image_request import ANY
from playground.panels.images.shared import ImagesShared, query_of
from playground.ui.event_data import event_values
from playground.ui.events import FOLLOWS, Update, call
from playground.ui.notice import facts_view, notice, notice_view
from playground.ui.panel_intro import introduction
from playground.ui.panel_protocol import Example, Panel
from playground.ui.picture_views import card_view, pack, sheet_view
from playground.ui.result_settings import result_settings

NAME = "dataset"
FORMER_NAMES = ("data",)
#: The label that the panel opens on: few avatars wear a hat.
FIRST_ATTRIBUTE = "hat"
#: Names of the components that choose a page: the arguments of on_browse.
FILTERS = ("dataset", "attribute", "value", "split", "page_number")


@dataclass(frozen=True)
class DatasetComponents:
    """page: gr.State of DatasetPage | None."""

    dataset: gr.Dropdown
    attribute: gr.Dropdown
    value: gr.Dropdown
    split: gr.Dropdown
    page_number: gr.Slider
    page: gr.State
    thumbnails: gr.HTML
    label_counts: gr.HTML
    card: gr.HTML
    notice: gr.HTML
    query: gr.Textbox


def on_dataset(dataset: str) -> Update:
    """Lists the attributes of another data set."""
    attributes = dataset_attributes(dataset)
    first = next(iter(attributes))
    values = gr.Dropdown(choices=[ANY, *attributes[first]], value=ANY)
    return {"attribute": gr.Dropdown(choices=list(attributes), value=first), "value": values}


def on_attribute(dataset: str, attribute: str) -> Update:
    """Lists the values of another attribute."""
    values = dataset_attributes(dataset).get(attribute, ())
    return {"value": gr.Dropdown(choices=[ANY, *values], value=ANY)}


def on_browse(dataset: str, attribute: str, value: str, split: str, page_number: float) -> Update:
    """Shows the page of pictures that the filters choose."""
    page = browse_dataset(dataset, attribute, value, split, int(page_number or 1))
    items = []
    for row, labels in zip(page.rows.tolist(), page.labels, strict=True):
        words = ", ".join(f"{name} {label}" for name, label in labels.items())
        items.append({"label": labels[attribute], "words": say("images.dataset.picture", row=row, labels=words)})
    empty = say("images.dataset.empty")
    summary = say("images.dataset.summary", count=page.total, origin=page.origin, licence=page.licence)
    settings = {"panel": NAME, "dataset": dataset, "attribute": attribute, "value": value, "split": split}
    return {
        "page": page,
        "thumbnails": pack(page.pictures) | {"items": items, "done": True, "chosen": None, "empty": empty},
        "label_counts": label_counts_value(page),
        "page_number": gr.Slider(value=page.page, maximum=max(2, page.page_count)),
        "notice": notice(f"{_balance(page)} {summary}"),
        "query": query_of(Recipe("images", "", "", 0, {**settings, "page": page.page})),
    }


def _balance(page: DatasetPage) -> str:
    """How uneven the labels are: the most frequent and the rarest, with their shares."""
    total = max(1, sum(page.label_counts.values()))
    ordered = sorted(page.label_counts.items(), key=lambda item: item[1])
    (rarest, least), (commonest, most) = ordered[0], ordered[-1]
    shares = {"most": most / total, "least": least / total}
    return say("images.dataset.balance", commonest=commonest, rarest=rarest, **shares)


def label_counts_value(page: DatasetPage) -> dict[str, Any]:
    """Label frequencies for the facts view, with bars of text."""
    counts = page.label_counts
    total, most = max(1, sum(counts.values())), max(1, *counts.values())
    rows = []
    for label, count in sorted(counts.items(), key=lambda item: -item[1]):
        bar = "█" * -(-12 * count // most)
        text = say("images.dataset.label_count", bar=bar, count=count, share=count / total)
        rows.append({"name": label, "text": text})
    return {"rows": rows}


def on_pick(
    page: DatasetPage | None, dataset: str, attribute: str, value: str, split: str, page_number: float,
    event: gr.EventData,
) -> Update:  # fmt: skip
    """Shows the card of the chosen picture; of a stored page, its pictures are loaded now."""
    index = event_values(event).number("index")
    page = page or browse_dataset(dataset, attribute, value, split, int(page_number or 1))
    if not 0 <= index < len(page.pictures):
        return {}
    card = {
        "title": say("images.dataset.card", row=page.rows[index], title=page.title),
        "packed": pack(page.pictures[index : index + 1]),
        "rows": [{"name": name, "text": label} for name, label in page.labels[index].items()],
        "actions": [],
    }
    name, label, share = rarest_label(dataset, page.labels[index])
    return {
        "card": card,
        "page": page,
        "notice": notice(say("images.dataset.rarest", name=name, label=label, share=share)),
    }


def restore(recipe: Recipe) -> Update:
    """Sets the filters and the page number to those of a link."""
    settings, names = recipe.settings, dataset_names()
    dataset = parse_choice(settings.get("dataset", names[0]), names, "dataset")
    attributes = dataset_attributes(dataset)
    attribute = parse_choice(settings.get("attribute", next(iter(attributes))), list(attributes), "attribute")
    values = [ANY, *attributes[attribute]]
    value = dataset_value(attribute, str(settings.get("value", ANY)))
    number = parse_int(settings.get("page", 1), 1, 10**6, say("images.dataset.bad_page"))
    return {
        "dataset": dataset,
        "attribute": gr.Dropdown(choices=list(attributes), value=attribute),
        "value": gr.Dropdown(choices=values, value=parse_choice(value, values, "value")),
        "split": parse_choice(settings.get("split", SPLITS[0]), SPLITS, "split"),
        "page_number": gr.Slider(value=number, maximum=max(2, number)),
    }


def build(item: gr.Tab, shared: ImagesShared) -> Panel:
    """Builds and connects the panel."""
    introduction("images.dataset")
    names = dataset_names()
    attributes = dataset_attributes(names[0])
    first = FIRST_ATTRIBUTE
    with gr.Column(elem_classes="pg-asks"):
        with gr.Row():
            dataset = gr.Dropdown(names, value=names[0], label=say("images.dataset.name"), elem_id="dataset-name")
            attribute = gr.Dropdown(
                list(attributes), value=first, label=say("shared.label"), elem_id="dataset-attribute"
            )
            value = gr.Dropdown(
                [ANY, *attributes[first]], value=ANY, label=say("images.dataset.value"), elem_id="dataset-value"
            )
            split = gr.Dropdown(
                list(SPLITS), value=SPLITS[0], label=say("images.dataset.split"), elem_id="dataset-split"
            )
        page_number = gr.Slider(
            1, page_count(names[0]), value=1, step=1, label=say("images.dataset.page"), elem_id="dataset-page"
        )
        with gr.Row(elem_classes="pg-actions"):
            show = gr.Button(say("images.dataset.run"), variant="primary", elem_id="dataset-run")
    note = notice_view(elem_id="dataset-notice")
    with gr.Row():
        with gr.Column(scale=3, min_width=320):
            thumbnails = sheet_view(elem_id="dataset-sheet")
        with gr.Column(scale=2, min_width=280):
            card = card_view(elem_id="dataset-card")
            with gr.Accordion(say("images.dataset.label_counts"), open=True):
                label_counts = facts_view(elem_id="dataset-label-counts")
    components = DatasetComponents(
        dataset=dataset, attribute=attribute, value=value, split=split, page_number=page_number, page=gr.State(None),
        thumbnails=thumbnails, label_counts=label_counts, card=card, notice=note,
        query=gr.Textbox(visible="hidden", elem_id="images-dataset-query"),
    )  # fmt: skip
    other_dataset = dataset.input(**call(on_dataset, components, ["dataset"], ["attribute", "value"]), **FOLLOWS)
    other_attribute = attribute.input(**call(on_attribute, components, ["dataset", "attribute"], ["value"]), **FOLLOWS)
    thumbnails.pick(**call(on_pick, components, ["page", *FILTERS], ["card", "page", "notice"]), **FOLLOWS)
    filters = {name: getattr(components, name) for name in FILTERS}
    return Panel(
        NAME, item, components, restore=restore, restored=FILTERS, example=Example(),
        result=result_settings(filters, [thumbnails, label_counts], follows=True),
        draw=on_browse, draw_inputs=FILTERS,
        drawn=("page", "thumbnails", "label_counts", "page_number", "notice", "query"),
        redraw_on=(
            other_dataset.then, other_attribute.then, value.input, split.input, page_number.release, show.click
        ),
    )  # fmt: skip
