"""Work done ahead: in order, bounded, and gone when nobody wants it."""

import threading
import time
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.features.decoding_ahead import AHEAD, batches_ahead


@given(st.lists(st.integers(), max_size=40), st.integers(1, 9))
def test_everything_comes_once_and_in_order(items: list[int], size: int) -> None:
    found = list(batches_ahead(lambda item: item * 2, items, size))
    assert [one for batch in found for one in batch] == [item * 2 for item in items]
    assert all(len(batch) == size for batch in found[:-1])


def test_only_a_few_batches_are_made_ahead() -> None:
    made: list[int] = []
    with closing(batches_ahead(made.append, range(100), 5)) as batches:
        next(batches)
        time.sleep(0.2)
        assert len(made) <= 5 * (AHEAD + 1)


def test_an_error_is_raised_where_the_batch_is_wanted() -> None:
    def make(item: int) -> int:
        if item == 7:
            raise ValueError("seven")
        return item

    batches = batches_ahead(make, range(20), 5)
    assert next(batches) == [0, 1, 2, 3, 4]
    with pytest.raises(ValueError, match="seven"):
        next(batches)


def test_leaving_early_ends_the_threads() -> None:
    before = set(threading.enumerate())
    batches = batches_ahead(lambda item: item, range(100), 5)
    next(batches)
    batches.close()
    deadline = time.monotonic() + 5
    while set(threading.enumerate()) - before and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not set(threading.enumerate()) - before
