"""Fit custom labels: a linear head on the embeddings of a collection, and how good it is.

The head is a multinomial logistic regression. All its scores come from cross-validation, by artist if
the artists are known.
"""

from dataclasses import replace

import numpy as np

from artextract.attributes.certainty.calibration import Calibration, fit_temperature, unsure_threshold
from artextract.attributes.custom_labels.examples import Examples, examples_of
from artextract.attributes.custom_labels.linear_head import Head, HeadFacts, HeldOut, similarity_to_means, write_head
from artextract.attributes.evaluation.metrics import score
from artextract.collection import Collection
from artextract.progress import Report, Stage, silent
from artextract.vision.embedding import Embeddings

FOLDS = 5
INVERSE_STRENGTHS = (3.0, 30.0, 300.0)
"""Candidates for the inverse regularisation strength C, multiplied by the number of examples."""
OOD_SHARE = 0.02  # Share of the held-out pictures that counts as out of distribution


def fit_labels(collection: Collection, column: str, embeddings: Embeddings, report: Report = silent) -> Head:
    """Fit a head to a column, measure it on held-out pictures, and store it in place of an earlier one.

    Raises SourceError if there is no such column, or it has too few labelled pictures.
    """
    examples = examples_of(collection.works(), embeddings, column)
    folds = _folds(examples)
    known = _known(examples, folds)
    stage = Stage(f"Fitting {column}", len(INVERSE_STRENGTHS) * len(folds) + 1, report)
    held_out: dict[float, np.ndarray] = {}  # Strength → logits of the held-out pictures, float64 [n, terms]
    losses: dict[float, float] = {}  # Strength → cross-entropy of the `known` pictures after calibration, nats
    for strength in INVERSE_STRENGTHS:
        held_out[strength] = logits = np.zeros(examples.targets.shape)
        for held in folds:
            weights, bias = _regression(examples, ~held, strength)
            logits[held] = examples.vectors[held] @ weights.T + bias
            stage.advance()
        probabilities = _calibration(examples, logits, known).probabilities(logits[known])
        losses[strength] = -(examples.targets[known] * np.log(np.maximum(probabilities, 1e-12))).sum()
    best = min(losses, key=losses.__getitem__)
    every = np.ones(len(examples.vectors), dtype=bool)
    weights, bias = _regression(examples, every, best)
    stage.advance()
    facts = _facts(examples, folds, known, held_out[best], column, str(embeddings.key))
    head = Head(facts, weights.astype(np.float32), bias.astype(np.float32), _means(examples, every))
    write_head(collection, head)
    return head


def _facts(
    examples: Examples, folds: list[np.ndarray], known: np.ndarray, logits: np.ndarray, column: str, key: str
) -> HeadFacts:
    predicted = logits.argmax(axis=1)
    right = examples.targets[np.arange(len(predicted)), predicted] > 0
    similarity = np.zeros(len(right))
    for held in folds:
        similarity[held] = similarity_to_means(examples.vectors[held], _means(examples, ~held))

    def limits(chosen: np.ndarray) -> tuple[Calibration, float]:
        """The calibration and the least similarity, by the chosen held-out pictures."""
        calibration = _calibration(examples, logits, chosen & known)
        confidence = calibration.probabilities(logits[chosen]).max(axis=1)
        threshold = unsure_threshold(confidence, right[chosen])
        return replace(calibration, threshold=threshold), float(np.quantile(similarity[chosen], OOD_SHARE))

    # What is reported of a held-out picture comes from limits that were chosen without its fold.
    probabilities, sure = np.zeros_like(logits), np.zeros_like(right)
    for held in folds:
        own, least = limits(~held)
        probabilities[held] = own.probabilities(logits[held])
        sure[held] = (probabilities[held].max(axis=1) >= own.threshold) & (similarity[held] >= least)
    calibration, min_similarity = limits(np.ones_like(right))
    target = np.where(right, predicted, examples.targets.argmax(axis=1))
    return HeadFacts(
        column=column,
        terms=examples.terms,
        pictures=tuple(int(n) for n in (examples.targets > 0).sum(axis=0)),
        key=key,
        calibration=calibration,
        min_similarity=min_similarity,
        held_out=HeldOut(
            scores=score(probabilities, target, np.unique(examples.groups, return_inverse=True)[1]),
            by_artist=examples.by_artist,
            unknown=int((~known & ~right).sum()),
            majority=float((examples.targets > 0).mean(axis=0).max()),
            sure=float(sure.mean()),
            sure_right=float(right[sure].mean()) if sure.any() else None,
        ),
        left_out=examples.left_out,
    )


def _known(examples: Examples, folds: list[np.ndarray]) -> np.ndarray:
    """The held-out pictures whose terms are all among the fitted pictures of their fold, bool [n].

    A term with only one artist is left out: its pictures are all held out together, so no head has learned it.
    """
    known = np.zeros(len(examples.vectors), dtype=bool)
    for held in folds:
        missing = ~examples.targets[~held].any(axis=0)
        known[held] = ~examples.targets[held][:, missing].any(axis=1)
    return known


def _calibration(examples: Examples, logits: np.ndarray, chosen: np.ndarray) -> Calibration:
    """The temperature for the chosen pictures, 1 if there are none; no threshold."""
    flat = np.zeros(len(examples.terms))
    temperature = fit_temperature(logits[chosen], examples.targets[chosen], flat) if chosen.any() else 1.0
    return Calibration(temperature, tuple(flat.tolist()), 0.0)


def _folds(examples: Examples) -> list[np.ndarray]:
    """The pictures that each fold holds out, bool [n] each: every picture is held out once."""
    from sklearn.model_selection import StratifiedGroupKFold

    split = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    parts = split.split(examples.vectors, examples.targets.argmax(axis=1), examples.groups)
    return [np.isin(np.arange(len(examples.vectors)), held) for _, held in parts if len(held)]


def _regression(examples: Examples, chosen: np.ndarray, strength: float) -> tuple[np.ndarray, np.ndarray]:
    """Weights [terms, dimension] and bias [terms], float64, fitted on the chosen pictures.

    A picture of several terms is one example for each, with its share of the weight.
    """
    from sklearn.linear_model import LogisticRegression

    rows, terms = np.nonzero((examples.targets > 0) & chosen[:, None])
    scale = np.sqrt(examples.vectors.shape[1])  # entries are then about 1
    weights = np.zeros((len(examples.terms), examples.vectors.shape[1]))
    bias = np.full(len(examples.terms), -30.0)  # for a term that only held-out pictures have
    if len(np.unique(terms)) == 1:  # all artists of the other terms are held out
        bias[terms[0]] = 0.0
        return weights, bias
    model = LogisticRegression(C=strength / len(rows), max_iter=300)
    model.fit(examples.vectors[rows] * scale, terms, examples.targets[rows, terms])
    coefficients, intercepts = model.coef_, model.intercept_
    if len(model.classes_) == 2:  # scikit-learn fits one line for two terms
        coefficients = np.concatenate([-coefficients, coefficients]) / 2
        intercepts = np.concatenate([-intercepts, intercepts]) / 2
    weights[model.classes_], bias[model.classes_] = coefficients * scale, intercepts
    return weights, bias


def _means(examples: Examples, chosen: np.ndarray) -> np.ndarray:
    """The mean of each term's chosen vectors, float32 [terms, dimension]."""
    shares = examples.targets[chosen]
    sums = shares.T @ examples.vectors[chosen]
    return (sums / np.maximum(shares.sum(axis=0), 1e-12)[:, None]).astype(np.float32)
