"""Marked works become a query that is nearer to works like the right ones."""

import numpy as np
import pytest

from artextract.similarity.relevance_feedback import Space, most_like, nearest_examples, rocchio, separation


def test_what_the_wrong_works_have_in_common_counts_against_a_work() -> None:
    right = np.array([[1, 1, 0], [2, 2, 0]])
    alike, half, other = np.array([[1, 0.2, 0], [0.2, 1, 0], [0, 0, 1]])
    query = rocchio(right, np.empty((0, 3)))
    assert query @ alike == pytest.approx(query @ half)
    query = rocchio(right, np.array([[0, 5, 0]]))
    assert query @ alike > query @ half > query @ other
    with pytest.raises(ValueError, match="right"):
        rocchio(np.empty((0, 3)), right)


def test_each_work_has_the_nearest_example() -> None:
    vectors = np.array([[1, 0], [0, 3], [5, 1]])
    assert nearest_examples(vectors, np.array([[0, 2], [9, 0]])).tolist() == [1, 0, 1]


def test_the_space_that_separates_the_marks_ranks_the_works() -> None:
    random = np.random.default_rng(0)
    noise, groups = random.normal(size=(2, 60, 8))
    groups[:20] += 9  # the first 20 works are alike in this space only
    spaces = [
        Space(60, lambda rows, unit=unit: unit[rows], lambda query, unit=unit: unit @ query)
        for unit in (noise / np.linalg.norm(noise, axis=1)[:, None], groups / np.linalg.norm(groups, axis=1)[:, None])
    ]
    for wrong in ([], [30, 31, 32]):
        best = np.argsort(-most_like(spaces, [0, 1, 2], wrong))[:20]
        assert sorted(best.tolist()) == list(range(20))
    assert separation(spaces[1].vectors([0, 1, 2]), spaces[1].vectors([30, 31])) > 3
