"""Merge a LoRA adapter into its base model: W + alpha / rank * B A, in bfloat16, as a folder of the zoo.

The folder is beside those of Hub models, under tuned/NAME, so every menu of language models lists it.
"""

from __future__ import annotations

import shutil

import torch

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.core.files import explain_disk_errors, file_lock
from playground.training.lora import open_base
from playground.training.lora_adapter import LoraAdapter, apply_adapter
from playground.zoo import fetch, model_files, user_models
from playground.zoo.catalogue import card_of

MOST_TUNED = 8
_COPIED = (
    "chat_template.jinja", "generation_config.json", "special_tokens_map.json", "tokenizer.json",
    "tokenizer_config.json", "vocab.json", "merges.txt", "added_tokens.json",
)  # fmt: skip


def merge_into_menu(adapter: LoraAdapter, name: str, title: str, owner: str) -> None:
    """Write the folder of the model `name` ("tuned/…"), unless it exists. title: for people.

    owner: browser token that may remove it.

    Raises PlaygroundError if the adapter does not fit, if there are MOST_TUNED already, or if the disk is full.
    """
    folder = fetch.hub_folder(name)
    if model_files.is_complete(folder):
        return
    others = [path for path in folder.parent.glob("tuned--*") if model_files.is_complete(path)]
    if len(others) >= MOST_TUNED:
        raise PlaygroundError(say("train.runs.models.too_many", count=len(others)))
    card = card_of(adapter.base)
    user_models.check_room(owner, 2 * card.parameters)  # bytes: bfloat16
    base, _ = open_base(adapter.base)
    merged = apply_adapter(adapter, base).merge_and_unload().to(torch.bfloat16)
    with file_lock(folder), explain_disk_errors(folder):
        unfinished = model_files.new_unfinished_folder(folder)
        try:
            merged.save_pretrained(unfinished, max_shard_size="1000GB")
            for file in _COPIED:
                if (fetch.folder_of(card) / file).exists():
                    shutil.copyfile(fetch.folder_of(card) / file, unfinished / file)
            model_files.write_record(unfinished, model_files.MODEL_RECORD, _facts(adapter, name))
            with user_models.menu_lock():
                user_models.check_room(owner, 2 * card.parameters)  # another model may have been added meanwhile
                user_models.record_owner(name, title, owner)
                model_files.replace_folder(unfinished, folder)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)


def _facts(adapter: LoraAdapter, name: str) -> dict[str, object]:
    card = card_of(adapter.base)
    return {
        "name": name,
        "licence": card.licence,
        "parameters": card.parameters,
        "tuned_from": adapter.base,
        "tuned_with": {key: value for key, value in adapter.facts.items() if key != "settings"},
    }
