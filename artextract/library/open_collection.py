"""A collection opened for research: similar works, search by words, readings, the table and the embeddings."""

import io
from collections.abc import Iterable
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image, ImageOps

from artextract.attributes.reader import Reader, open_to_read
from artextract.attributes.reading import Reading
from artextract.collection import Collection
from artextract.errors import ArtExtractError, NotReadyError, WeightsError
from artextract.files import user_path
from artextract.library.results import Result, Results
from artextract.similarity.search import Searcher
from artextract.text.index import index_text, is_indexed
from artextract.text.projection import PictureSearch, open_picture_search
from artextract.text.search import TextSearcher
from artextract.vision.embedding import embedder_like, load_embeddings
from artextract.vision.images import read_picture

Query = str | Path | Image.Image | np.ndarray
"""A work's id, the path of a picture file, a picture, or pixels: uint8 [height, width, 3] (RGB) or [height, width]
(grey). A text is an id if the collection has such a work, and a path otherwise."""
_PNG, _TIFF = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"), ("CMYK", "I", "F")  # Modes that are kept without loss


class OpenCollection:
    """A collection as it was when it was opened, with its best embedding. Threads may share one."""

    def __init__(self, collection: Collection) -> None:
        self.collection = collection
        self._works = collection.works().set_index("id", drop=False)

    def __repr__(self) -> str:
        return f"{self.collection.about.title} ({self.collection.name}): {len(self._works):,} works"

    def similar(self, query: Query, k: int = 10) -> Results:
        """The `k` works most similar to a work or a picture, the nearest first, with cosine, SSIM, RMSE and LPIPS.

        Leaves out the work itself, also if the query is the same file. Raises ArtExtractError if the collection has no
        embedding or no such work, or the picture cannot be read; ValueError if an array is no picture.
        """
        if self._is_work(query):
            found = self._searcher.near_work(str(query), k)
        else:
            content, name = self._content(query)
            found = self._searcher.near_image(content, k, name=name)
        return self._results((near.id, near.scores, "") for near in found)

    def search(self, words: str, k: int = 10) -> Results:
        """The `k` best works for words: first those that have all of them, then near in meaning, then by the picture.

        The first search indexes the texts. Pictures are compared if the embedding can be searched by words. Raises
        ArtExtractError if there is no word to search for.
        """
        found = self._texts.search(words, k, self._pictures)
        matches = [(match, "; ".join(match.why)) for match in (*found.exact, *found.near)]
        matches += [(match, "Only the picture is similar") for match in found.by_picture]
        return self._results(
            (match.id, {"bm25": match.bm25, "meaning": match.meaning, "picture": match.picture}, why)
            for match, why in matches[:k]
        )

    def read(self, query: Query) -> Reading:
        """Predict style, genre, artist and date of a work or a picture with the included model.

        Raises ArtExtractError if the picture cannot be read; ValueError if an array is no picture.
        """
        return _reader().read(open_to_read(*self._content(query)))

    def to_pandas(self) -> pd.DataFrame:
        """The work table, one row per work, with the id as index; for its columns see `Collection.works`."""
        return self._works.copy()

    @cached_property
    def embeddings(self) -> np.ndarray:
        """The embeddings, float32 [works, dimension], not normalised, in the order of `to_pandas`; read-only.

        The row of a work without an embedding is NaN. Raises NotReadyError if no work has one.
        """
        stored = self._searcher.embeddings
        if len(stored.ids) == len(self._works):
            return stored.vectors
        vectors = np.full((len(self._works), stored.vectors.shape[1]), np.nan, np.float32)
        vectors[self._works.index.get_indexer(pd.Index(stored.ids))] = stored.vectors
        vectors.flags.writeable = False
        return vectors

    def picture(self, work: str) -> Path:
        """The file of a work's thumbnail: a JPEG of at most 320 pixels a side. ArtExtractError for an unknown id."""
        if work not in self._works.index:
            raise ArtExtractError(f"The collection {self.collection.name} has no work {work!r}: check the id.")
        return self.collection.thumbnail_path(str(self._works.at[work, "image_sha256"]))

    @cached_property
    def _searcher(self) -> Searcher:
        embeddings = load_embeddings(self.collection)
        return Searcher(self.collection, embeddings, lambda: embedder_like(embeddings))

    @cached_property
    def _texts(self) -> TextSearcher:
        if not is_indexed(self.collection):
            index_text(self.collection)
        return TextSearcher(self.collection)

    @cached_property
    def _pictures(self) -> PictureSearch | None:
        try:
            embeddings = self._searcher.embeddings
            return open_picture_search(embeddings, lambda: embedder_like(embeddings))
        except (NotReadyError, WeightsError):  # without an embedding that words can be compared with
            return None

    def _is_work(self, query: Query) -> bool:
        return isinstance(query, str) and query in self._works.index

    def _content(self, query: Query) -> tuple[bytes, str]:
        """A picture file's bytes, and its name in an error."""
        if isinstance(query, np.ndarray):
            if (
                not query.size
                or query.dtype != np.uint8
                or query.ndim not in (2, 3)
                or query.shape[2:] not in ((), (3,))
            ):
                shape = f"{query.dtype} {list(query.shape)}"
                raise ValueError(f"An array must be uint8 [height, width, 3] or [height, width], not {shape}.")
            query = Image.fromarray(query)
        if isinstance(query, Image.Image):
            upright, buffer = ImageOps.exif_transpose(query), io.BytesIO()
            if upright.mode not in (*_PNG, *_TIFF):
                upright = upright.convert("RGB")
            upright.save(buffer, "TIFF" if upright.mode in _TIFF else "PNG")
            return buffer.getvalue(), "the picture"
        if self._is_work(query):
            path = self.collection.image_path(str(self._works.at[str(query), "image"]))
        elif not (path := user_path(query)).exists():
            raise ArtExtractError(
                f"The collection {self.collection.name} has no work {str(query)!r}, and there is no such file."
            )
        return read_picture(path), path.name

    def _results(self, found: Iterable[tuple[str, dict[str, float | None], str]]) -> Results:
        results = Results()
        for work, scores, why in found:
            row: dict[Any, Any] = self._works.loc[work].to_dict()
            title, artist = (None if pd.isna(row[name]) else str(row[name]) for name in ("title", "artist"))
            results.append(Result(work, title, artist, scores, why, self.picture(work)))
        return results


@cache
def _reader() -> Reader:
    """The included model, loaded once."""
    return Reader()
