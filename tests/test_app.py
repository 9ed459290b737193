"""The running app as a program meets it: its named endpoints, its flags, its refusals."""

from __future__ import annotations

import base64
import subprocess
import sys
from collections.abc import Iterator

import pytest
from app_server import ROOT, free_port
from gradio_client import Client
from gradio_client.exceptions import AppError

from playground.core import recipe as recipes
from playground.latent.video_export import read_recipe

pytestmark = [
    pytest.mark.weights,
    # The client leaves its own event loop and sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]
TABS = ""
NAMES = {
    "generate", "chat", "endings", "next_token", "score_text", "tokenize", "models",
    "sample_images", "denoise", "reconstruct", "nearest", "image_models",
    "interpolate", "decode", "direction", "latent_map", "latent_place", "arithmetic", "read_space", "word_arithmetic",
    "weat", "image_audit",
    "translate",
    "compare_sentences", "template_fan",
    "crows_pairs",
    "train", "runs", "run_samples",
}  # fmt: skip


@pytest.fixture(scope="module")
def client(app: str) -> Iterator[Client]:
    client = Client(app, verbose=False)
    yield client
    client.close()


@pytest.mark.slow
def test_the_named_endpoints_and_no_others_are_public(client: Client) -> None:
    public = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert {name.strip("/") for name in public} == NAMES
    parameters = [item["parameter_name"] for item in public["/generate"]["parameters"]]
    assert parameters[:12] == [
        "prompt", "mode", "model", "temperature", "top_k", "top_p", "min_p", "typical_p", "repetition_penalty",
        "max_new_tokens", "seed", "forced",
    ]  # fmt: skip


@pytest.mark.slow
def test_generate_streams_and_ends_with_the_whole(client: Client) -> None:
    job = client.submit("The sea was calm, and", max_new_tokens=40, seed=3, api_name="/generate")
    last = job.result(timeout=60)
    assert len(job.outputs()) > 1
    assert len(last["tokens"]) == 40 and last["finish_reason"] == "length" and last["tokens_per_second"] > 0
    assert last["text"] == "".join(token["text"] for token in last["tokens"])
    for token in last["tokens"]:
        assert {"id", "text", "probability", "rank", "alternatives"} <= set(token)
        assert 0 < token["probability"] <= 1 and len(token["alternatives"]) == 10
    again = client.predict("The sea was calm, and", max_new_tokens=40, seed=3, api_name="/generate")
    assert again["tokens"] == last["tokens"] and again["recipe"] == last["recipe"]
    assert recipes.unpack_ids(last["recipe"]["result"]) == tuple(token["id"] for token in last["tokens"])


def test_forced_tokens_stand_and_greedy_ignores_the_seed(client: Client) -> None:
    answer = client.predict("The sea was", forced=[3999, None, 28], max_new_tokens=5, api_name="/generate")
    assert answer["tokens"][0]["id"] == 3999 and answer["tokens"][2]["id"] == 28
    greedy = [
        client.predict("The sea was", temperature=0, max_new_tokens=8, seed=seed, api_name="/generate")["text"]
        for seed in (1, 2)
    ]
    assert greedy[0] == greedy[1]


def test_next_token_gives_seven_stages(client: Client) -> None:
    stages = client.predict("The sea was", top_k=30, top_p=0.9, api_name="/next_token")["stages"]
    assert [stage["name"] for stage in stages] == [
        "raw", "repetition_penalty", "temperature", "top_k", "top_p", "min_p", "typical",
    ]  # fmt: skip
    for stage in stages:
        assert {"removed_count", "removed_mass", "entropy_bits", "entries"} <= set(stage)
    assert len(stages[0]["entries"]) == 50 and stages[3]["removed_count"] == 49_152 - 30
    later = client.predict("The sea was", top_n_sigma=1.0, logit_bias="' a':ban", api_name="/next_token")["stages"]
    assert [stage["name"] for stage in later][:2] == ["raw", "logit_bias"] and later[-1]["name"] == "top_n_sigma"


def test_a_scored_text_and_its_tokens_agree(client: Client) -> None:
    text = "The capital of France is Paris."
    score = client.predict(text, api_name="/score_text")
    tokens = client.predict(text, api_name="/tokenize")
    assert [token["id"] for token in score["tokens"]] == [token["id"] for token in tokens["tokens"]]
    bits = [token["surprisal_bits"] for token in score["tokens"][1:]]
    assert score["perplexity"] == pytest.approx(2 ** (sum(bits) / len(bits)))
    assert 0 < score["bits_per_character"] < 3


def test_models_are_listed_with_their_licence(client: Client) -> None:
    (default, *_) = client.predict(api_name="/models")["models"]
    assert default["name"] == "smollm2-135m-instruct" and default["licence"] == "Apache-2.0"
    assert {"size_bytes", "source", "trained_on", "decoders"} <= set(default)


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/generate", {"prompt": ""}, "prompt is empty"),
        ("/generate", {"prompt": "word " * 9000}, "too many"),
        ("/generate", {"prompt": "a", "temperature": -1}, "Temperature must be between"),
        ("/generate", {"prompt": "a", "temperature": "NaN"}, "Temperature must be between"),
        ("/generate", {"prompt": "a", "top_p": 0}, "Top-p must be"),
        ("/generate", {"prompt": "a", "mode": "song"}, "completion, chat"),
        ("/generate", {"prompt": "a", "model": "smollm"}, "There is no model"),
        ("/generate", {"prompt": "a", "max_new_tokens": 0}, "max_new_tokens"),
        ("/generate", {"prompt": "a", "forced": [1, 2, 3], "max_new_tokens": 2}, "do not fit"),
        ("/generate", {"prompt": "a", "forced": [99_999_999]}, "too large"),
        ("/generate", {"prompt": "a", "logit_bias": "the"}, "Logit bias: cannot read"),
        ("/generate", {"prompt": "a", "logit_bias": "'two words':1"}, "2 tokens in this model"),
        ("/generate", {"prompt": "a", "stage_order": "top_z"}, "stage_order takes each of"),
        ("/generate", {"prompt": "a", "mirostat_tau": -1}, r"Mirostat 2: τ \(mirostat_tau\) must be between 0 and 100"),
        ("/next_token", {"text": ""}, "text is empty"),
        ("/next_token", {"text": "a", "top_k": -2}, "Top-k must be"),
        ("/score_text", {"text": "a"}, "single token"),
        ("/score_text", {"text": "x" * 500_001}, "over 500,000"),
        ("/tokenize", {"text": "a", "model": "<script>"}, "There is no model"),
    ],
)
def test_bad_input_is_explained(client: Client, endpoint: str, values: dict[str, object], sentence: str) -> None:
    with pytest.raises(AppError, match=sentence) as error:
        client.predict(**values, api_name=endpoint)
    assert "Traceback" not in str(error.value)


