"""Predict the custom labels of a collection for any picture."""

from PIL import Image

from artextract.attributes.custom_labels.linear_head import heads_for
from artextract.attributes.reading import Answer
from artextract.collection import Collection
from artextract.errors import NotReadyError
from artextract.vision.backbones import find_backbone
from artextract.vision.device import Device, find_device
from artextract.vision.embedding import find_key, usual_backbone
from artextract.vision.feature_extractor import Embedder


class LabelReader:
    """The heads of a collection, with the backbone whose embeddings they read."""

    def __init__(self, collection: Collection, device: Device | None = None) -> None:
        """Load them, on `device` or the one that is set.

        Raises:
            NotReadyError: the collection has no custom labels on its usual embedding.
            ArtExtractError: there is no such device, or the weights can't be had.
        """
        key = find_key(collection, usual_backbone(collection), device)
        self.heads = [] if key is None else heads_for(collection, str(key))
        if key is None or not self.heads:
            raise NotReadyError(
                f"{collection.name} has no custom labels: run "
                f"`artextract fit-labels {collection.name} --column …`, or use the Collections screen."
            )
        alike = (device or find_device()).in_arithmetic(key.arithmetic)
        self._embedder = Embedder(find_backbone(key.backbone), device=alike)

    def read(self, image: Image.Image) -> dict[str, Answer]:
        """What each head says of one RGB picture, by its column."""
        vectors = self._embedder.embed(image)[None]
        return {head.facts.column: head.answers(vectors)[0] for head in self.heads}
