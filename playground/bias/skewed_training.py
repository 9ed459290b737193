"""A small VAE trained on avatars skewed on purpose, plain or reweighed; its samples, counted.

The VAE sees no labels: it can learn that glasses go with a skin tone from pixels alone. Everything is seeded. The
intervals cover the sampling of pictures, not the training: another seed trains another net.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from playground.bias.image_audit import (
    NAME,
    PREVIEWS,
    Labels,
    RealImages,
    fingerprint,
    load_real_images,
    read_attributes,
)
from playground.bias.image_findings import AuditFinding, gap_finding, judge_findings, overall_verdict, report_rows
from playground.bias.session_log import POINTS, Bar, Measurement
from playground.bias.skew_request import SkewRequest
from playground.core.catalogue import say
from playground.core.recipe import Recipe
from playground.data.skewed import GROUPED_BY, cells, gap_of, training_set
from playground.metrics import attribute_accuracy, memorization
from playground.metrics.intervals import Interval, bootstrap, wilson

if TYPE_CHECKING:
    import torch

    from playground.models.vae import VAE, MixturePrior
    from playground.training.vae import VaeTrainState

DATASET = "avatars"
_PREVIEWED, _BATCH, _NEAREST = 10, 100, 200
TRAINING, FITTING, DRAWING, CLASSIFYING, DONE = "training", "fitting", "drawing", "classifying", "done"


@dataclass(frozen=True, eq=False)
class SkewOutcome:
    """Samples of a trained model, counted.

    gap: what reweighing optimises, against the gap of the skewed data.
    trained_gap: the gap of the pictures as training saw them; 0 if reweighed.
    share_with: share with the attribute among the drawn pictures, as classified.  data_share_with: in the skewed data.
    others, real_others: total variation distance of the other attributes' words from the data's, mean over attributes;
    of the drawn pictures, and of as many real ones.
    nearest, real_nearest: median distance to the nearest training picture; of drawn and of unseen real pictures.
    result: fingerprint of the labels, for the recipe.
    """

    request: SkewRequest
    weights_sha256: str
    gap: AuditFinding
    trained_gap: float
    share_with: Interval
    data_share_with: float
    others: float
    real_others: float
    nearest: Interval
    real_nearest: float
    count: int
    result: str

    def measurement(self) -> Measurement:
        """The outcome as a measurement for the session log."""
        skew = self.request.skew
        return Measurement(
            NAME, f"{self.request.name()}: {skew.words()}", self.summary(), overall_verdict([self.gap]), self.count,
            say("bias_texts.image_bias.drawn_pictures"), say("bias_texts.image_bias.skew.method"),
            self.recipe(), interval=self.gap.difference, scale=POINTS, p=self.gap.p,
            caveats=("one_training", "reader", "amplification", "direction"), rows=report_rows([self.gap]),
            chart=(Bar(say("bias_texts.columns.in_the_data"), self.gap.data), Bar(
                say("bias_texts.columns.drawn"), self.gap.drawn, self.low, self.high,
            )),
        )  # fmt: skip

    def recipe(self) -> Recipe:
        """The recipe of this outcome."""
        return self.request.recipe(self.weights_sha256, self.result)

    def ratio(self) -> float:
        """The model's gap over the data's, nan where the data has none."""
        return self.gap.drawn / self.gap.data if abs(self.gap.data) >= 0.02 else float("nan")

    def summary(self) -> str:
        """The outcome in a sentence or two."""
        if math.isnan(self.gap.drawn):
            return say("bias_texts.image_bias.skew.summary_lost")
        gaps = {"data": self.gap.data, "drawn": self.gap.drawn, "low": self.low, "high": self.high}
        values = {name: 100 * value for name, value in gaps.items()}
        gap = say("bias_texts.image_bias.skew.summary", **values)
        if self.request.skew.reweighed:
            return f"{gap} {say('bias_texts.image_bias.skew.summary_reweighed', trained=100 * self.trained_gap)}"
        verdict = self.gap.verdict.replace(" ", "_")
        return f"{gap} {say(f'bias_texts.image_bias.skew.model_{verdict}')}"

    @property
    def low(self) -> float:
        """The lower end of the model's gap."""
        return self.gap.difference.low + self.gap.data

    @property
    def high(self) -> float:
        """The upper end of the model's gap."""
        return self.gap.difference.high + self.gap.data


@dataclass(frozen=True, eq=False)
class SkewedTraining:
    """The state of a training, and of the drawing and counting after it.

    stage: TRAINING, FITTING, DRAWING, CLASSIFYING or DONE.  seconds: of training.
    losses: ((step, bits per dimension), ...).  pictures: (PREVIEWS, H, W, 3) drawn from the current net.
    drawn: pictures drawn so far.  outcome: None until DONE.
    """

    request: SkewRequest
    step: int
    stage: str
    seconds: float = 0.0
    losses: tuple[tuple[int, float], ...] = field(default=())
    pictures: NDArray[np.uint8] | None = None
    drawn: int = 0
    outcome: SkewOutcome | None = None


def train_and_draw(request: SkewRequest) -> Iterator[SkewedTraining]:
    """Trains, or loads a bundled model, then draws and counts; yields states often, the last one with the outcome.

    Raises PlaygroundError if data is to be reweighed in which a group always or never has the attribute.
    """
    from playground.data import registry

    if not request.steps:
        yield from _bundled(request)
        return
    training = training_set(registry.load(DATASET), request.skew)
    from playground.training import vae
    from playground.training.configs import small_vae

    run = vae.VaeTrainState(small_vae(DATASET, request.steps), training, request.seed)
    state = SkewedTraining(request, 0, TRAINING)
    for now in _train(run, state):
        state = now
        yield state
    yield replace(state, stage=FITTING)
    yield from _finish(state, run.average, run.fitted_mixture(), "")


