"""Fit the text projection: `python -m train.text_projection --config <file>`.

Titles and picture embeddings are mapped into one space by a symmetric contrastive loss (Radford et al. 2021,
arXiv:2103.00020) on frozen embeddings of both (as Zhai et al. 2022, arXiv:2111.07991), on the training
paintings of a collection that `artextract collect wikiart` made. The validation pictures are used once,
at the end.
"""

from itertools import chain

import numpy as np
import pandas as pd
import torch
from sklearn.feature_extraction.text import TfidfVectorizer
from torch import Tensor, nn
from torch.nn import functional
from tqdm import trange

from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.text.projection import (
    LENGTH,
    TENSORS,
    ProjectedPictures,
    ProjectionFacts,
    TextProjection,
    embed_texts,
    embedding_name,
)
from artextract.text.text_embedding import DIMENSION, text_embedder
from artextract.vectors import unit
from artextract.vision.embedding import load_embeddings
from train.config import Changes, ConfigFile, TextProjectionSettings, run

TOP = 10  # Recall is measured among this many first results
SAYS_NOTHING = r"untitled|unknown title( \d+)?"  # Titles, in lower case, that are not used
HIDDEN = 512
MAX_TEMPERATURE = 50.0  # Of the cosines before the softmax


class Towers(nn.Module):
    """The maps of a `TextProjection`, to be trained. Pictures are standardised first."""

    tokens: Tensor
    mean: Tensor
    deviation: Tensor

    def __init__(self, pictures: Tensor, pieces: Tensor, settings: TextProjectionSettings) -> None:
        """Begin with random layers; `pieces` [pieces of words] are the first weights."""
        super().__init__()
        self.settings = settings
        self.register_buffer("tokens", torch.from_numpy(text_embedder().tokens))
        self.register_buffer("mean", pictures.mean(0))
        self.register_buffer("deviation", pictures.std(0) + 1e-6)
        self.piece_weight = nn.Parameter(pieces)
        self.skip, self.hidden = nn.Linear(DIMENSION, DIMENSION), nn.Linear(DIMENSION, HIDDEN)
        self.out, self.picture = nn.Linear(HIDDEN, DIMENSION), nn.Linear(pictures.shape[1], DIMENSION)
        self.temperature = nn.Parameter(torch.tensor(30.0).log())

    def texts(self, pieces: Tensor) -> Tensor:
        """Unit vectors of texts, from their pieces [n, longest] with -1 behind the last."""
        kept = torch.rand(pieces.shape) >= (self.settings.piece_dropout if self.training else 0)
        weights = self.piece_weight[pieces] * (kept & (pieces >= 0))
        sums = LENGTH * functional.normalize((weights[:, None] @ self.tokens[pieces])[:, 0], dim=1)
        return functional.normalize(self.skip(sums) + self.out(functional.gelu(self.hidden(sums))), dim=1)

    def pictures(self, vectors: Tensor) -> Tensor:
        """Unit vectors of pictures' unit vectors [n, dimension]."""
        standard = (vectors - self.mean) / self.deviation
        return functional.normalize(
            self.picture(functional.dropout(standard, self.settings.dropout, self.training)), dim=1
        )

    def tensors(self) -> dict[str, np.ndarray]:
        """The arrays of a `TextProjection`; the standardising is part of the pictures' layer."""
        state = {name: tensor.numpy() for name, tensor in self.state_dict().items()}
        weight = state["picture.weight"] / state["deviation"]
        found = {name: state.get(name.removeprefix("text."), weight) for name in TENSORS}
        return found | {"picture.weight": weight, "picture.bias": state["picture.bias"] - weight @ state["mean"]}


def fit_projection(settings: TextProjectionSettings) -> ProjectionFacts:
    """Fit, measure and write the projection.

    Raises ArtExtractError if the collection is missing, not embedded, or has too few titled works.
    """
    collection = Collection.open(settings.collection)
    embeddings = load_embeddings(collection, settings.backbone)
    works, vectors = collection.works().set_index("id").loc[embeddings.ids], unit(embeddings.vectors)
    titled = works["title"].notna() & ~works["title"].fillna("").str.lower().str.fullmatch(SAYS_NOTHING)
    fit = np.flatnonzero(titled & (works["split"] == "train"))
    val = np.flatnonzero(titled & (works["split"] == "val"))
    if min(len(fit), len(val)) < 2 * TOP:
        raise SourceError(
            f"{collection.name} has {len(fit)} embedded training works with a title and "
            f"{len(val)} for validation. Embed a collection with labels and titles first."
        )
    tensors = _fit_towers(works.iloc[fit], vectors[fit], settings)
    facts = ProjectionFacts(
        picture_embedding=embedding_name(embeddings.key),
        text_embedding=text_embedder().fingerprint,
        fitted_on=len(fit),
        validated_on=len(val),
        chance=TOP / len(val),
        **_measured(tensors, works["title"], vectors, fit, val),
    )
    TextProjection(facts, tensors).write(settings.output)
    return facts