def run_app(*flags: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "app.py", *flags], cwd=ROOT, capture_output=True, text=True, timeout=120)


@pytest.mark.slow
def test_flags_are_documented_and_checked() -> None:
    usage, table = run_app("--help").stdout, (ROOT / "docs" / "serving.md").read_text("utf-8")
    for flag in (
        "--host",
        "--port",
        "--share",
        "--auth",
        "--device",
        "--dtype",
        "--models-dir",
        "--tabs",
        "--embed",
        "--allowed-hosts",
    ):
        assert flag in usage and f"`{flag}" in table
    assert "USER:PASSWORD" in run_app("--auth", "nobody").stderr
    assert "There is no tab 'nose': choose from text, images, latent, bias" in run_app("--tabs", "text,nose").stderr


@pytest.mark.slow
def test_a_missing_device_ends_the_start_with_an_explanation() -> None:
    ended = run_app("--device", "mps" if sys.platform != "darwin" else "cuda")
    assert ended.returncode == 1 and "--device" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.slow
def test_a_port_in_use_ends_the_start_with_an_explanation(app: str) -> None:
    port = app.rsplit(":", 1)[1].strip("/")
    ended = run_app("--port", port, "--tabs", "train")
    assert ended.returncode == 1 and "--port" in ended.stderr and "Traceback" not in ended.stderr
    assert free_port() > 0


@pytest.mark.slow
def test_pictures_come_with_their_recipe_and_steps_stream(client: Client) -> None:
    answer = client.predict("gan-avatars", 2, 7, "hat=none", api_name="/sample_images")
    assert [one["seed"] for one in answer["gallery"]] == [7, 8] and answer["recipe"]["settings"][
        "condition"
    ] == "hat=none"
    png = base64.b64decode(answer["gallery"][1]["png"].split(",")[1])
    assert recipes.from_file(png).seed == 8
    job = client.submit("diffusion-avatars", 1, "any", {"steps": 4}, api_name="/denoise")
    assert job.result(timeout=60)["noise_level"] == 0 and [one["step"] for one in job.outputs()] == [0, 1, 2, 3, 4]
    image = answer["gallery"][1]["png"]
    near = client.predict(image, "avatars", api_name="/nearest")
    assert len(near["nearest"]) == 4 and 0 <= near["percentile"] <= 100
    reconstruction = client.predict(image, "vae-avatars", api_name="/reconstruct")
    assert reconstruction["psnr"] > 5 and len(reconstruction["mean"]) == len(reconstruction["deviation"])
    for name, values in (
        ("/sample_images", ("nobody",)),
        ("/denoise", ("gan-avatars",)),
        ("/nearest", ("assets/data/a.png",)),
    ):
        with pytest.raises(AppError):
            client.predict(*values, api_name=name)


