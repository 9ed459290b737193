"""The Inception features of FID, for users who have the network: no package has it, so it is not fetched.

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

from playground.core.errors import PlaygroundError

VARIABLE = "PLAYGROUND_INCEPTION_WEIGHTS"
FEATURES = 2048


def inception_file() -> Path | None:
    """The file that PLAYGROUND_INCEPTION_WEIGHTS names, or None: then there is no FID.

    Raises PlaygroundError if it names a file that is not there.
    """
    named = os.environ.get(VARIABLE, "").strip()
    if not named:
        return None
    path = Path(named).expanduser()
    if not path.is_file():
        raise PlaygroundError(f"{VARIABLE} names {path.name[:80]}, and there is no such file: correct it or unset it.")
    return path


def batches_of_inception_features(
    pictures: NDArray[np.uint8], path: Path, batch: int = 32
) -> Iterator[NDArray[np.float32]]:
    """The FID network's features of one batch after the other: (b, 2048) float32.

    pictures: (N, H, W, 1 or 3) uint8; gray is repeated over the channels.
    Raises PlaygroundError if the file is not that network.
    """
    import torch

    read_script: Any = torch.jit.load  # TorchScript is a language of its own: no Python in the file is run
    try:
        net = read_script(str(path), map_location="cpu").eval()
    except (RuntimeError, ValueError, OSError) as error:
        raise _not_the_network(path) from error
    for start in range(0, len(pictures), batch):
        planes = np.ascontiguousarray(pictures[start : start + batch].transpose(0, 3, 1, 2))
        try:
            with torch.inference_mode():
                seen = net(torch.from_numpy(planes).expand(-1, 3, -1, -1).contiguous(), return_features=True)
        except RuntimeError as error:
            raise _not_the_network(path) from error
        if tuple(seen.shape) != (len(planes), FEATURES):
            raise _not_the_network(path)
        yield seen.float().numpy()


def _not_the_network(path: Path) -> PlaygroundError:
    return PlaygroundError(
        f"{path.name[:80]} ({VARIABLE}) is not the network of FID as TorchScript: NVIDIA's inception-2015-12-05.pt is "
        "what is wanted."
    )
