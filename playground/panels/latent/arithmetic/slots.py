"""The slots of Arithmetic: the pictures in A, B and C, put in and taken out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import gradio as gr

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.image_upload import fit_by_steps, read_upload
from playground.images.image_request import parse_condition
from playground.images.model_menu import image_model_facts
from playground.latent import arithmetic
from playground.latent.arithmetic import SLOTS, ArithmeticRequest
from playground.latent.endpoints import pack_point
from playground.latent.nearest_pictures import example_request
from playground.latent.picture_refs import format_picture_refs
from playground.latent.vae_encoder import encode
from playground.panels.latent.shared import condition_text
from playground.ui.event_data import event_values
from playground.ui.events import Update
from playground.ui.messages import error_notice
from playground.ui.notice import notice

#: (model, A, B, C), the slots as in a link; None before the first visit.
Slots = tuple[str, str, str, str] | None


def slots_of(request: ArithmeticRequest) -> tuple[str, str, str, str]:
    """The slots as the state holds them."""
    a, b, c = map(format_picture_refs, request.slots)
    return request.model, a, b, c


def shown_slots(slots: Slots, model: str) -> tuple[str, str, str, str]:
    """The slots; with the stored sum that the panel opens on, those of the model's first example."""
    return slots_of(example_request(model)) if slots is None else slots


def on_put(slots: Slots, model: str, event: gr.EventData) -> Update:
    """Adds a picture to a slot."""
    data = event_values(event)
    return {"slots": put(slots, model, str(data.get("slot")), data.get("item")), "notice": None, "read": None}


def put(slots: Slots, model: str, slot: str, item: object) -> tuple[str, str, str, str]:
    """The slots with one more picture. Raises PlaygroundError if it does not fit or is in the slot already."""
    present = shown_slots(slots, model)
    texts = list(present[1:]) if present[0] == model else ["", "", ""]
    if slot not in SLOTS:
        raise PlaygroundError(say("latent.arithmetic.no_slot", slot=slot[:20]))
    index = SLOTS.index(slot)
    items = [part for part in texts[index].split(",") if part]
    if item in items:
        raise PlaygroundError(say("latent.arithmetic.already_in", slot=slot))
    if len(items) >= arithmetic.MAX_ITEMS:
        raise PlaygroundError(say("latent.arithmetic.slot_full", slot=slot, most=arithmetic.MAX_ITEMS))
    request = arithmetic.read_arithmetic(model, {slot.lower(): [*items, item]})
    texts[index] = format_picture_refs(request.slots[index])
    return model, texts[0], texts[1], texts[2]


def on_remove(slots: Slots, model: str, event: gr.EventData) -> Update:
    """Removes a picture from a slot, if it is still there."""
    slot, item = event_values(event).get("slot"), event_values(event).get("item")
    if slot not in SLOTS:
        return {}
    slots = shown_slots(slots, model)
    texts = list(slots[1:])
    index = SLOTS.index(slot)
    texts[index] = ",".join(part for part in texts[index].split(",") if part != item)
    return {"slots": (slots[0], *texts), "notice": None, "read": None}


def on_empty(model: str) -> Update:
    """Empties all slots."""
    return {"slots": (model, "", "", ""), "read": None}


def on_upload(slot: str, path: str | None, model: str, condition: Sequence[str] | None, slots: Slots) -> Update:
    """Encodes a visitor's picture into a slot. The file is deleted at once; the picture is not kept.

    The outcome is said beside the buttons, and above the slots, onto which a file may have been dropped.
    """
    if path is None:
        raise PlaygroundError(say("shared.upload.none"))
    try:
        facts, upload = image_model_facts(model), read_upload(path)
        fitted = fit_by_steps(upload.picture, facts.side, facts.channels)
        mean, _ = encode(fitted.resized[None], model, parse_condition(facts, condition_text(condition)))
        slots = put(slots, model, slot, pack_point(mean[0].tolist()))
        read = say("shared.upload.read", steps=fitted.words(upload.notes))
        outcome = notice(f"{say('latent.arithmetic.picker.uploaded', slot=slot)} {read}", "ok")
        return {"slots": slots, "notice": outcome, "read": outcome}
    except PlaygroundError as error:
        return {"notice": error_notice(error), "read": error_notice(error)}
    finally:
        Path(path).unlink(missing_ok=True)
