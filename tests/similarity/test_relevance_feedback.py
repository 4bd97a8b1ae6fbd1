"""Marked works become a query that is nearer to works like the right ones."""

import numpy as np
import pytest

from artextract.similarity.relevance_feedback import nearest_examples, rocchio


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
