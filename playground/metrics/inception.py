"""The Inception features of FID, for users who supply the network: no package contains it, so it is not fetched.

PLAYGROUND_INCEPTION_WEIGHTS names a TorchScript file with the call of NVIDIA's inception-2015-12-05.pt: uint8 pictures
(B, 3, H, W) and return_features=True give (B, 2048); it resizes to 299 x 299, as the first FID code did.
Other forms of the weights (a state dictionary, the pt_inception file) are not read. Only with this network is
`frechet.frechet_distance` called FID, and `kid.kernel_distance` KID.
Source: Heusel et al. 2017, arXiv:1706.08500; the file's call, Karras et al. 2021, arXiv:2106.12423, their code.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.core.catalogue import say
from playground.core.errors import PlaygroundError

VARIABLE = "PLAYGROUND_INCEPTION_WEIGHTS"
FEATURES = 2048


def inception_file() -> Path | None:
    """The file that PLAYGROUND_INCEPTION_WEIGHTS names; None without the variable, and then without FID.

    Raises PlaygroundError if the file does not exist.
    """
    name = os.environ.get(VARIABLE, "").strip()
    if not name:
        return None
    path = Path(name).expanduser()
    if not path.is_file():
        raise PlaygroundError(say("images.evaluation.inception_missing", variable=VARIABLE, file=path.name[:80]))
    return path


def batches_of_inception_features(
    pictures: NDArray[np.uint8], path: Path, batch: int = 32
) -> Iterator[NDArray[np.float32]]:
    """The FID network's features of one batch after the other: (b, 2048) float32.

    pictures: (N, H, W, 1 or 3) uint8; gray is repeated over the channels.
    Raises PlaygroundError if the file is not that network.
    """
    import torch

    read_script: Any = torch.jit.load  # TorchScript is its own language: no Python in the file runs
    try:
        net = read_script(str(path), map_location="cpu").eval()
    except (RuntimeError, ValueError, OSError) as error:
        raise _not_the_network(path) from error
    for start in range(0, len(pictures), batch):
        planes = np.ascontiguousarray(pictures[start : start + batch].transpose(0, 3, 1, 2))
        try:
            with torch.inference_mode():
                features = net(torch.from_numpy(planes).expand(-1, 3, -1, -1).contiguous(), return_features=True)
        except RuntimeError as error:
            raise _not_the_network(path) from error
        if tuple(features.shape) != (len(planes), FEATURES):
            raise _not_the_network(path)
        yield features.float().numpy()


def _not_the_network(path: Path) -> PlaygroundError:
    return PlaygroundError(say("images.evaluation.inception_wrong", file=path.name[:80], variable=VARIABLE))
