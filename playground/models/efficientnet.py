"""EfficientNet-Lite0 without its last layer: the 1280 features by which an ImageNet classifier judges a picture.

Parameters have the names of the published file (EfficientNet-PyTorch's), which loads without conversion.
image_features.py prepares the pictures.
Source: Tan & Le 2019, arXiv:1905.11946; the Lite variant (no squeeze-and-excitation, ReLU6) is Google's, 2020.
"""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional

#: (repeats, kernel, stride of the first, expansion, output channels) of each stage, after a stem of 32 channels.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM_CHANNELS = 32
_EPSILON = 1e-3
FEATURES = 1280


class SameConv2d(nn.Conv2d):
    """A convolution whose output is the input's size over its stride, rounded up: TensorFlow's "SAME" padding.

    Odd padding puts its extra row and column below and to the right, unlike torch.
    """

    def forward(self, input: Tensor) -> Tensor:
        """(B, C, H, W) to (B, C', ceil(H / stride), ceil(W / stride))."""
        down, right = (
            max((-(-length // stride) - 1) * stride + kernel - length, 0)
            for length, stride, kernel in zip(input.shape[-2:], self.stride, self.kernel_size, strict=True)
        )
        if down or right:
            input = functional.pad(input, [right // 2, right - right // 2, down // 2, down - down // 2])
        return functional.conv2d(input, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class InvertedResidual(nn.Module):
    """Widens by 1x1, filters each channel separately, narrows by 1x1; adds the input where the shapes agree.

    Source: Sandler et al. 2018, arXiv:1801.04381, figure 3b.
    """

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int) -> None:
        """inputs, outputs: channels.  expansion: 1 omits the first 1x1."""
        super().__init__()
        wide = inputs * expansion
        self._widens = expansion != 1
        self._adds = stride == 1 and inputs == outputs
        if self._widens:
            self._expand_conv = SameConv2d(inputs, wide, 1, bias=False)
            self._bn0 = nn.BatchNorm2d(wide, eps=_EPSILON)
        self._depthwise_conv = SameConv2d(wide, wide, kernel, stride, groups=wide, bias=False)
        self._bn1 = nn.BatchNorm2d(wide, eps=_EPSILON)
        self._project_conv = SameConv2d(wide, outputs, 1, bias=False)
        self._bn2 = nn.BatchNorm2d(outputs, eps=_EPSILON)

    def forward(self, x: Tensor) -> Tensor:
        """(B, inputs, H, W) to (B, outputs, H / stride, W / stride)."""
        y: Tensor = functional.relu6(self._bn0(self._expand_conv(x))) if self._widens else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        narrow: Tensor = self._bn2(self._project_conv(y))
        return x + narrow if self._adds else narrow


class EfficientNetLite0(nn.Module):
    """Pictures to the features below the classifier: the mean over space of the last ReLU6, each 0 to 6."""

    def __init__(self) -> None:
        """3.4 million parameters, initialised by torch."""
        super().__init__()
        self._conv_stem = SameConv2d(3, _STEM_CHANNELS, 3, 2, bias=False)
        self._bn0 = nn.BatchNorm2d(_STEM_CHANNELS, eps=_EPSILON)
        blocks, inputs = [], _STEM_CHANNELS
        for repeats, kernel, stride, expansion, outputs in _STAGES:
            for number in range(repeats):
                blocks.append(InvertedResidual(inputs, outputs, kernel, stride if number == 0 else 1, expansion))
                inputs = outputs
        self._blocks = nn.ModuleList(blocks)
        self._conv_head = SameConv2d(inputs, FEATURES, 1, bias=False)
        self._bn1 = nn.BatchNorm2d(FEATURES, eps=_EPSILON)

    def forward(self, pictures: Tensor) -> Tensor:
        """(B, 3, H, W) float, normalised as in training (at 224 x 224; any size works) -> (B, 1280)."""
        x: Tensor = functional.relu6(self._bn0(self._conv_stem(pictures)))
        for block in self._blocks:
            x = block(x)
        x = functional.relu6(self._bn1(self._conv_head(x)))  # (B, 1280, H / 32, W / 32)
        return x.mean(dim=(2, 3))
