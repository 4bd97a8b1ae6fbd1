"""ArtExtract: explore a painting collection by visual similarity.

The public functions of the library. All else is described in the modules that they name. Networks
are imported when a function first needs them.
"""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from artextract.files import user_path

if TYPE_CHECKING:
    from artextract.attributes.reader import Reader
    from artextract.attributes.reading import Reading
    from artextract.collection import Collection
    from artextract.similarity.search import Neighbour
    from artextract.vision.embedding import EmbeddingResult

__version__ = "0.1.0"
__all__ = ["collect_folder", "embed", "open_collection", "read", "similar"]


def collect_folder(folder: str | Path, name: str, metadata: str | Path | None = None) -> "Collection":
    """Make a collection of the pictures of a folder, at every depth, or update it.

    `name` has letters, digits, `-` and `_`; `metadata` is a CSV table with the pictures' file names and what is known
    of them. Raises ArtExtractError if the folder or the table cannot be read, or the disk is full.
    """
    from artextract.collecting import collect
    from artextract.sources.folder import FolderSource

    collect(FolderSource(user_path(folder), user_path(metadata) if metadata else None), name)
    return open_collection(name)


def open_collection(name: str) -> "Collection":
    """Open a collection: `works()` gives its table. Raises CollectionError if no collection has this name."""
    from artextract.collection import Collection

    return Collection.open(name)


def embed(collection: "Collection", backbone: str = "paintings") -> "EmbeddingResult":
    """Compute the embeddings that the collection lacks, with a backbone of `artextract.vision.backbones.BACKBONES`.

    Raises ArtExtractError if the backbone or its weights do not exist, or the disk is full.
    """
    from artextract.vision.embedding import embed_collection

    return embed_collection(collection, backbone)


def similar(
    collection: "Collection", *, picture: str | Path | None = None, work: str | None = None, k: int = 10
) -> "list[Neighbour]":
    """The `k` works most similar to a picture file or to a work of the collection (its id), nearest first.

    The work itself is left out, also if `picture` is its very file. The works have their scores: cosine, SSIM, RMSE and
    LPIPS. Raises ValueError if neither or both of `picture` and `work` are given, ArtExtractError if the collection has
    no embedding or no such work, or the picture cannot be read.
    """
    from artextract.similarity.search import Searcher
    from artextract.vision.embedding import embedder_like, load_embeddings
    from artextract.vision.images import read_picture

    if (picture is None) == (work is None):
        raise ValueError("Give a picture or a work.")
    embeddings = load_embeddings(collection)
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings))
    if work is not None:
        return searcher.near_work(work, k)
    return searcher.near_image(read_picture(user_path(str(picture))), k, name=str(picture))


def read(picture: str | Path) -> "Reading":
    """Predict style, genre, artist and date of a painting with the shipped model.

    `picture` is a picture file. Raises ArtExtractError if it cannot be read.
    """
    from artextract.attributes.reader import open_to_read

    return _reader().read(open_to_read(user_path(picture)))


@lru_cache(maxsize=1)
def _reader() -> "Reader":
    """The shipped model, loaded once."""
    from artextract.attributes.reader import Reader

    return Reader()
