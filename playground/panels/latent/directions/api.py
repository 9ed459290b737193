"""The named endpoint of the panel Directions, for programs."""

from __future__ import annotations

from typing import Any

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError
from playground.latent import attribute_edit
from playground.latent.directions import Directions
from playground.ui.api_errors import png_uri
from playground.ui.endpoint import endpoint
from playground.ui.fair_turn import last_step


@endpoint("direction")
def api_direction(
    model: str = "vae-avatars", attribute: str = "glasses", strength: float = 1.0, seed: int = 0, start: str = ""
) -> dict[str, Any]:
    """Moves a picture: {"before", "after": png, "read": {attribute: [before, after]}, "accuracy", "best", "z", …}.

    attribute: a label ("glasses"), a word of one ("hair colour=blond"), or a component ("pc1").  strength: -5 to 5.
    seed: to start from; start: "row:12", a picture of the data, or "z:…", instead of the seed.
    accuracy: how well a threshold on the direction separates held-out pictures, chance is 0.5; None for a component.
    best: the same for a logistic regression; None for a component, and for a GAN with a condition.
    z: the point of `after`; for a GAN, z followed by the share of each value of the condition.
    "z_alone": the accuracy from z alone; "correlation": of a component with z.
    """
    if start and seed:
        raise PlaygroundError(say("latent.directions.errors.seed_and_start"))
    directions = last_step(attribute_edit.find_directions(model))
    assert isinstance(directions, Directions)
    direction = directions.direction(attribute)
    edit = attribute_edit.apply_edit(model, "any", start or f"seed:{seed}", {direction.key: strength})
    interval, alone = direction.accuracy, direction.z_alone
    return {
        "before": png_uri(edit.before),
        "after": png_uri(edit.after),
        "read": {name: list(words) for name, words in edit.labels.items()},
        "accuracy": None if interval is None else [interval.value, interval.low, interval.high],
        "best": direction.best,
        "z_alone": None if alone is None else [alone.value, alone.low, alone.high],
        "correlation": direction.correlation,
        "share": direction.share,
        "z": edit.point.tolist(),
    }
