"""Fit custom labels: a linear head on the embeddings of a collection, and how good it is.

Multinomial logistic regression; every figure is of pictures that were held out when the head that
answers was fitted (cross-validation by artist where artists are known).
"""

from dataclasses import dataclass

import numpy as np

from artextract.attributes.certainty.calibration import Calibration
from artextract.attributes.certainty.temperature import fit_temperature, unsure_threshold
from artextract.attributes.custom_labels.examples import Examples, examples_of
from artextract.attributes.custom_labels.linear_head import Head, HeadFacts, HeldOut, nearness, write_head
from artextract.attributes.evaluation.metrics import score
from artextract.collection import Collection
from artextract.progress import Report, Stage, silent
from artextract.vision.embedding import Embeddings

FOLDS = 5
STRENGTHS = (3.0, 30.0, 300.0)
"""Inverse strengths of the regularisation that are tried, by picture."""
FAR = 0.02
"""Part of the held-out pictures that count as like nothing the head knows."""


def fit_labels(collection: Collection, column: str, embeddings: Embeddings, report: Report = silent) -> Head:
    """Fit a head to a column, measure it on held-out pictures, and store it.

    Raises:
        SourceError: there is no such column, or it has too few labelled pictures.
        StorageError: it could not be written; an earlier head stays.
    """
    examples = examples_of(collection.works(), embeddings, column)
    folds = _folds(examples)
    stage = Stage(f"Learning {column}", len(STRENGTHS) * len(folds) + 1, report)
    best: _Fitted | None = None
    for strength in STRENGTHS:
        logits = np.zeros(examples.targets.shape)
        for held in folds:
            weights, bias = _regression(examples, ~held, strength)
            logits[held] = examples.vectors[held] @ weights.T + bias
            stage.advance()
        temperature = fit_temperature(logits, examples.targets, np.zeros(len(examples.terms)))
        loss = _loss(logits, examples.targets, temperature)
        if best is None or loss < best.loss:
            best = _Fitted(strength, logits, loss, temperature)
    assert best is not None
    everything = np.ones(len(examples.vectors), dtype=bool)
    weights, bias = _regression(examples, everything, best.strength)
    stage.advance()
    head = _head(examples, folds, best, weights, bias, column, str(embeddings.key))
    write_head(collection, head)
    return head


@dataclass(frozen=True)
class _Fitted:
    strength: float
    logits: np.ndarray
    """Of each picture, by a head that had not learnt from it."""
    loss: float
    temperature: float


def _head(
    examples: Examples,
    folds: list[np.ndarray],
    fitted: _Fitted,
    weights: np.ndarray,
    bias: np.ndarray,
    column: str,
    key: str,
) -> Head:
    flat = tuple(0.0 for _ in examples.terms)
    means = _means(examples, np.ones(len(examples.vectors), dtype=bool))
    near = np.zeros(len(examples.vectors))
    # What a picture is measured by was fitted without it, the temperature too.
    probabilities = np.zeros_like(fitted.logits)
    for held in folds:
        near[held] = nearness(examples.vectors[held], _means(examples, ~held))
        own = fit_temperature(fitted.logits[~held], examples.targets[~held], np.zeros(len(flat)))
        probabilities[held] = Calibration(own, flat, 0).probabilities(fitted.logits[held])
    near_enough = float(np.quantile(near, FAR))
    said = probabilities.argmax(axis=1)
    right = examples.targets[np.arange(len(said)), said] > 0
    threshold = unsure_threshold(probabilities.max(axis=1), right)
    sure = (probabilities.max(axis=1) >= threshold) & (near >= near_enough)
    wanted = np.where(right, said, examples.targets.argmax(axis=1))
    facts = HeadFacts(
        column=column,
        terms=examples.terms,
        pictures=tuple(int(n) for n in (examples.targets > 0).sum(axis=0)),
        key=key,
        calibration=Calibration(fitted.temperature, flat, threshold),
        near_enough=near_enough,
        held_out=HeldOut(
            scores=score(probabilities, wanted),
            by_artist=examples.by_artist,
            majority=float((examples.targets > 0).mean(axis=0).max()),
            sure=float(sure.mean()),
            sure_right=float(right[sure].mean()) if sure.any() else None,
        ),
        left_out=examples.left_out,
    )
    return Head(facts, weights.astype(np.float32), bias.astype(np.float32), means)


def _folds(examples: Examples) -> list[np.ndarray]:
    """Which pictures each fold holds out, bool [n] each: every picture is held out once."""
    from sklearn.model_selection import StratifiedGroupKFold

    first = examples.targets.argmax(axis=1)
    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    masks = []
    for _, held in split.split(examples.vectors, first, examples.groups):
        mask = np.zeros(len(first), dtype=bool)
        mask[held] = True
        if mask.any():
            masks.append(mask)
    return masks


def _regression(examples: Examples, chosen: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights [terms, dimension] and bias [terms], float64, fitted on the chosen pictures.

    A picture of several terms is learnt from once a term, each with its share of the weight.
    """
    from sklearn.linear_model import LogisticRegression

    rows, terms = np.nonzero((examples.targets > 0) & chosen[:, None])
    scale = np.sqrt(examples.vectors.shape[1])  # entries are then about 1
    weights = np.zeros((len(examples.terms), examples.vectors.shape[1]))
    bias = np.full(len(examples.terms), -30.0)  # of a term that only held-out pictures have
    if len(np.unique(terms)) == 1:  # the others' artists are all held out: it knows one alone
        bias[terms[0]] = 0.0
        return weights, bias
    model = LogisticRegression(C=strength / len(rows), max_iter=300)
    model.fit(examples.vectors[rows] * scale, terms, examples.targets[rows, terms])
    if len(model.classes_) == 2:  # one line tells two terms apart
        weights[model.classes_] = np.concatenate([-model.coef_, model.coef_]) * scale / 2
        bias[model.classes_] = np.array([-1, 1]) * model.intercept_[0] / 2
    else:
        weights[model.classes_] = model.coef_ * scale
        bias[model.classes_] = model.intercept_
    return weights, bias


def _means(examples: Examples, chosen: np.ndarray) -> np.ndarray:
    """The mean of each term's chosen vectors, float32 [terms, dimension]."""
    shares = examples.targets[chosen]
    sums = shares.T @ examples.vectors[chosen]
    return (sums / np.maximum(shares.sum(axis=0), 1e-12)[:, None]).astype(np.float32)


def _loss(logits: np.ndarray, targets: np.ndarray, temperature: float) -> float:
    probabilities = Calibration(temperature, tuple(np.zeros(logits.shape[1])), 0).probabilities(logits)
    return float(-(targets * np.log(np.maximum(probabilities, 1e-12))).sum(axis=1).mean())
