"""The settings of a training on pictures that may be swapped while it runs, as controls, one group for each family."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gradio as gr

from playground.core.errors import PlaygroundError
from playground.core.validation import parse_number
from playground.experiments.run_status import in_force, lines_of

FAMILIES = [("GAN", "gan"), ("VAE", "vae"), ("Diffusion", "diffusion")]
DATA = [("Faces, 16 × 16", "avatars"), ("Fashion, 28 × 28", "fashion"), ("My own", "folder")]
_OPTIMIZERS = [("SGD", "sgd"), ("SGD with momentum", "momentum"), ("Adam", "adam"), ("AdamW", "adamw")]
_LOSSES = [
    ("non-saturating", "non-saturating"), ("saturating, as first written", "saturating"), ("hinge", "hinge"),
    ("least squares", "least squares"), ("WGAN-GP", "wgan-gp"),
]  # fmt: skip


@dataclass(frozen=True)
class Swap:
    """A setting. choices: of a word; none for a number.  info: what it does, in a line."""

    name: str
    title: str
    start: Any
    choices: tuple[tuple[str, str], ...] = ()
    info: str = ""


_RATE = "How long a step is."
SWAPS: dict[str, tuple[Swap, ...]] = {
    "gan": (
        Swap("loss", "Loss", "non-saturating", tuple(_LOSSES), "What both nets play for."),
        Swap("penalty", "Penalty on D's slope", 1.0, (), "1 is usual; 0 lets D be as sure as it likes."),
        Swap("spread", "Wish for variety", 0.05, (), "Above 0: two noises are to give two pictures."),
        Swap("d_updates", "D's updates a round", 1),
        Swap("g_updates", "G's updates a round", 1),
        Swap("d_optimizer", "D's optimizer", "adam", tuple(_OPTIMIZERS)),
        Swap("d_rate", "D's learning rate", 0.001, (), _RATE),
        Swap("g_optimizer", "G's optimizer", "adam", tuple(_OPTIMIZERS)),
        Swap("g_rate", "G's learning rate", 0.001, (), _RATE),
    ),
    "vae": (
        Swap("beta", "β, the weight of the KL term", 1.0, (), "1 is the true bound; more squeezes the code."),
        Swap("optimizer", "Optimizer", "adam", tuple(_OPTIMIZERS)),
        Swap("rate", "Learning rate", 0.002, (), _RATE),
    ),
    "diffusion": (
        Swap("optimizer", "Optimizer", "adamw", tuple(_OPTIMIZERS)),
        Swap("rate", "Learning rate", 0.002, (), _RATE),
    ),
}
#: Of all families' controls together.
COUNT = sum(map(len, SWAPS.values()))
_WHOLE = ("d_updates", "g_updates")


@dataclass(frozen=True)
class Swaps:
    """group: of one family, seen if it is chosen.  components: in the order of SWAPS."""

    group: gr.Group
    components: tuple[Any, ...]


def build_swaps() -> dict[str, Swaps]:
    """The controls of every family; the first one's are seen."""
    built = {}
    for place, (family, swaps) in enumerate(SWAPS.items()):
        with gr.Group(visible=place == 0, elem_id=f"train-swaps-{family}") as group, gr.Row():
            components = tuple(_component(family, swap) for swap in swaps)
        built[family] = Swaps(group, components)
    return built


def _component(family: str, swap: Swap) -> Any:
    named: dict[str, Any] = {
        "label": swap.title, "info": swap.info or None, "elem_id": f"train-{family}-{swap.name}", "min_width": 230,
    }  # fmt: skip
    if swap.choices:
        return gr.Dropdown(list(swap.choices), value=swap.start, **named)
    return gr.Number(swap.start, **named)


def settings_of(family: str, values: Sequence[Any]) -> dict[str, Any]:
    """The family's settings, from the values of all families' controls in their order. Raises PlaygroundError."""
    if family not in SWAPS:
        raise PlaygroundError(f"“{str(family)[:40]}” is no family here: choose one of {', '.join(SWAPS)}.")
    found: dict[str, Any] = {}
    given = iter(values)
    for name, swaps in SWAPS.items():
        for swap, value in zip(swaps, given, strict=False):
            if name == family:
                found[swap.name] = value if swap.choices else _number(swap, value)
    return found


def values_of(run: str, family: str) -> list[Any]:
    """What a run's own settings are now, for all families' controls in their order; the others' stay."""
    return [
        in_force(run, swap.name) if name == family else gr.skip() for name, swaps in SWAPS.items() for swap in swaps
    ]


def _number(swap: Swap, value: Any) -> float | int:
    number = parse_number(value, f"“{swap.title}” must be a number")
    return int(number) if swap.name in _WHOLE and number == int(number) else number


#: What a number of the curves is called on the page; those that are left out stay in the CSV.
CURVES: dict[str, dict[str, str]] = {
    "gan": {
        "discriminator": "D's loss", "generator": "G's loss",
        "told_apart": "Pairs that D ranks rightly (0.5: by chance)",
        "gradient": "Length of G's gradient", "train": "Mean score of training pictures",
        "held_out": "Mean score of held-out pictures",
    },
    "vae": {
        "bits": "The bound, in bits a pixel and channel", "kl": "What the code tells, in nats",
        "train": "The bound on fixed training pictures", "held_out": "The bound on held-out pictures",
        "gradient": "Length of the gradient",
    },
    "diffusion": {
        "v": "Squared error of v", "train": "On fixed training pictures", "held_out": "On held-out pictures",
        "gradient": "Length of the gradient",
    },
}  # fmt: skip


def curves_of(run: str, family: str) -> dict[str, Any]:
    """The curves' value for a run, and for its parent if it is a fork."""
    titles = CURVES.get(family, {})
    return {"runs": lines_of(run), "show": list(titles), "titles": titles}