def test_a_walk_is_returned_as_frames_and_film_and_a_point_as_a_picture(client: Client) -> None:
    answer = client.predict("gan-avatars", [3, {"seed": 5, "model": "gan-avatars"}], 4, "lerp", api_name="/interpolate")
    assert len(answer["frames"]) == 4 and answer["recipe"]["settings"]["ends"] == "3,5"
    film = base64.b64decode(answer["file"].split(",")[1])
    assert read_recipe(film).to_json() == answer["recipe"] and film.startswith(b"GIF8")
    assert len(answer["norms"]["lerp"]) == 4 and min(answer["norms"]["lerp"]) < min(answer["norms"]["slerp"])
    middle = client.predict("gan-avatars", api_name="/decode")
    assert middle["norm"] == 0 and middle["png"].startswith("data:image/png")


@pytest.mark.slow
def test_a_vae_space_is_moved_in_added_up_read_and_mapped(client: Client) -> None:
    moved = client.predict("vae-avatars", "glasses", 1.5, start="row:22005", api_name="/direction")
    assert moved["before"] != moved["after"] and 0.5 < moved["accuracy"][0] < 1 and len(moved["z"]) == 48
    still = client.predict("vae-avatars", "pc1", 0, 4, api_name="/direction")
    assert still["before"] == still["after"] and still["accuracy"] is None
    added = client.predict("vae-avatars", "d22001", "5", "5", api_name="/arithmetic")
    assert added["norms"]["answer"] == pytest.approx(added["norms"]["A"], abs=1e-3), "B and C cancel"
    space = client.predict("vae-avatars", 1, api_name="/read_space")
    assert len(space["kl"]) == 48 and min(space["kl"]) >= 0 and len(space["traversal"]["pictures"]) >= 9
    projection = client.predict("vae-avatars", api_name="/latent_map")
    assert len(projection["points"]) == len(projection["rows"]) == 10_000 and 0 < sum(projection["shares"]) < 1


def test_words_are_added_up_in_both_forms(client: Client) -> None:
    answer = client.predict("king, woman", "man", 3, api_name="/word_arithmetic")
    assert answer["usual"][0]["word"] == "queen"
    assert [one["word"] for one in answer["honest"]][:2] == ["king", "queen"]


@pytest.mark.parametrize(
    ("endpoint", "values", "sentence"),
    [
        ("/interpolate", ("gan-avatars", "3"), "needs two end points"),
        ("/interpolate", ("gan-avatars", [1, {"seed": 2, "model": "vae-avatars"}]), "use one model"),
        ("/interpolate", ("gan-avatars", [1, 2], 10_000), "from 2 to 120"),
        ("/interpolate", ("gan-avatars", [1, 2], 4, "slerp", False, "avi"), "gif, mp4, webp"),
        ("/decode", ("gan-avatars", [0.5, "NaN"]), "Every coordinate"),
        ("/decode", ("gan-avatars", [0.5]), "gan-avatars has 64"),
        ("/direction", ("vae-avatars", "wings"), "no direction 'wings'"),
        ("/direction", ("vae-avatars", "glasses", 99), "strength must be"),
        ("/latent_map", ("gan-avatars",), "needs a VAE"),
        ("/latent_map", ("vae-avatars", "umap"), "pca, tsne"),
        ("/arithmetic", ("vae-avatars", "", "1", "2"), "A"),
        ("/read_space", ("gan-avatars",), "VAE"),
        ("/read_space", ("vae-avatars", 999), "imension"),
        ("/word_arithmetic", ("kingg", ""), "king"),
        ("/word_arithmetic", ("king", "man", 0), "from 1 to 50"),
    ],
)
def test_bad_walks_and_points_are_explained(
    client: Client, endpoint: str, values: tuple[object, ...], sentence: str
) -> None:
    with pytest.raises(AppError, match=sentence):
        client.predict(*values, api_name=endpoint)
