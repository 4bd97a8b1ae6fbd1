"""EfficientNet-Lite2, made as an ONNX graph from its weights without PyTorch, and run by ONNX Runtime.

Tan and Le, "EfficientNet: Rethinking model scaling for convolutional neural networks", ICML 2019. The
Lite variants (Liu 2020) have ReLU6 and no squeeze-and-excitation. Names and order of the tensors, and the
padding ("same", as in TensorFlow), are those of timm's `tf_efficientnet_lite2`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from artextract.vision.backbones import Backbone, build, reading_checkpoint
from artextract.vision.networks.onnx_graph import GraphBuilder, Session
from artextract.vision.weights import Weights

TIMM_NAME = "tf_efficientnet_lite2"
POOLED, MAP = "pooled", "map"
"""The outputs: float32 [n, 1280] and [n, 1280, rows, columns]."""

_STEM, _HEAD, _EXPANSION, _EPSILON = 32, 1280, 6, 1e-3
_STAGES = ((1, 3, 1, 16), (3, 3, 2, 24), (3, 5, 2, 48), (4, 3, 2, 88), (4, 5, 1, 120), (5, 5, 2, 208), (1, 3, 1, 352))
"""Blocks, side of the kernel, stride and channels of each stage."""
_NORM = ("weight", "bias", "running_mean", "running_var")


class OnnxNetwork:
    """An EfficientNet-Lite2 with a backbone's weights. Safe to use from many threads."""

    def __init__(self, backbone: Backbone, weights: Weights) -> None:
        """Load the weights. Raises WeightsError if they belong to another network."""
        how = backbone.preprocessing
        mean, std = ([255 * value for value in values] for values in (how.mean, how.std))
        with reading_checkpoint(backbone, weights):
            if weights.origin == "package":  # other names in the same order
                tensors = dict(zip(tensor_names(), weights.load().values(), strict=True))
            elif weights.path.suffix == ".safetensors":
                tensors = weights.load()
            else:  # PyTorch is only imported for a pickled file of the user's
                tensors = {name: tensor.numpy() for name, tensor in build(backbone, weights).state_dict().items()}
            self._session = Session(model(tensors, mean, std))

    def embed(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Embeddings float32 [n, 1280] of pictures uint8 [n, height, width, 3]."""
        return self._session.run(POOLED, pixels, priority)

    def maps(self, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Feature maps float32 [n, cells, 1280], the cells row by row."""
        planes = self._session.run(MAP, pixels, priority)
        return np.ascontiguousarray(planes.reshape(*planes.shape[:2], -1).transpose(0, 2, 1))


class _Convolution(NamedTuple):
    """A convolution with its batch norm."""

    name: str
    norm: str
    shape: tuple[int, int, int, int]  # Of the weights: outputs, inputs of a group, rows, columns
    stride: int = 1
    activated: bool = True  # Whether ReLU6 follows


def _blocks() -> Iterator[tuple[list[_Convolution], bool]]:
    """The convolutions of each block, and whether the block's input is added to its output."""
    yield [_Convolution("conv_stem", "bn1", (_STEM, 3, 3, 3), 2)], False
    channels = _STEM
    for stage, (count, side, first_stride, outputs) in enumerate(_STAGES):
        for number in range(count):
            block, stride = f"blocks.{stage}.{number}", first_stride if number == 0 else 1
            wide = channels * (_EXPANSION if stage else 1)
            layers = [_Convolution("conv_pw", "", (wide, channels, 1, 1))] if stage else []
            layers.append(_Convolution("conv_dw", "", (wide, 1, side, side), stride))
            last = "conv_pwl" if stage else "conv_pw"
            layers.append(_Convolution(last, "", (outputs, wide, 1, 1), activated=False))
            named = enumerate(layers, start=1)
            yield (
                [layer._replace(name=f"{block}.{layer.name}", norm=f"{block}.bn{n}") for n, layer in named],
                number > 0,
            )
            channels = outputs
    yield [_Convolution("conv_head", "bn2", (_HEAD, channels, 1, 1))], False


def tensor_names() -> list[str]:
    """timm's names of the tensors, in the order of the network, with the classifier of the training."""
    layers = [layer for block, _ in _blocks() for layer in block]
    norm = (*_NORM, "num_batches_tracked")
    names = [name for layer in layers for name in (f"{layer.name}.weight", *(f"{layer.norm}.{part}" for part in norm))]
    return [*names, "classifier.weight", "classifier.bias"]


def model(tensors: Mapping[str, np.ndarray], mean: Sequence[float], std: Sequence[float]) -> bytes:
    """The network as an ONNX file with the outputs above. `mean` and `std` are of values 0…255.

    Raises LookupError or ValueError if a tensor is missing or has another shape.
    """
    graph = GraphBuilder()
    limits = [graph.constant("zero", 0.0), graph.constant("six", 6.0)]

    def convolve(layer: _Convolution, inputs: str) -> str:
        weight = tensors[f"{layer.name}.weight"]
        if weight.shape != layer.shape:
            raise ValueError(f"{layer.name} has another shape")
        shape = {
            "auto_pad": "SAME_UPPER",
            "kernel_shape": layer.shape[2:],
            "strides": (layer.stride, layer.stride),
            "group": layer.shape[0] if layer.shape[1] == 1 else 1,  # depthwise or not
        }
        found = graph.add("Conv", [inputs, graph.constant(f"{layer.name}.weight", weight)], layer.name, **shape)
        norms = (f"{layer.norm}.{part}" for part in _NORM)
        norm = [graph.constant(name, tensors[name].reshape(layer.shape[0])) for name in norms]
        found = graph.add("BatchNormalization", [found, *norm], layer.norm, epsilon=_EPSILON)
        return graph.add("Clip", [found, *limits], f"{layer.norm}.act") if layer.activated else found

    found = graph.normalised(mean, std)
    for block, residual in _blocks():
        before = found
        for layer in block:
            found = convolve(layer, found)
        if residual:
            found = graph.add("Add", [found, before], f"{found}.sum")
    graph.add("Identity", [found], MAP)
    graph.add("Flatten", [graph.add("GlobalAveragePool", [found], "mean_of_map")], POOLED)
    return graph.model({POOLED: ["n", _HEAD], MAP: ["n", _HEAD, "rows", "columns"]})
