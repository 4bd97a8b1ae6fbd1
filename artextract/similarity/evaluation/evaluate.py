"""Likeness measured on a collection: every embedding, fusion and correction beside two floors."""

from dataclasses import dataclass

import numpy as np

from artextract.collection import Collection
from artextract.errors import NotReadyError
from artextract.progress import Report, Stage, silent
from artextract.similarity.corrections import BLOCK
from artextract.similarity.descriptors.visual_descriptors import compute_descriptors, stored_descriptors
from artextract.similarity.evaluation.figures import Bootstrap, hubness, measures
from artextract.similarity.evaluation.pictures import picture_table
from artextract.similarity.evaluation.results import Results, Row, write_results
from artextract.similarity.evaluation.rivals import (
    FUSED_RANKS,
    FUSED_SCORES,
    Ranking,
    Rival,
    Space,
    best,
)
from artextract.similarity.evaluation.trial import K, Question, Trial
from artextract.similarity.fusion import ranks
from artextract.vision.embedding import embedded_by, load_embeddings

ALL = "all"
"""The lists of all works, whatever their labels."""
FUSIONS = (FUSED_RANKS.name, FUSED_SCORES.name)


def evaluate_likeness(collection: Collection, report: Report = silent) -> Results:
    """Measure how often neighbours are of the same artist, style and genre; keep it there.

    Validation works are the queries and training works the gallery where the collection has such a
    split; otherwise each work is a query among the others. Works count that every embedding has.

    Raises:
        NotReadyError: the collection has no embedding, or no labels to measure by.
        Stopped: out of `report`; what was measured before is as it was.
        StorageError: the results could not be written.
    """
    names = embedded_by(collection)
    if not names:
        raise NotReadyError(
            f"The collection {collection.name} has no embedding yet: run `artextract embed {collection.name}` first."
        )
    stored = {name: load_embeddings(collection, name) for name in names}
    works = collection.works()
    here = works["id"].isin(set.intersection(*(set(one.ids) for one in stored.values())))
    trial = Trial(works[here])
    compute_descriptors(collection, report)
    descriptors = stored_descriptors(collection)
    seen = trial.works["image_sha256"].isin(list(descriptors))
    if not seen.all():
        trial = Trial(trial.works[seen])
    pixels = np.stack([descriptors[sha256].small for sha256 in trial.works["image_sha256"]])
    stage = Stage("Preparing the embeddings", len(names) * len(trial.works), report)
    spaces = {}
    for name, one in stored.items():
        place = {work: row for row, work in enumerate(one.ids)}
        rows = [place[work] for work in trial.works["id"]]
        spaces[name] = Space(one.vectors[rows], trial, stage)
    answers = _rank(trial, Ranking(trial, spaces, pixels), report)
    whole = {name: lists[ALL] for name, lists in answers.neighbours.items()}
    pictures = picture_table(collection, trial, whole, answers.cosines, report)
    bootstrap = Bootstrap(trial.hands)
    rows_of = [_row(rival, trial, answers, pictures[rival.name], bootstrap) for rival in answers.rivals]
    results = Results(
        collection=collection.name,
        works_version=collection.version(),
        embeddings={name: str(one.key) for name, one in stored.items()},
        queries=len(trial.queries),
        gallery=len(trial.gallery),
        artists=int(trial.hands.max()) + 1,
        kept_apart=trial.kept_apart,
        asked={one.name: int(trial.counted(one).sum()) for one in trial.questions},
        rows=rows_of,
        ids=list(trial.works["id"]),
        query_rows=trial.queries,
        neighbours={
            f"{rival}.{question}": lists[question].astype(np.int32)
            for rival, lists in answers.neighbours.items()
            for question in lists
            if question != ALL
        },
        fused_ranks=answers.fused_ranks,
        surroundings={name: space.surroundings for name, space in spaces.items()},
    )
    write_results(collection, results)
    return results


