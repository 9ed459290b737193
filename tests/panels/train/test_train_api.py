"""The endpoints /train, /runs and /run_samples, as a program calls them."""

from __future__ import annotations

import base64
import math
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.experiments import run_control
from playground.panels.train import api
from playground.ui.events import MODEL_QUEUE

TABS = "train"
pytestmark = [
    pytest.mark.weights,
    # The client leaves its own event loop and sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module")
def client(apps: Callable[[str], str]) -> Iterator[Client]:
    client = Client(apps(TABS), verbose=False)
    yield client
    client.close()


def train(client: Client, **options: Any) -> list[dict[str, Any]]:
    """The streamed states of a training."""
    job = client.submit(**options, api_name="/train")
    job.result(timeout=180)
    return list(job.outputs())


@pytest.mark.slow
def test_a_training_streams_its_steps_with_their_losses_and_repeats_with_its_seed(client: Client) -> None:
    first, again, other = (
        train(client, family="gan", dataset="ring", settings={"steps": 40, "seed": seed}) for seed in (3, 3, 4)
    )
    steps = [state["step"] for state in first]
    assert steps == sorted(steps) and steps[-1] == first[-1]["steps"] == 40 and first[-1]["status"] == "done"
    assert all(state["losses"] for state in first if state["step"])
    assert all(map(math.isfinite, first[-1]["losses"].values())) and {"d_loss", "g_loss"} <= set(first[-1]["losses"])
    assert first[-1]["losses"] == again[-1]["losses"] != other[-1]["losses"]
    assert first[-1]["owner"] != again[-1]["owner"], "a token each"


@pytest.mark.parametrize(
    ("family", "dataset", "loss"),
    [("vae", "moons", "loss"), ("diffusion", "gaussians25", "loss"), ("vae", "avatars", "bits"),
     ("language", "austen", "train")],
)  # fmt: skip
@pytest.mark.slow
def test_every_family_ends_with_its_losses(client: Client, family: str, dataset: str, loss: str) -> None:
    last = train(client, family=family, dataset=dataset, settings={"steps": 4, "seed": 0})[-1]
    assert (last["status"], last["step"], last["explained"]) == ("done", 4, "")
    assert math.isfinite(last["losses"][loss])


@pytest.mark.slow
def test_runs_are_listed_for_their_owner_and_have_samples_of_any_kept_step(client: Client) -> None:
    owner = "a program's own token"
    last = train(client, family="gan", dataset="spiral", settings={"steps": 60}, owner=owner)[-1]
    (run,) = client.predict(owner, api_name="/runs")
    assert (run["run"], run["name"], run["status"]) == (last["run"], last["name"], "done")
    assert client.predict("somebody else's token", api_name="/runs") == []
    samples = client.predict(last["run"], api_name="/run_samples")
    assert samples["step"] == 60 and {0, 60} <= set(samples["kept"])
    fake = samples["frame"]["fake"]
    points = np.frombuffer(base64.b64decode(fake["data"]), fake["dtype"]).reshape(fake["shape"])
    assert points.shape == (400, 2) and np.isfinite(points).all()
    before = client.predict(last["run"], 0, api_name="/run_samples")
    assert before["step"] == 0 and before["frame"]["fake"]["data"] != fake["data"]
    with pytest.raises(AppError, match="Step 7777 is not kept: choose from 0,"):
        client.predict(last["run"], 7777, api_name="/run_samples")
    with pytest.raises(AppError, match="step is a whole number"):
        client.predict(last["run"], 0.5, api_name="/run_samples")
    with pytest.raises(AppError, match="This run is gone"):
        client.predict("../../etc", api_name="/run_samples")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"settings": {"steps": 0}}, "whole number from 1 to"),
        ({"settings": {"steps": 10_000, "batch": 10_000}}, "batch must be a whole number from 8 to 1,024"),
        ({"settings": {"d_rate": 1e9}}, r"Discriminator's learning rate \(d_rate\) must be between 0.0000001 and 10"),
        ({"settings": {"wings": 2}}, "no setting “wings”"),
        ({"settings": [1]}, "settings must be an object of names and values"),
        ({"settings": {"seed": -1}}, "seed must be a whole number"),
        ({"dataset": "austen"}, "no data “austen” for gan"),
        ({"dataset": ["ring"]}, "dataset must be text"),
        ({"dataset": "folder"}, "needs your pictures: start it on the page"),
        ({"family": "lora", "dataset": "pasted"}, "needs your text"),
        ({"family": "mlp"}, "no family"),
        ({"owner": "short"}, "token of 16 to 64 plain characters"),
        ({"owner": 5}, "owner must be text"),
        ({"owner": "\u00e9" * 20}, "token of 16 to 64 plain characters"),
    ],
)
def test_what_cannot_be_trained_gets_a_sentence(client: Client, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(AppError, match=sentence) as error:
        client.predict(**{"family": "gan", "dataset": "ring", "settings": {}, **options}, api_name="/train")
    assert "Traceback" not in str(error.value)


def test_a_training_holds_no_line_and_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = api.api_train.endpoint.queue  # type: ignore[attr-defined]
    assert queue["concurrency_limit"] is None and queue["concurrency_id"] != MODEL_QUEUE["concurrency_id"]
    monkeypatch.setattr(run_control, "start_run", lambda *_: "run")
    monkeypatch.setattr(api, "_progress", lambda *_: iter([{"run": "run"}, {"status": "done"}]))
    assert len(list(api.api_train())) == 2
    monkeypatch.setattr(api, "_listeners", threading.BoundedSemaphore(1))
    follows = api.api_train()
    assert [next(follows), next(follows)] and len(list(api.api_train())) == 1, "the run alone, at once"
