"""Everything that the screens need of a collection: its embedding, its map and its similarity scores."""

from dataclasses import dataclass

from artextract.collection import Collection
from artextract.errors import WeightsError
from artextract.features.workers import JobResult
from artextract.maps.gallery_map import compute_map
from artextract.progress import Report, silent
from artextract.similarity.neighbour_scores import score_neighbours
from artextract.similarity.search import Searcher
from artextract.vision.backbones import DEFAULT_BACKBONE
from artextract.vision.embedding import EmbeddingResult, embed_collection, embedder_like, load_embeddings


@dataclass(frozen=True)
class PrepareResult:
    """What a run did."""

    embedding: EmbeddingResult
    placed: int  # Works that were added to a map which existed already
    scores: JobResult | str  # A sentence if the scores could not be computed

    def sentence(self) -> str:
        """What the run did."""
        scores = self.scores if isinstance(self.scores, str) else self.scores.sentence()
        placed = f" Added {self.placed:,} works to the existing map." if self.placed else ""
        return f"{self.embedding.sentence()} {scores}{placed}"


def prepare_collection(
    collection: Collection, backbone: str = DEFAULT_BACKBONE, report: Report = silent
) -> PrepareResult:
    """Embed a collection, lay out its t-SNE map and score its neighbours: computes what is missing.

    Raises ArtExtractError if there are no works, the backbone is not available, or the disk is full.
    """
    embedding = embed_collection(collection, backbone, report=report)
    embeddings = load_embeddings(collection, backbone)
    placed = int(compute_map(collection, embeddings, "tsne", report).placed.sum())
    try:
        scores = score_neighbours(Searcher(collection, embeddings, lambda: embedder_like(embeddings)), report)
    except WeightsError as error:  # everything else works without LPIPS
        return PrepareResult(embedding, placed, str(error))
    return PrepareResult(embedding, placed, scores)
