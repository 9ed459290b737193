"""The endpoints of the API: the parameters that programs count on, and how a function becomes an endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter
from types import ModuleType

import gradio as gr
import pytest

from playground.core.errors import PlaygroundError
from playground.page import TABS
from playground.panels.endpoints import endpoints
from playground.ui.endpoint import Endpoint, endpoint, endpoints_in

FIRST = "temperature=0.8, top_k=50, top_p=0.95, min_p=0.0, typical_p=1.0, repetition_penalty=1.0"
LATER = (
    "logit_bias='', presence_penalty=0.0, frequency_penalty=0.0, dry_multiplier=0.0, dry_base=1.75, "
    "dry_allowed_length=2, top_n_sigma=0.0, top_a=0.0, epsilon_cutoff=0.0, eta_cutoff=0.0, top_h=1.0, "
    "xtc_probability=0.0, xtc_threshold=0.1, mirostat_tau=0.0, mirostat_eta=0.1, stage_order='', pattern=''"
)
MODEL = "model='smollm2-135m-instruct'"
FAN = (
    r"templates='{} was late because _\n"
    r"{} was tired because _\n"
    r"{} smiled, and then _\n"
    r"{} went home when _\n"
    r"{} said that _\n"
    r"When {} came in, _\n"
    r"I asked {} whether _\n"
    r"Yesterday {} told me that _'"
)
#: Name -> parameters with their defaults, as released. More may follow at the end; these keep their names, places and
#: defaults, so that calls by name and by position stay valid.
RELEASED = {
    "generate": (
        f"prompt, mode='completion', {MODEL}, {FIRST}, max_new_tokens=64, seed=0, forced=[], system='', "
        f"decoder='auto', {LATER}"
    ),
    "chat": f"messages, {MODEL}, {FIRST}, max_new_tokens=64, seed=0, stop=[], forced=[], decoder='auto', {LATER}",
    "endings": (
        f"prompt, count=8, mode='completion', {MODEL}, {FIRST}, max_new_tokens=24, seed=0, system='', decoder='auto', "
        f"{LATER}"
    ),
    "next_token": f"text, {MODEL}, {FIRST}, decoder='auto', {LATER}",
    "tokenize": f"text, {MODEL}",
    "score_text": f"text, {MODEL}, decoder='auto'",
    "models": "",
    "sample_images": "model='gan-avatars', count=4, seed=0, condition='any', settings=None",
    "nearest": "image, dataset='avatars'",
    "image_models": "",
    "denoise": "model='diffusion-avatars', seed=0, condition='any', settings=None",
    "reconstruct": "image, model='vae-avatars', condition='any'",
    "arithmetic": "model='vae-avatars', a='3', b='5', c='7', strength=1.0, settings=None",
    "read_space": "model='vae-avatars', dimension=None, base='middle', condition='any'",
    "direction": "model='vae-avatars', attribute='glasses', strength=1.0, seed=0, start=''",
    "interpolate": (
        "model='gan-avatars', endpoints='3, 17', frames=24, method='slerp', loop=False, file='gif', settings=None"
    ),
    "decode": "model='gan-avatars', z=None, condition='any'",
    "latent_map": "model='vae-avatars', projection='pca'",
    "latent_place": "model='vae-avatars', projection='pca', x=0, y=0, condition='any'",
    "word_arithmetic": "plus='king, woman', minus='man', count=10, model='glove', candidates=None",
    "compare_sentences": (
        f"a='In winter, people like to eat _', b='In summer, people like to eat _', {MODEL}, words=None, count=50"
    ),
    "template_fan": f"{FAN}, a='the nurse', b='the engineer', words_1='she', words_2='he', {MODEL}, controls='people'",
    "weat": (
        "test=None, targets_x=None, targets_y=None, attributes_a=None, attributes_b=None, "
        "embedding='glove-6b-50d', alternative='greater'"
    ),
    "crows_pairs": f"{MODEL}, rule='sum', category='all', limit=0, decoder='auto'",
    "translate": "text='', direction='en-pt', beams=1",
    "image_audit": "model='gan-avatars', count=1000, seed=0, attribute=None",
    "runs": "owner=''",
    "run_samples": "run='', step=None",
    "train": "family='gan', dataset='ring', settings=None, owner=''",
}


def signature(one: Endpoint) -> str:
    parameters = one.parameters.values()
    return ", ".join(
        item.name if item.default is Parameter.empty else f"{item.name}={item.default!r}" for item in parameters
    )


def test_the_released_parameters_keep_their_names_places_and_defaults() -> None:
    now = {one.name: signature(one) for tab in TABS for one in endpoints(tab.NAME)}
    assert now.keys() >= RELEASED.keys()
    for name, released in RELEASED.items():
        assert now[name] == released or now[name].startswith(f"{released}, ") or not released, name


def test_each_endpoint_has_a_name_of_its_own_and_a_description() -> None:
    names = [one.name for tab in TABS for one in endpoints(tab.NAME)]
    assert len(names) == len(set(names))
    assert all(one.description and one.name == one.function.__name__.removeprefix("api_")
               for tab in TABS for one in endpoints(tab.NAME))  # fmt: skip


def test_a_function_or_a_stream_becomes_an_endpoint_whose_errors_are_sentences() -> None:
    @endpoint("half")
    def half(number: int = 1) -> float:
        """Half of a number."""
        return 1 / number

    @endpoint("count", queue=False)
    def count(most: int) -> Iterator[int]:
        yield most
        raise PlaygroundError("Enough <b>.")

    module = ModuleType(__name__)
    vars(module).update(half=half, count=count, other=signature)
    one, two = endpoints_in(module)
    assert (one.name, one.description, signature(one)) == ("half", "Half of a number.", "number=1")
    assert two.name == "count" and two.queue == {"queue": False} and one.queue["concurrency_id"] == "model"
    assert half(4) == 0.25
    with pytest.raises(gr.Error, match="ZeroDivisionError"):
        half(0)
    stream = count(3)
    assert next(stream) == 3
    with pytest.raises(gr.Error, match="Enough &lt;b&gt;"):
        next(stream)
