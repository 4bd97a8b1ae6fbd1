"""Fit the text projection: `python -m train.text_projection --config <file>`.

Ridge regression from the text embeddings of paintings' titles, genres and styles to their picture
embeddings (`artextract.text.projection`), on the training paintings of a collection that
`artextract collect wikiart` made. The ridge and the weight of genres and styles are chosen on
artists kept aside from training. The validation pictures are used once, at the end.
"""

from itertools import product

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer

from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.text.projection import ProjectionFacts, TextProjection, centred, embedding_name
from artextract.text.text_embedding import DIMENSION, text_embedder
from artextract.vision.embedding import load_embeddings
from train.config import Changes, ConfigFile, TextProjectionSettings, run

TOP = 10  # Recall is measured among this many first results
RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0)
LABELS = ("genre", "style")
LABEL_WEIGHTS = (0.003, 0.01, 0.03, 0.1, 0.3)
"""How much a label counts beside a title. A label stands for hundreds of pictures and would outweigh the titles."""


def fit_projection(settings: TextProjectionSettings) -> ProjectionFacts:
    """Fit, measure and write the projection.

    Raises ArtExtractError if the collection is missing, not embedded, or has too few titled works.
    """
    collection = Collection.open(settings.collection)
    embeddings = load_embeddings(collection, settings.backbone)
    works, vectors = collection.works().set_index("id").loc[embeddings.ids], embeddings.vectors
    titled = works["title"].notna().to_numpy()
    fit = np.flatnonzero(titled & (works["split"] == "train").to_numpy())
    val = np.flatnonzero(titled & (works["split"] == "val").to_numpy())
    if min(len(fit), len(val)) < 2 * TOP:
        raise SourceError(
            f"{collection.name} has {len(fit)} embedded training works with a title and "
            f"{len(val)} for validation. Embed a collection with labels and titles first."
        )
    aside = fit[_of_some_artists(works["artist"].iloc[fit], settings)]
    rest = np.setdiff1d(fit, aside)

    def recall(matrix: np.ndarray, centre: np.ndarray, rows: np.ndarray) -> float:
        projected = text_embedder().embed(list(works["title"].iloc[rows])) @ matrix
        return _recall(projected @ centred(vectors[rows], centre).T)

    trials = {
        choice: recall(*_fitted(works.iloc[rest], vectors[rest], *choice), aside)
        for choice in product(RIDGES, LABEL_WEIGHTS)
    }
    best = max(trials, key=lambda choice: trials[choice])
    print(
        f"Ridge {best[0]:g}, label weight {best[1]:g}: recall@{TOP} {trials[best]:.3f} on {len(aside):,} pictures "
        f"kept aside (the worst of {len(trials)} choices: {min(trials.values()):.3f})."
    )
    matrix, centre = _fitted(works.iloc[fit], vectors[fit], *best)
    facts = ProjectionFacts(
        picture_embedding=embedding_name(embeddings.key),
        text_embedding=text_embedder().fingerprint,
        fitted_on=len(fit),
        validated_on=len(val),
        recall=recall(matrix, centre, val),
        chance=TOP / len(val),
        baseline=_recall(_by_shared_words(works["title"], vectors, fit, val)),
    )
    TextProjection(facts, matrix, centre).write(settings.output)
    return facts


def _fitted(works: pd.DataFrame, vectors: np.ndarray, ridge: float, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """The matrix and centre of a `TextProjection`; labels count by `weight`."""
    centre = _mean(vectors)
    pictures = centred(vectors, centre)
    left, right = ridge * np.eye(DIMENSION), np.zeros((DIMENSION, vectors.shape[1]))
    for column in ("title", *LABELS):
        known = works[column].notna().to_numpy()
        texts = text_embedder().embed(list(works[column][known]))
        counts = weight if column in LABELS else 1.0
        left += counts * texts.T @ texts
        right += counts * texts.T @ pictures[known]
    return np.linalg.solve(left, right).astype(np.float32), centre


def _mean(vectors: np.ndarray) -> np.ndarray:
    return centred(vectors, np.zeros(vectors.shape[1], np.float32)).mean(axis=0)


def _of_some_artists(artists: pd.Series, settings: TextProjectionSettings) -> np.ndarray:
    """Which works belong to the artists kept aside, bool [n]; a work without an artist counts as its own artist."""
    names = artists.fillna(pd.Series(artists.index, artists.index)).to_numpy()
    order = np.random.default_rng(settings.seed).permutation(np.unique(names))
    share = np.cumsum([np.count_nonzero(names == name) for name in order]) / len(names)
    return np.isin(names, order[: 1 + np.searchsorted(share, settings.aside)])


def _recall(scores: np.ndarray) -> float:
    """Share of titles whose own picture is among the first `TOP`: scores [titles, pictures]; ties count half."""
    own = np.diag(scores)[:, None]
    before = (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) - 1) / 2
    return float((before < TOP).mean())


def _by_shared_words(titles: pd.Series, vectors: np.ndarray, fit: np.ndarray, val: np.ndarray) -> np.ndarray:
    """The baseline: cosines float [val, val] by shared words in titles (TF-IDF).

    The mean picture of the `TOP` training titles that match best stands for a validation title.
    """
    words = TfidfVectorizer(strip_accents="unicode", stop_words="english", sublinear_tf=True)
    fitted = words.fit_transform(titles.iloc[fit])
    matches = (words.transform(titles.iloc[val]) @ fitted.T).toarray()
    centre = _mean(vectors[fit])
    pictures = centred(vectors[fit], centre)
    best = np.argsort(-matches, axis=1, kind="stable")[:, :TOP]
    weights = np.take_along_axis(matches, best, axis=1)
    means = (pictures[best] * weights[..., None]).sum(axis=1)
    scores: np.ndarray = means @ centred(vectors[val], centre).T
    lengths = np.linalg.norm(means, axis=1, keepdims=True)
    return np.divide(scores, lengths, out=np.zeros_like(scores), where=lengths > 0)


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Fit the text projection."""
    settings = TextProjectionSettings.read(config, changes)
    print(fit_projection(settings).sentence())
    print(f"Written: {settings.output}")


if __name__ == "__main__":
    run(main)
