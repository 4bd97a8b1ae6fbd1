"""dlib's face network, made as an ONNX graph from dlib's file: dlib's own wheels compute it thirty times slower.

King, "High quality face recognition with deep metric learning", 2017: a ResNet with 29 convolutions, whose layers
are `anet_type` in dlib's example `dnn_face_recognition_ex.cpp`.
"""

import numpy as np

from artextract.vision.networks.onnx_graph import GraphBuilder

VECTORS = "vectors"  # The output: float32 [n, 128]
DIMENSION = 128

_MEAN, _STD = (122.782, 117.001, 104.298), (256.0, 256.0, 256.0)
_LEVELS = ((32, 3, False), (64, 4, True), (128, 3, True), (256, 3, True), (256, 1, True))
"""Channels and blocks of each level, and whether its first block halves the picture."""


def model(content: bytes) -> bytes:
    """The network as an ONNX file, from the content of dlib's file. Its pictures have 150 pixels a side.

    Raises ValueError if the content is of another network.
    """
    tensors, graph = _Tensors(content), GraphBuilder()

    def convolve(inputs: str, name: str, channels: int, outputs: int, side: int, stride: int) -> str:
        filters = outputs * channels * side * side
        values, norm = tensors.read(filters + outputs), tensors.read(2 * outputs)
        # gamma * (filters * x + bias) + beta, as one convolution
        weight = values[:filters].reshape(outputs, channels, side, side) * norm[:outputs, None, None, None]
        bias = values[filters:] * norm[:outputs] + norm[outputs:]
        constants = [graph.constant(f"{name}.weight", weight), graph.constant(f"{name}.bias", bias)]
        around = side // 2 if stride == 1 else 0
        return graph.add("Conv", [inputs, *constants], name, strides=(stride, stride), pads=(around,) * 4)

    def padded(inputs: str, name: str, axis: int, count: int) -> str:
        """Zeros at the end of an axis and those after it: dlib adds arrays of different sizes so."""
        ends = [0, count, 0, 0] if axis == 1 else [0, 0, count, count]
        return graph.add("Pad", [inputs, graph.constant(f"{name}.ends", [0, 0, 0, 0, *ends])], name)

    found = convolve(graph.normalised(_MEAN, _STD), "first", 3, 32, 7, 2)
    found = graph.add("MaxPool", [graph.add("Relu", [found], "first.act")], "pool", kernel_shape=(3, 3), strides=(2, 2))
    channels, side = 32, 35
    for level, (outputs, blocks, halves) in enumerate(_LEVELS):
        for number in range(blocks):
            name, stride, before = f"{level}.{number}", 2 if halves and number == 0 else 1, found
            inner = graph.add("Relu", [convolve(found, f"{name}.a", channels, outputs, 3, stride)], f"{name}.a.act")
            inner = convolve(inner, f"{name}.b", outputs, outputs, 3, 1)
            if stride == 2:
                before = graph.add("AveragePool", [before], f"{name}.half", kernel_shape=(2, 2), strides=(2, 2))
                narrow, side = (side - 3) // 2 + 1, side // 2
                if narrow < side:
                    inner = padded(inner, f"{name}.wide", 2, side - narrow)
                if channels < outputs:
                    before = padded(before, f"{name}.deep", 1, outputs - channels)
            channels = outputs
            found = graph.add("Relu", [graph.add("Add", [inner, before], f"{name}.sum")], f"{name}.act")
    pooled = graph.add("Flatten", [graph.add("GlobalAveragePool", [found], "pooled")], "flat")
    last = graph.constant("last", tensors.read(channels, DIMENSION).reshape(channels, DIMENSION))
    graph.add("MatMul", [pooled, last], VECTORS)
    return graph.model({VECTORS: ["n", DIMENSION]})


class _Tensors:
    """Reads the tensors of a file of dlib's one after another."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def read(self, rows: int, columns: int = 1) -> np.ndarray:
        """The next tensor of this size, float32 [rows * columns]."""
        header = b"".join(map(_integer, (2, rows, columns, 1, 1)))  # 2 is the version of the format
        start = self._content.index(header, self._at) + len(header)
        self._at = start + 4 * rows * columns
        return np.frombuffer(self._content, "<f4", rows * columns, start)


def _integer(value: int) -> bytes:
    """A whole number as dlib writes it: the number of bytes, then the bytes, the lowest first."""
    size = (value.bit_length() + 7) // 8
    return bytes([size]) + value.to_bytes(size, "little")
