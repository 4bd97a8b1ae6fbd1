"""LPIPS: how different two pictures look to a network trained on human similarity judgements.

Zhang, Isola, Efros, Shechtman and Wang, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric", CVPR
2018; version 0.1 on AlexNet, as the package `lpips` computes it. Importing that package takes seconds, and it runs each
picture through AlexNet again for each pair. The weights ship with the program.
"""

import threading
from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np

from artextract.network_queue import CLICK
from artextract.similarity.metrics.pixels import check_comparison_picture
from artextract.vision.networks.onnx_graph import GraphBuilder, Session
from artextract.vision.weights import resolve_weights

CONVOLUTIONS = {"features.0": 63, "features.3": 31, "features.6": 15, "features.8": 15, "features.10": 15}
"""AlexNet's convolutions by torchvision's names, and the sides of their outputs for pictures of 256 pixels."""
BATCH = 6  # Pictures per turn of the network: more are hardly faster, and others must wait


class Lpips:
    """The network with its weights, on the processor. Safe to use from threads."""

    def __init__(self, tensors: dict[str, np.ndarray]) -> None:
        """Take AlexNet's convolutions (torchvision's names, [O, I, H, W]) and `linear.0` to `.4`, [channels]."""
        self._session = Session(_model(tensors))

    def distances(self, query: np.ndarray, others: Sequence[np.ndarray]) -> list[float]:
        """LPIPS of a comparison picture, uint8 [256, 256, 3], with each of others: at least 0, lower is closer.

        The distance of a pair does not depend on the other pictures. ValueError if one is not a comparison picture.
        """
        features = np.concatenate([*self.features([query, *others], CLICK)])
        return [float(np.square(other - features[0]).sum()) for other in features[1:]]

    def features(self, pictures: Sequence[np.ndarray], priority: int) -> Iterator[np.ndarray]:
        """Vectors whose squared distance is LPIPS, float32 [≤ BATCH, length]; each batch waits for its turn.

        LPIPS is the sum over five layers of weighted squared differences, averaged over all places.
        So the channels at each place are scaled to unit length and multiplied by the square root of
        (the layer's learned weights / the number of places). All layers are concatenated. ValueError if a picture is
        not a comparison picture. For `priority` see `artextract.network_queue`.
        """
        for picture in pictures:
            check_comparison_picture(picture)
        for start in range(0, len(pictures), BATCH):
            yield self._session.run("features", np.stack(pictures[start : start + BATCH]), priority)


def _model(tensors: dict[str, np.ndarray]) -> bytes:
    """AlexNet and the scaling of its features as an ONNX file."""
    graph = GraphBuilder()
    # The scaling of `lpips` for RGB in -1…1, applied to 0…255.
    mean = 127.5 * (1 + np.array([-0.030, -0.088, -0.188]))
    values = graph.normalised(mean.tolist(), [127.5 * deviation for deviation in (0.458, 0.448, 0.450)])
    tiny, channel_axis = graph.constant("tiny", 1e-10), graph.constant("channel_axis", [1])
    parts = []
    for number, (name, side) in enumerate(CONVOLUTIONS.items()):
        if number in (1, 2):
            values = graph.add("MaxPool", [values], f"{name}.pooled", kernel_shape=(3, 3), strides=(2, 2))
        inputs = [values, *(graph.constant(f"{name}.{part}", tensors[f"{name}.{part}"]) for part in ("weight", "bias"))]
        shape = {"strides": (4, 4) if number == 0 else (1, 1), "pads": (2 if number < 2 else 1,) * 4}
        values = graph.add("Relu", [graph.add("Conv", inputs, name, **shape)], f"{name}.act")
        norm = graph.add("ReduceL2", [values, channel_axis], f"{name}.norm")
        lengths = graph.add("Add", [norm, tiny], f"{name}.lengths")
        weight = tensors[f"linear.{number}"]
        channels = np.flatnonzero(weight)  # a third of the channels have weight 0
        scale = np.sqrt(weight[channels]).reshape(-1, 1, 1) / side
        kept = graph.add("Gather", [values, graph.constant(f"{name}.kept", channels)], f"{name}.chosen", axis=1)
        scaled = graph.add("Mul", [kept, graph.constant(f"{name}.scale", scale)], f"{name}.scaled")
        parts.append(graph.add("Flatten", [graph.add("Div", [scaled, lengths], f"{name}.unit")], f"{name}.flat"))
    graph.add("Concat", parts, "features", axis=1)
    return graph.model({"features": ["n", "length"]})


def load_lpips() -> Lpips:
    """The network of this process. Raises WeightsError if the weights file is missing."""
    with _loading:
        return _load_once()


@cache
def _load_once() -> Lpips:
    return Lpips(resolve_weights("LPIPS", "", shipped="lpips_alexnet.safetensors").load())


_loading = threading.Lock()  # Threads that call `load_lpips` at the same time load one network
