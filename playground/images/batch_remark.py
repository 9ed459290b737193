"""What to notice in finished pictures, a grid, or a diffusion run: measured from the pictures, in a sentence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.images.diffusion import DenoisingState
from playground.images.evaluation import classify_images
from playground.images.grid import Grid
from playground.images.image_request import format_condition
from playground.images.model_menu import image_model_facts
from playground.images.sampling import ImageBatch

#: Fewer pictures are seen at a glance.
FEWEST = 3
#: A guess this near to the finished picture looks like it: average colour error, 0 to 1.
SETTLED = 0.05


def batch_remark(batch: ImageBatch) -> str:
    """Whether the pictures show what was asked for, else the discriminator's verdict, else the most alike two.

    "" for an unfinished batch and for fewer than FEWEST pictures.
    """
    if not batch.done or len(batch.pictures) < FEWEST:
        return ""
    asked = _asked_remark(batch) if format_condition(batch.request.condition) != "any" else ""
    if asked:
        return asked
    return _score_remark(batch) if batch.scores is not None else _alike_remark(batch)


def _asked_remark(batch: ImageBatch) -> str:
    """How many pictures show all that was asked for, by the data set's classifier; "" without one."""
    facts = image_model_facts(batch.request.model)
    labels = classify_images(batch.pictures, facts.dataset) if facts.dataset else None
    if labels is None:
        return ""
    names = list(facts.labels)
    right = {
        name: labels[:, names.index(name)] == facts.labels[name].index(value)
        for name, value in batch.request.condition.items()
    }
    all_right = int(np.logical_and.reduce(list(right.values())).sum())
    if all_right == len(labels):
        return say("images.draw.remark_all_match", count=all_right)
    missed = min(right, key=lambda name: right[name].sum())
    return say("images.draw.remark_matches", right=all_right, count=len(labels), missed=missed)


def _score_remark(batch: ImageBatch) -> str:
    scores = batch.scores
    assert scores is not None
    ends = {"best": batch.request.seed + int(scores.argmax()), "worst": batch.request.seed + int(scores.argmin())}
    return say("images.draw.remark_scores", right=int((scores > 0).sum()), count=len(scores), **ends)


def colour_errors(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N, N) average colour error between each two of N pictures, 0 to 1: root mean square. pictures: (N, H, W, C)."""
    rows = pictures.reshape(len(pictures), -1).astype(np.float64) / 255
    squares = np.square(rows).sum(1)
    errors: NDArray[np.float64] = np.sqrt(np.maximum(squares[:, None] + squares - 2 * rows @ rows.T, 0) / rows.shape[1])
    return errors


def _alike_remark(batch: ImageBatch) -> str:
    errors = colour_errors(batch.pictures)
    first, second = np.triu_indices(len(errors), 1)
    pairs = errors[first, second]
    least = int(pairs.argmin())
    seeds = {"one": batch.request.seed + int(first[least]), "other": batch.request.seed + int(second[least])}
    return say("images.draw.remark_alike", **seeds, least=pairs[least], mean=pairs.mean())


def axis_changes(pictures: NDArray[np.uint8], rows: int, columns: int) -> tuple[float, float]:
    """(down, across): average colour error of two pictures of one column, and of two of one row, 0 to 1.

    pictures: (rows * columns, H, W, C), row by row, with at least two rows and two columns.
    """
    errors = colour_errors(pictures)
    row, column = np.divmod(np.arange(rows * columns), columns)
    others = ~np.eye(len(errors), dtype=bool)
    down = errors[others & (column[:, None] == column)].mean()
    across = errors[others & (row[:, None] == row)].mean()
    return float(down), float(across)


def grid_remark(grid: Grid) -> str:
    """Which of a grid's two settings changes its pictures more; "" until it is drawn, and for one row or column."""
    rows, columns = grid.request.rows, grid.request.columns
    if not grid.done or min(len(rows.values), len(columns.values)) < 2:
        return ""
    pictures = grid.pictures()
    if len(pictures) != grid.request.count:
        return ""
    down, across = axis_changes(pictures, len(rows.values), len(columns.values))
    names = (rows.setting, columns.setting) if down >= across else (columns.setting, rows.setting)
    more, less = max(down, across), min(down, across)
    return say("images.grid.remark", stronger=names[0], weaker=names[1], more=more, less=less)


def settled_step(states: Sequence[DenoisingState]) -> int:
    """The step from which the predicted clean pictures stay within SETTLED of the finished ones."""
    last = states[-1].x0.astype(np.float64) / 255
    step = states[-1].step
    for state in reversed(states):
        if np.sqrt(np.square(state.x0 / 255 - last).mean()) > SETTLED:
            break
        step = state.step
    return step


def denoising_remark(states: Sequence[DenoisingState]) -> str:
    """When a finished run's picture was decided; "" for a run of one step, and until it is done."""
    if not states or not states[-1].done or len(states) < FEWEST:
        return ""
    step = settled_step(states)
    return say("images.denoising.remark", step=step, steps=states[-1].steps, noise=states_noise(states, step))


def states_noise(states: Sequence[DenoisingState], step: int) -> float:
    """The noise level, 0 to 1, of a step."""
    return next(state.noise_level for state in states if state.step == step)