@dataclass
class _Answers:
    rivals: list[Rival]
    neighbours: dict[str, dict[str, np.ndarray]]
    """By rival and question: int64 [q, K], rows of the trial's works, -1 where there is none; where
    the query isn't counted, all -1."""
    cosines: dict[str, np.ndarray]
    """Of what goes by one embedding, with the works of `ALL`: float32 [q, K]."""
    fused_ranks: dict[str, np.ndarray]
    """By "fusion.question": int32 [q, K, embeddings], the rank by each embedding alone."""


def _rank(trial: Trial, ranking: Ranking, report: Report) -> _Answers:
    """The ten nearest of each query by each rival, for each question and at all."""
    stage = Stage("Ranking", len(trial.queries), report)
    counted = {one.name: trial.counted(one) for one in trial.questions}
    count = len(trial.queries)
    lists = {rival.name: {name: np.full((count, K), -1) for name in (ALL, *counted)} for rival in ranking.rivals}
    names = [rival.embedding for rival in ranking.rivals if rival.kind == "embedding"]
    cosines = {rival.name: np.full((count, K), np.nan, np.float32) for rival in ranking.rivals if rival.embedding}
    fused = {
        f"{rival}.{name}": np.zeros((count, K, len(names)), np.int32)
        for rival in FUSIONS
        if rival in lists
        for name in counted
    }
    for start in range(0, count, BLOCK):
        here = slice(start, min(start + BLOCK, count))
        rows = trial.queries[here]
        allowed = {one.name: trial.answers(one, rows) for one in trial.questions}
        own: dict[str, np.ndarray] = {}
        places_by_embedding: list[np.ndarray] = []
        for rival, scores in ranking.scores(rows):
            if rival.kind == "embedding":
                own[rival.name] = scores
                if fused:
                    places_by_embedding.append(ranks(scores))
            places = best(scores, True, K)
            lists[rival.name][ALL][here] = _rows(trial, places)
            if rival.embedding:
                near = np.take_along_axis(own[rival.embedding], places, axis=1)
                cosines[rival.name][here, : near.shape[1]] = near
            for name, admitted in allowed.items():
                places = best(scores, admitted, K)
                places[~counted[name][here]] = -1
                lists[rival.name][name][here] = _rows(trial, places)
                if rival.kind == "fusion":
                    each = [np.take_along_axis(of, places, axis=1) for of in places_by_embedding]
                    fused[f"{rival.name}.{name}"][here, : places.shape[1]] = np.stack(each, axis=-1)
        stage.advance(len(rows))
    return _Answers(ranking.rivals, lists, cosines, fused)


def _rows(trial: Trial, places: np.ndarray) -> np.ndarray:
    """Places in the gallery as rows of the works, int64 [b, K], -1 where there is none."""
    found = np.full((len(places), K), -1)
    found[:, : places.shape[1]] = np.where(places >= 0, trial.gallery[places], -1)
    return found


def _row(
    rival: Rival,
    trial: Trial,
    answers: _Answers,
    pictures: dict[str, float | None],
    bootstrap: Bootstrap,
) -> Row:
    figures, gains = {}, {}
    lists = answers.neighbours[rival.name]
    against = _compared_with(rival, answers.rivals)
    for question in trial.questions:
        counted = trial.counted(question)
        own = _measured(trial, question, lists)
        figures[question.name] = {name: bootstrap.figure(values, counted) for name, values in own.items()}
        if against:
            other = _measured(trial, question, answers.neighbours[against])
            gains[question.name] = bootstrap.figure(own["p10"] - other["p10"], counted)
    return Row(
        name=rival.name,
        label=rival.label,
        kind=rival.kind,
        embedding=rival.embedding,
        figures=figures,
        against=against,
        gains=gains,
        hubness=hubness(lists[ALL], trial.gallery),
        pictures=pictures,
    )


def _measured(trial: Trial, question: Question, lists: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return measures(trial.right(question, lists[question.name]))


def _compared_with(rival: Rival, rivals: list[Rival]) -> str:
    """What a correction or a fusion must be better than: its own embedding, or the usual one."""
    if rival.kind == "correction":
        return rival.embedding
    first = next(one.name for one in rivals if one.kind == "embedding")
    return first if rival.kind == "fusion" else ""
