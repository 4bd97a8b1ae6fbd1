"""`artextract index-text`, and `artextract search --words`: search the texts about the works."""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artextract.cli.common import Name, Output, command, open_searcher, print_line, progress

if TYPE_CHECKING:
    import numpy as np

    from artextract.text.projection import PictureSearch
    from artextract.text.search import TextSearcher


@command
def index_text(name: Name) -> Output:
    """Index the texts of a collection's works for text search."""
    from artextract.collection import Collection
    from artextract.text import index

    with progress() as report:
        result = index.index_text(Collection.open(name), report)
    return Output(result, [result.sentence()])


@dataclass(frozen=True)
class TextQuery:
    """The options of a search by words."""

    words: str
    k: int
    pictures: bool  # Whether to compare the words with the pictures themselves, too
    work: str | None
    image: Path | None
    weight: float  # Weight of the words when combined with the work or image, 0 to 1
    backbone: str | None
    device: str | None


def search_text(name: str, query: TextQuery) -> Output:
    """The works nearest to words, or to words and a picture; missing texts are indexed first.

    Raises ArtExtractError for an empty query, or if the collection or something else is not available.
    """
    from artextract.collection import Collection
    from artextract.text.index import index_text, is_indexed
    from artextract.text.search import TextSearcher, query_words

    query_words(query.words)  # checks them before the long work begins
    collection = Collection.open(name)
    if not is_indexed(collection):
        with progress() as report:
            index_text(collection, report)
    searcher = TextSearcher(collection)
    pictures, similarity = _compared(name, searcher, query)
    matches = searcher.search(query.words, query.k, pictures, similarity, query.weight)
    titles = collection.works().set_index("id")[["title", "artist"]].fillna("")
    lines = [" score ↑  BM25 ↑  meaning ↑  picture ↑  similarity ↑   work"]
    for match in matches:
        numbers = (match.bm25, match.meaning, match.picture, match.similarity)
        cells = "     ".join("    –" if number is None else f"{number:5.2f}" for number in numbers)
        title, artist = titles.loc[match.id]
        lines.append(f"{match.score:8.4f}   {cells}    {title or 'untitled'} · {artist or 'unknown'} [{match.id}]")
        lines += [f"{'':53}{reason}" for reason in match.why]
    return Output({"query": asdict(query), "matches": [asdict(match) for match in matches]}, lines)


def _compared(
    name: str, searcher: "TextSearcher", query: TextQuery
) -> "tuple[PictureSearch | None, np.ndarray | None]":
    """The `pictures` and `similarity` of `TextSearcher.search`, where the query needs them."""
    if not query.pictures and query.work is None and query.image is None:
        return None, None
    import numpy as np

    from artextract.text.projection import open_picture_search
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embedder_like
    from artextract.vision.images import read_picture

    near = open_searcher(name, query.backbone, query.device)
    embeddings, pictures = near.embeddings, None
    if query.pictures:
        pictures = open_picture_search(embeddings, lambda: embedder_like(embeddings, find_device(query.device)))
        print_line(pictures.explanation, sys.stderr)
    if query.work is None and query.image is None:
        return pictures, None
    if query.image is not None:
        cosines = near.cosines_with(near.vector_of(read_picture(query.image), query.image.name))
    else:
        row = near.row_of(str(query.work))
        cosines = near.cosines_with(embeddings.vectors[row])
        cosines[row] = np.nan
    return pictures, searcher.aligned(embeddings.ids, cosines)
