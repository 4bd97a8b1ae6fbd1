"""Fit the bridge from words to pictures: `python -m train.text_projection --config <file>`.

Ridge regression from the embeddings of a painting's title, genre and style to what its picture
looks like (`artextract.text.projection`), on the embedded training paintings of a collection that was
made by `artextract collect wikiart`. How strongly it is held back, and how much a genre or style
counts beside a title, is chosen on whole artists kept aside from training; validation pictures are
looked at once, at the end.
"""

from itertools import product
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from sklearn.feature_extraction.text import TfidfVectorizer

from artextract.cli.common import errors_as_sentences
from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.text.projection import Bridge, Facts, centred, embedding_name
from artextract.text.text_embedding import DIMENSION, text_embedder
from artextract.vision.embedding import load_embeddings
from train.config import BridgeSettings

FOUND = 10
"""A picture counts as found among the first so many."""
RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0)
LABELS = ("genre", "style")
WEIGHTS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""How much a label counts beside a title. There are few different ones, and each stands for
hundreds of pictures: without a weight they would outdo the titles."""


def fit_bridge(settings: BridgeSettings) -> Facts:
    """Fit, measure and write the bridge; what there is to know of it.

    Raises:
        ArtExtractError: the collection isn't there, isn't embedded, or has too few titled works.
    """
    collection = Collection.open(settings.collection)
    embeddings = load_embeddings(collection, settings.backbone)
    works = collection.works().set_index("id").loc[embeddings.ids]
    titled = works["title"].notna().to_numpy()
    fit = np.flatnonzero(titled & (works["split"] == "train").to_numpy())
    val = np.flatnonzero(titled & (works["split"] == "val").to_numpy())
    if min(len(fit), len(val)) < 2 * FOUND:
        raise SourceError(
            f"{collection.name} has {len(fit)} embedded training works with a title and "
            f"{len(val)} to validate on: embed a collection with labels and titles first."
        )
    aside = fit[_of_some_artists(works["artist"].iloc[fit], settings)]
    kept = np.setdiff1d(fit, aside)

    def made(rows: np.ndarray, how: tuple[float, float]) -> Bridge:
        return _fitted(works.iloc[rows], embeddings.vectors[rows], *how, _facts(len(rows)))

    def _facts(count: int, among: int = 0, **scores: float) -> Facts:
        return Facts(
            pictures=embedding_name(embeddings.key),
            words=text_embedder().fingerprint,
            fitted_on=count,
            among=among,
            **({"recall": 0.0, "chance": 0.0, "borrowed": 0.0} | scores),
        )

    def recall(bridge: Bridge, rows: np.ndarray) -> float:
        titles = list(works["title"].iloc[rows])
        return _recall(bridge.cosines(titles, embeddings.vectors[rows]))

    tried = {how: recall(made(kept, how), aside) for how in product(RIDGES, WEIGHTS)}
    best = max(tried, key=lambda how: tried[how])
    print(
        f"Ridge {best[0]:g} and weight {best[1]:g} of labels: recall@{FOUND} {tried[best]:.3f} of "
        f"{len(aside):,} kept aside, by {len(tried)} tried from {min(tried.values()):.3f} on."
    )
    final = made(fit, best)
    borrowed = _borrowed(works["title"], embeddings.vectors, fit, val)
    facts = _facts(
        len(fit),
        among=len(val),
        recall=recall(final, val),
        chance=FOUND / len(val),
        borrowed=_recall(borrowed),
    )
    Bridge(facts, final.matrix, final.centre).write(settings.output)
    return facts


def _fitted(works: pd.DataFrame, vectors: np.ndarray, ridge: float, weight: float, facts: Facts) -> Bridge:
    """Ridge regression from each text of each work to its picture, labels by `weight`."""
    centre = centred(vectors, np.zeros(vectors.shape[1], np.float32)).mean(axis=0)
    pictures = centred(vectors, centre)
    left, right = ridge * np.eye(DIMENSION), np.zeros((DIMENSION, vectors.shape[1]))
    for column in ("title", *LABELS):
        there = works[column].notna().to_numpy()
        asked = text_embedder().embed(list(works[column][there]))
        counts = weight if column in LABELS else 1.0
        left += counts * asked.T @ asked
        right += counts * asked.T @ pictures[there]
    matrix = np.linalg.solve(left, right)
    return Bridge(facts, matrix.astype(np.float32), centre)


def _of_some_artists(artists: pd.Series, settings: BridgeSettings) -> np.ndarray:
    """Which works are of the artists that are kept aside, bool [n]; nobody's work is its own."""
    names = artists.fillna(pd.Series(artists.index, artists.index)).to_numpy()
    order = np.random.default_rng(settings.seed).permutation(np.unique(names))
    share = np.cumsum([np.count_nonzero(names == name) for name in order]) / len(names)
    return np.isin(names, order[: 1 + np.searchsorted(share, settings.aside)])


def _recall(scores: np.ndarray) -> float:
    """How often the picture of a title is among the first ten: scores [titles, pictures]."""
    own = np.diag(scores)[:, None]
    # As many equally near count before it as after it.
    before = (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) - 1) / 2
    return float((before < FOUND).mean())


def _borrowed(titles: pd.Series, vectors: np.ndarray, fit: np.ndarray, val: np.ndarray) -> np.ndarray:
    """The rival: by word match on titles alone.

    Each validation title is matched with the titles that were trained on (TF-IDF), and the mean
    picture of the ten best stands for it. Cosines float [val, val].
    """
    words = TfidfVectorizer(strip_accents="unicode", stop_words="english", sublinear_tf=True)
    known = words.fit_transform(titles.iloc[fit])
    likeness = (words.transform(titles.iloc[val]) @ known.T).toarray()
    centre = centred(vectors[fit], np.zeros(vectors.shape[1], np.float32)).mean(axis=0)
    pictures = centred(vectors[fit], centre)
    best = np.argsort(-likeness, axis=1, kind="stable")[:, :FOUND]
    weights = np.take_along_axis(likeness, best, axis=1)
    asked = (pictures[best] * weights[..., None]).sum(axis=1)
    scores: np.ndarray = asked @ centred(vectors[val], centre).T
    lengths = np.linalg.norm(asked, axis=1, keepdims=True)
    return np.divide(scores, lengths, out=np.zeros_like(scores), where=lengths > 0)


@errors_as_sentences
def main(config: Annotated[Path, typer.Option(help="A YAML file: see train/configs.")]) -> None:
    """Fit the bridge from words to pictures."""
    settings = BridgeSettings.read(config)
    print(fit_bridge(settings).sentence())
    print(f"Written: {settings.output}")


if __name__ == "__main__":
    typer.run(main)
