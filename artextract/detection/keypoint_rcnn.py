"""How the people in a picture hold themselves, by torchvision's Keypoint R-CNN: by name, since its
weights must be fetched.

He et al., "Mask R-CNN", ICCV 2017, section 5: people and seventeen points of each, learnt from the
photographs of COCO.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from artextract.detection.faces import Face
from artextract.detection.poses import MOST, POINTS, Pose
from artextract.errors import WeightsError
from artextract.network_queue import BACKGROUND, network_queue
from artextract.vision.device import find_device
from artextract.vision.weights import Weights, resolve_checkpoint

NAME = "keypointrcnn_resnet50_fpn"
URL = "https://download.pytorch.org/models/keypointrcnn_resnet50_fpn_coco-fc266e95.pth"
SIDES = (800, 1333)
"""The short side that a picture is brought to, and the most that its long side may have, pixels."""
LEAST_SCORE = 0.9
"""A person's least score."""
SEEN_FROM = 2.0
"""The height of a point's peak from which it counts as seen: Detectron's."""
POINT_OF = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
"""Which of BlazePose's points each of COCO's is: nose, eyes, ears, shoulders, elbows, wrists, hips,
knees, ankles, the left of each pair first."""


class KeypointRCNN:
    """Finds people and their poses. The network runs in its turn, in single precision."""

    def __init__(self, weights_file: Path | None = None) -> None:
        """Load the network on the device that is set.

        Args:
            weights_file: instead of where its weights are usually found.

        Raises:
            WeightsError: they can't be had or aren't this network's.
            DeviceError: there is no such device.
        """
        weights = resolve_checkpoint(NAME, URL, weights_file)
        self.key = f"{NAME}-{weights.fingerprint}"
        self._device = find_device().torch
        self._network = _build(weights).to(self._device)

    def find(self, image: Image.Image, faces: Sequence[Face] = (), priority: int = BACKGROUND) -> list[Pose]:
        """The poses in an RGB picture, the surest people first.

        Args:
            image: any size.
            faces: not needed: it finds people itself.
            priority: of `artextract.network_queue`.
        """
        import torch

        pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255

        def turn() -> dict[str, np.ndarray]:
            with torch.inference_mode():
                found = self._network([pixels.to(self._device)])[0]
            return {name: found[name].cpu().numpy() for name in ("scores", "keypoints", "keypoints_scores")}

        found = network_queue().run(turn, priority)
        poses: list[Pose] = []
        for score, places, heights in zip(*found.values(), strict=True):
            if score < LEAST_SCORE or len(poses) == MOST:
                break  # the surest come first
            points = np.zeros((POINTS, 3), np.float32)
            points[list(POINT_OF), :2] = places[:, :2] / image.size
            points[list(POINT_OF), 2] = 1 / (1 + np.exp(SEEN_FROM - np.clip(heights, -80, 80)))
            poses.append(Pose(float(score), points))
        return poses


def _build(weights: Weights) -> Any:
    """The network as torchvision builds it for its published weights."""
    from torchvision.models.detection import KeypointRCNN as Architecture
    from torchvision.models.detection.backbone_utils import resnet_fpn_backbone
    from torchvision.ops.misc import FrozenBatchNorm2d

    backbone = resnet_fpn_backbone(backbone_name="resnet50", weights=None)
    network = Architecture(backbone, num_classes=2, min_size=SIDES[0], max_size=SIDES[1])
    for module in network.modules():
        if isinstance(module, FrozenBatchNorm2d):
            module.eps = 0.0  # as they were trained
    try:
        network.load_state_dict(weights.load())
    except Exception as error:  # keys, shapes, pickles, zip files: torch raises what it meets
        raise WeightsError(f"{weights.path} is not a checkpoint of {NAME}: delete it or name another.") from error
    return network.eval()
