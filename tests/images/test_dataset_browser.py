"""Pages of a data set, and a picture's nearest neighbours in it."""

from __future__ import annotations

import pytest

from playground.core.errors import PlaygroundError
from playground.images.dataset_browser import browse_dataset
from playground.images.inspection import inspect_image

pytestmark = pytest.mark.weights


def test_pictures_are_filtered_by_label_and_split() -> None:
    page = browse_dataset("avatars", "hat", "none", "held out", 2)
    assert all(labels["hat"] == "none" for labels in page.labels) and len(page.pictures) == 48
    assert sum(page.label_counts.values()) == 4000 and page.total == page.label_counts["none"] and page.page == 2
    with pytest.raises(PlaygroundError, match="has no label"):
        browse_dataset("avatars", "tail")
    with pytest.raises(PlaygroundError, match="split must be one of all, training, held out"):
        browse_dataset("avatars", "hat", split="test")


@pytest.mark.slow
def test_a_training_picture_has_itself_as_its_nearest() -> None:
    from playground.data import registry

    inspections = list(inspect_image(registry.load("avatars").images[5], "gan-avatars"))
    assert (
        inspections[0].percentile is None and inspections[0].nearest is not None and inspections[-1].distances[0] == 0
    )
    assert inspections[-1].percentile is not None and inspections[-1].percentile <= 1, (
        "no held-out avatar is in the training set"
    )