def _train(run: VaeTrainState, state: SkewedTraining) -> Iterator[SkewedTraining]:
    """Yields a state every ten steps, and with new pictures at every tenth of the training."""
    from playground.training import vae

    total = run.config.steps
    previewed = {max(1, total * part // _PREVIEWED) for part in range(1, _PREVIEWED + 1)}
    for step in vae.train(run):
        losses = state.losses
        if step.step % max(1, total // 100) == 0:
            losses = (*losses, (step.step, step.losses["bits"]))
        state = replace(state, step=step.step, seconds=state.seconds + step.seconds, losses=losses)
        if step.step in previewed:
            state = replace(state, pictures=_draw(run.average, None, PREVIEWS, run.seed))
        if step.step in previewed or step.step % 10 == 0:
            yield state


def _bundled(request: SkewRequest) -> Iterator[SkewedTraining]:
    from playground.models.vae import VAE
    from playground.zoo.image_models import load_image_model

    loaded = load_image_model(request.name())
    assert isinstance(loaded.net, VAE) and loaded.mixture is not None
    yield from _finish(SkewedTraining(request, 0, DRAWING), loaded.net, loaded.mixture, loaded.card.sha256)


def _finish(state: SkewedTraining, net: VAE, mixture: MixturePrior, sha256: str) -> Iterator[SkewedTraining]:
    """Draws from the mixture, classifies and counts."""
    request, parts = state.request, []
    for number, start in enumerate(range(0, request.count, _BATCH)):
        # Fewer than a thousand batches: the seeds of two requests never overlap.
        parts.append(_draw(net, mixture, min(_BATCH, request.count - start), (1000 * request.seed + number) % 2**63))
        pictures = np.concatenate(parts)[:PREVIEWS]
        yield replace(state, stage=DRAWING, drawn=start + len(parts[-1]), pictures=pictures)
    drawn = np.concatenate(parts)
    yield replace(state, stage=CLASSIFYING, pictures=drawn[:PREVIEWS])
    outcome = measure_skew(request, sha256, drawn, read_attributes(drawn, DATASET), load_real_images(DATASET))
    yield replace(state, stage=DONE, pictures=drawn[:PREVIEWS], outcome=outcome)


def _draw(net: VAE, mixture: MixturePrior | None, count: int, seed: int) -> NDArray[np.uint8]:
    """(count, H, W, 3) pictures; z from the mixture, or from N(0, I) before there is one."""
    import torch

    from playground.models.pixels import to_pixels

    generator = torch.Generator().manual_seed(seed % 2**63)
    condition: torch.Tensor = torch.tensor(net.sizes).expand(count, -1)
    z = torch.randn(count, net.latent_dim, generator=generator)
    if mixture is not None:
        z = mixture.sample(condition, z, torch.rand(count, generator=generator))
    with torch.inference_mode():
        return to_pixels(net.decode(z, condition)[0].clamp(-1, 1)).numpy()


def measure_skew(
    request: SkewRequest, sha256: str, drawn: NDArray[np.uint8], read: Labels, real: RealImages
) -> SkewOutcome:
    """The outcome of drawn pictures (N, H, W, 3) with the classifier's labels (N, A)."""
    from playground.data import registry

    data, skew = registry.load(DATASET), request.skew
    names, a = real.names(), real.names().index(skew.attribute)
    plain, trained = (training_set(data, one) for one in (skew.plain(), skew))
    gaps = [_exact_gap(one.attribute_table()[~one.held_out], skew.attribute) for one in (plain, trained)]
    (gap,) = judge_findings([gap_finding(skew.attribute, read, real, gaps[0])])
    with_it = read[:, a] > 0
    as_many = real.read[np.random.default_rng(0).integers(0, len(real.read), len(read))]
    seen = plain.images[~plain.held_out]
    has = float((plain.labels[skew.attribute][~plain.held_out] > 0).mean())
    unseen = data.images[data.held_out_rows()[:_NEAREST]]
    near, real_near = (memorization.nearest(some, seen).distances[:, 0] for some in (drawn[:_NEAREST], unseen))
    return SkewOutcome(
        request, sha256, gap, gaps[1], wilson(int(with_it.sum()), len(read)), has,
        _others_distance(read, real, names, skew.attribute),
        _others_distance(as_many, real, names, skew.attribute),
        bootstrap(lambda chosen: float(np.median(near[chosen])), len(near), 500), float(np.median(real_near)),
        len(read), fingerprint(read),
    )  # fmt: skip


def _exact_gap(table: Labels, attribute: str) -> float:
    kinds = cells(table, [GROUPED_BY, attribute], attribute)
    return gap_of(np.bincount(kinds, minlength=4) / len(kinds))


def _others_distance(read: Labels, real: RealImages, names: list[str], attribute: str) -> float:
    """Mean total variation distance over the attributes not skewed, from the classifier's labels of real pictures.

    Without an interval: resampling adds noise, which makes such a distance larger (see metrics/intervals.py).
    """
    columns = [index for index, name in enumerate(names) if name not in (GROUPED_BY, attribute)]
    apart = []
    for column in columns:
        size = len(real.values[names[column]])
        shares, true = (attribute_accuracy.marginal(table[:, column], size) for table in (read, real.read))
        apart.append(attribute_accuracy.total_variation(shares, true))
    return float(np.mean(apart)) if apart else 0.0
