"""Networks as ONNX graphs, and ONNX Runtime, which runs them on the processor in float32.

Each picture is computed alone, by one thread, and several pictures at once on as many threads as there are
cores. That is faster than sharing a picture or a batch between cores, and a result never depends on its batch.
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np

from artextract.network_queue import network_queue

PIXELS = "pixels"  # The input: uint8 [n, height, width, 3]


class GraphBuilder:
    """Builds the graph of a network for pictures, without PyTorch. Values go by their names."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def constant(self, name: str, values: Any) -> str:
        """A constant: int64 where the values are whole numbers, otherwise float32."""
        from onnx import numpy_helper

        array = np.asarray(values)
        kind = np.int64 if array.dtype.kind == "i" else np.float32
        self._constants.append(numpy_helper.from_array(array.astype(kind), name))
        return name

    def add(self, kind: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """A node of an operator of ONNX; returns the name of its output."""
        from onnx import helper

        self._nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def normalised(self, mean: Sequence[float], std: Sequence[float]) -> str:
        """The pictures as float32 [n, 3, height, width], normalised; `mean` and `std` are of values 0…255."""
        values = self.add("Cast", [PIXELS], "values", to=1)  # 1 is float32
        planes = self.add("Transpose", [values], "planes", perm=(0, 3, 1, 2))
        shifts, factors = (np.asarray(each, np.float32).reshape(1, 3, 1, 1) for each in (mean, std))
        centred = self.add("Sub", [planes, self.constant("mean", shifts)], "centred")
        return self.add("Div", [centred, self.constant("std", factors)], "normalised")

    def model(self, outputs: Mapping[str, Sequence[int | str]]) -> bytes:
        """The ONNX file; `outputs` are the names and shapes of the results, float32."""
        from onnx import TensorProto, helper

        pixels = helper.make_tensor_value_info(PIXELS, TensorProto.UINT8, ["n", "height", "width", 3])
        found = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()]
        graph = helper.make_graph(self._nodes, "network", [pixels], found, self._constants)
        # Versions of the format that ONNX Runtime 1.20 reads.
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
        return model.SerializeToString()


class Session:
    """A model of `GraphBuilder`, loaded. Safe to use from many threads."""

    def __init__(self, model: bytes) -> None:
        self._session = loaded(model)

    def run(self, output: str, pixels: np.ndarray, priority: int) -> np.ndarray:
        """Wait for a turn (see `artextract.network_queue`); float32 [n, …] of pictures uint8 [n, height, width, 3]."""

        def one(picture: np.ndarray) -> np.ndarray:
            found: np.ndarray = self._session.run([output], {PIXELS: picture[None]})[0]
            return found

        return network_queue().run(lambda: np.concatenate(list(_threads().map(one, pixels))), priority)


def loaded(model: bytes) -> Any:
    """ONNX Runtime's session of a model, on one thread: more threads spend as much again on waiting."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


@cache
def _threads() -> ThreadPoolExecutor:
    """The threads that compute pictures, one for each core."""
    return ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="networks")
