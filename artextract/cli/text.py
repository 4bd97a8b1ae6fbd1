"""`artextract words …` and `search --words`: what was written of the works, searched."""

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from artextract.cli.common import Json, Name, errors_as_sentences, print_json, progress

if TYPE_CHECKING:
    import numpy as np

    from artextract.collection import Collection
    from artextract.text.search import WordSearcher


@errors_as_sentences
def index_texts(name: Name, as_json: Json = False) -> None:
    """Read what was written of a collection's works, so that it can be searched by words."""
    from artextract.collection import Collection
    from artextract.text.index import index_words

    with progress() as report:
        done = index_words(Collection.open(name), report)
    if as_json:
        print_json(done)
        return
    print(done.sentence())


@dataclass(frozen=True)
class Asked:
    """A search by words, as the command line has it."""

    words: str
    k: int
    look: bool
    """Whether the pictures themselves are compared with the words."""
    work: str | None
    image: Path | None
    weight: float
    """Of the words beside the work or image."""
    backbone: str | None
    device: str | None


def search_words(name: str, asked: Asked, as_json: bool) -> None:
    """Print the works nearest to words, or to words and a picture; texts are read where need be.

    Raises:
        ArtExtractError: there is no such collection, nothing to look for, or it can't be had.
    """
    from artextract.collection import Collection
    from artextract.text.index import index_words, is_ready
    from artextract.text.search import WordSearcher, words_of

    words_of(asked.words)  # says what is wrong with them before anything is read
    collection = Collection.open(name)
    if not is_ready(collection):
        with progress() as report:
            index_words(collection, report)
    searcher = WordSearcher(collection)
    seen, likeness = _by_picture(collection, searcher, asked)
    found = searcher.search(asked.words, asked.k, seen, likeness, asked.weight)
    if as_json:
        print_json({"query": asdict(asked), "found": [asdict(one) for one in found]})
        return
    titles = collection.works().set_index("id")[["title", "artist"]].fillna("")
    print(" score ↑  BM25 ↑  meaning ↑  picture ↑  likeness ↑   work")
    for one in found:
        numbers = (one.word, one.meaning, one.seen, one.likeness)
        cells = "     ".join("    –" if number is None else f"{number:5.2f}" for number in numbers)
        title, artist = titles.loc[one.id]
        work = f"{title or 'untitled'} · {artist or 'unknown'} [{one.id}]"
        print(f"{one.score:8.4f}   {cells}    {work}")
        for line in one.why:
            print(f"{'':53}{line}")


def _by_picture(
    collection: "Collection", texts: "WordSearcher", asked: Asked
) -> "tuple[np.ndarray | None, np.ndarray | None]":
    """How near the pictures are to the words and to the picture given, each where it is asked."""
    if not asked.look and asked.work is None and asked.image is None:
        return None, None
    import numpy as np

    from artextract.similarity.search import Searcher
    from artextract.text.picture_search import picture_asker
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embedder_like, load_embeddings
    from artextract.vision.images import read_picture

    on = find_device(asked.device)
    embeddings = load_embeddings(collection, asked.backbone, on)
    seen = likeness = None
    if asked.look:
        asker = picture_asker(embeddings, lambda: embedder_like(embeddings, on))
        seen = texts.aligned(embeddings.ids, asker.cosines(asked.words))
        print(asker.sentence, file=sys.stderr)
    if asked.work is None and asked.image is None:
        return seen, None
    searcher = Searcher(collection, embeddings, lambda: embedder_like(embeddings, on))
    if asked.work is not None:
        row = searcher.row_of(asked.work)
        cosines = searcher.cosines_with(embeddings.vectors[row])
        cosines[row] = np.nan
    else:
        path = asked.image or Path()
        cosines = searcher.cosines_with(searcher.vector_of(read_picture(path), path.name))
    likeness = texts.aligned(embeddings.ids, cosines)
    return seen, likeness
