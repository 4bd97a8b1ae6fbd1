"""Unit vectors."""

import numpy as np

from artextract.vectors import unit


def test_unit_vectors_have_length_one_and_zero_stays_zero() -> None:
    vectors = np.random.default_rng(0).normal(size=(5, 7))
    vectors[3] = 0
    units = unit(vectors)
    assert units.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(units, axis=1), [1, 1, 1, 0, 1], atol=1e-6)
    np.testing.assert_array_equal(unit(vectors[0]), units[0])