def _fit_towers(works: pd.DataFrame, vectors: np.ndarray, settings: TextProjectionSettings) -> dict[str, np.ndarray]:
    """The arrays of a `TextProjection` for works and their unit vectors, float32 [n, dimension]."""
    torch.manual_seed(settings.seed)
    random = np.random.default_rng(settings.seed)
    titles = list(works["title"].str.lower())
    labels = list((works["genre"].fillna("") + " " + works["style"].fillna("")).str.strip().str.lower())
    texts = pd.Series(titles + [label or title for label, title in zip(labels, titles, strict=True)])
    codes, distinct = pd.factorize(texts)
    found = text_embedder().pieces(list(distinct))
    pieces = nn.utils.rnn.pad_sequence([torch.tensor(numbers) for numbers in found], True, -1)
    pictures = torch.from_numpy(vectors)
    # The inverse document frequency of each piece, divided by that of a piece in no text.
    counts = np.bincount([*chain.from_iterable(map(set, found))], minlength=len(text_embedder().tokens))
    rarity = np.log((1 + len(found)) / (1 + counts)) / np.log(1 + len(found))
    towers = Towers(pictures, torch.from_numpy(rarity.astype(np.float32)), settings)
    optimizer = torch.optim.AdamW(towers.parameters(), settings.learning_rate, weight_decay=settings.weight_decay)
    steps = max(1, len(titles) // settings.batch)
    warm_up = min(settings.warm_up, steps * settings.epochs // 2)
    schedule = torch.optim.lr_scheduler.SequentialLR(
        optimizer,
        [
            torch.optim.lr_scheduler.LinearLR(optimizer, 1e-3, total_iters=max(1, warm_up)),
            torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, max(1, steps * settings.epochs - warm_up)),
        ],
        [warm_up],
    )
    for _ in trange(settings.epochs, desc="Epochs", mininterval=5):
        order = random.permutation(len(titles))
        # For some of the paintings, the names of the genre and style stand for the title.
        own = codes[order + len(titles) * (random.random(len(titles)) < settings.labels)]
        for rows, text in zip(np.array_split(order, steps), np.array_split(own, steps), strict=True):
            loss = _loss(towers, pictures[rows], pieces[text], torch.from_numpy(text))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
    return towers.eval().tensors()


def _loss(towers: Towers, pictures: Tensor, pieces: Tensor, text: Tensor) -> Tensor:
    """The contrastive loss of a batch; paintings with the same text are not told apart."""
    scores = towers.texts(pieces) @ towers.pictures(pictures).T * towers.temperature.exp().clamp(max=MAX_TEMPERATURE)
    own = torch.arange(len(text))
    same = (text[:, None] == text) & (own[:, None] != own)
    scores = scores.masked_fill(same, -1e4)
    share = towers.settings.label_smoothing
    wanted = torch.eye(len(text)) * (1 - share) + share * ~same / (~same).sum(1, keepdim=True)
    sides = torch.stack([scores, scores.T])
    return -(wanted * sides.log_softmax(2)).sum(2).mean()


def _measured(
    tensors: dict[str, np.ndarray], titles: pd.Series, vectors: np.ndarray, fit: np.ndarray, val: np.ndarray
) -> dict[str, float]:
    """`recall`, `baseline` and `both` of `ProjectionFacts` for unit vectors, float32 [n, dimension], of all works."""
    fitted, searched = (
        ProjectedPictures(vectors[rows], tensors["picture.weight"], tensors["picture.bias"]) for rows in (fit, val)
    )
    words = TfidfVectorizer(strip_accents="unicode", stop_words="english", sublinear_tf=True)
    known = words.fit_transform(titles.iloc[fit])
    matches = (words.transform(titles.iloc[val]) @ known.T).toarray()
    best = np.argsort(-matches, axis=1, kind="stable")[:, :TOP]
    means = np.stack([fitted.mean(rows, row[rows].astype(np.float32)) for rows, row in zip(best, matches, strict=True)])
    queries = embed_texts(list(titles.iloc[val]), tensors)
    measured = {}
    for name, way in (("recall", queries), ("baseline", means), ("both", unit(queries + means))):
        scores = np.stack([searched.cosines(query) for query in way])
        own = np.diag(scores)[:, None]
        before = (scores > own).sum(axis=1) + ((scores == own).sum(axis=1) - 1) / 2  # ties count half
        measured[name] = float((before < TOP).mean())
    return measured


def main(config: ConfigFile, changes: Changes = None) -> None:
    """Fit the text projection."""
    settings = TextProjectionSettings.read(config, changes)
    print(fit_projection(settings).sentence())
    print(f"Written: {settings.output}")


if __name__ == "__main__":
    run(main)
