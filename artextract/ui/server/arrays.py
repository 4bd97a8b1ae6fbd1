"""Arrays that the browser loads once by address and keeps: points, colours and filters of a map.

A rerun sends only addresses, so its size does not grow with the collection. An address is the digest
of the content: its content never changes, and visitors share equal arrays.
"""

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract.ui.server import public_limits
from artextract.ui.server.urls import array_url


class ArrayStore:
    """Arrays by name and by digest. Threads may share it. Beyond `limit` bytes it drops the oldest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._digests: dict[str, str] = {}
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def publish(self, key: str, make: Callable[[], np.ndarray]) -> str:
        """The digest of the array that `key` names; calls `make` if the store does not hold the array."""
        with self._lock:
            digest = self._digests.get(key, "")
            if digest in self._contents:
                self._contents.move_to_end(digest)
                return digest
        content = np.ascontiguousarray(make()).tobytes()
        digest = hashlib.sha256(content).hexdigest()[:32]
        with self._lock:
            self._digests[key] = digest
            if digest not in self._contents:
                self._contents[digest] = content
                self._bytes += len(content)
            while self._bytes > self._limit and len(self._contents) > 1:
                dropped, oldest = self._contents.popitem(last=False)
                self._bytes -= len(oldest)
                self._digests = {key: digest for key, digest in self._digests.items() if digest != dropped}
        return digest

    def content(self, digest: str) -> bytes | None:
        """The array with a digest; None if it is not held."""
        with self._lock:
            return self._contents.get(digest)


@st.cache_resource(show_spinner=False)
def array_store() -> ArrayStore:
    """The store of this process."""
    return ArrayStore(public_limits.LIMITER.limits.array_memory * 2**20)


def publish(key: str, make: Callable[[], np.ndarray]) -> str:
    """The address of an array; see `ArrayStore.publish`."""
    return array_url(array_store().publish(key, make))


def publish_json(key: str, make: Callable[[], Any]) -> str:
    """The address of what `make` returns, as JSON; see `ArrayStore.publish`."""
    return publish(key, lambda: np.frombuffer(json.dumps(make()).encode(), np.uint8))


def publish_content(array: np.ndarray) -> str:
    """The address of an array that has no name but its content."""
    return publish(hashlib.sha256(array.tobytes()).hexdigest(), lambda: array)


def publish_shapes(key: str, works: pd.DataFrame) -> str:
    """The address of `shapes_of` the works of the table that `key` names."""
    return publish(f"shapes {key}", lambda: shapes_of(works))


def shapes_of(works: pd.DataFrame) -> np.ndarray:
    """The proportions of each work's picture, uint8 [n]: its share of width in width plus height, times 255."""
    width, height = (works[side].to_numpy(dtype=np.float64) for side in ("width", "height"))
    return np.rint(255 * width / np.maximum(width + height, 1)).astype(np.uint8)
