"""Models trained on skewed data: they see no labels, see every group, and draw the gap that they learned."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
import torch
from toy_pictures import toy_dataset

from playground.bias.image_audit import RealImages
from playground.bias.image_findings import AuditFinding, gap_finding, judge_findings
from playground.bias.skew_request import read_skew_request
from playground.bias.skewed_training import SkewedTraining, SkewOutcome, train_and_draw
from playground.data import avatars
from playground.data.skewed import GROUPED_BY, Skew, cells, training_set
from playground.metrics.intervals import Interval, wilson
from playground.panels.bias.image_bias.data import audit_value, outcomes_value
from playground.training import vae
from playground.ui.view import encode_value


def test_the_first_pictures_of_a_reweighed_set_cover_every_group_equally() -> None:
    even = training_set(avatars.load(), Skew(reweighed=True))
    first = even.attribute_table()[:4000]  # the mixture is fitted to this many
    counts = np.bincount(cells(first, [GROUPED_BY, "glasses"], "glasses"), minlength=4)
    assert (np.abs(counts - 1000) < 120).all(), "each within four standard deviations"


def test_a_net_trained_without_labels_has_a_prior_without_labels() -> None:
    toy = toy_dataset()
    other = dataclasses.replace(toy, labels={name: toy.labels[name][::-1].copy() for name in toy.labels})
    config = vae.VaeConfig(
        "toy", steps=3, widths=(8, 8), latent_dim=4, components=3, mixture_pictures=48, batch=8, forget_all=1.0
    )
    means = []
    for data in (toy, other):
        run = vae.VaeTrainState(config, data, seed=0)
        list(vae.train(run))
        means.append(run.fitted_mixture().means)
    assert torch.equal(*means)


def lost_group() -> AuditFinding:
    """The gap of a model that drew only light skin."""
    read = np.zeros((100, 2), np.int64)
    both = np.stack([np.arange(400) % 8, np.arange(400) // 8 % 2], 1)
    real = RealImages(both, both, both, {GROUPED_BY: avatars.values()[GROUPED_BY], "glasses": ("none", "round")})
    (finding,) = judge_findings([gap_finding("glasses", read, real, 0.8)])
    return finding


def test_a_group_that_was_never_drawn_leaves_no_gap_and_is_reported() -> None:
    finding = lost_group()
    assert finding.verdict == "cannot tell" and finding.difference.low == -1.8
    one = Interval(0.1, 0.0, 0.2, "")
    request = read_skew_request(reweighed=True, steps=0)
    outcome = SkewOutcome(request, "", finding, 0.0, wilson(0, 100), 0.5, 0.1, 0.05, one, 30.0, 100, "")
    assert "never drawn" in outcome.summary()
    for value in (outcomes_value([outcome]), audit_value([finding])):
        text = encode_value(value)
        assert text is not None and "nan" not in text.lower() and json.loads(text)


def drawn(reweighed: bool) -> SkewOutcome:
    last: SkewedTraining | None = None
    for now in train_and_draw(read_skew_request(reweighed=reweighed, steps=0, count=400)):
        last = now
    assert last is not None and last.outcome is not None
    return last.outcome


@pytest.mark.weights
def test_the_model_of_skewed_data_has_a_gap_and_that_of_reweighed_data_a_far_smaller_one() -> None:
    skewed, even = drawn(False), drawn(True)
    assert skewed.low > 0.4 and abs(even.gap.drawn) < 0.3 and even.high < skewed.low
    assert 0.25 < skewed.share_with.value < 0.75 and 0.25 < even.share_with.value < 0.75, "both draw both kinds"
