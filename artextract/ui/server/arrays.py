"""Arrays that the browser fetches once by address and keeps: a map's points, colours, filters.

A rerun sends addresses alone, so its size does not grow with the collection. An address is the
digest of the content: it never means anything else, and two people share what is the same.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable

import numpy as np
import streamlit as st

from artextract.ui.server.urls import array_url

LIMIT = 256 * 2**20
"""Bytes that are held; beyond, those that were longest not asked for go."""


class ArrayStore:
    """Arrays by what they are of, and by digest. Safe to share among threads."""

    def __init__(self, limit: int = LIMIT) -> None:
        self._limit = limit
        self._digests: dict[str, str] = {}
        self._contents: OrderedDict[str, bytes] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def publish(self, key: str, make: Callable[[], np.ndarray]) -> str:
        """The digest under which an array is held; it is made only if it isn't.

        Args:
            key: names the array: the same key, the same content.
            make: gives it.
        """
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
            self._drop_oldest()
        return digest

    def content(self, digest: str) -> bytes | None:
        """What is held under a digest; None if nothing is."""
        with self._lock:
            return self._contents.get(digest)

    def _drop_oldest(self) -> None:
        while self._bytes > self._limit and len(self._contents) > 1:
            digest, content = self._contents.popitem(last=False)
            self._bytes -= len(content)
            self._digests = {k: held for k, held in self._digests.items() if held != digest}


@st.cache_resource(show_spinner=False)
def _store() -> ArrayStore:
    return ArrayStore()


def publish(key: str, make: Callable[[], np.ndarray]) -> str:
    """The address at which this server gives an array; see `ArrayStore.publish`."""
    return array_url(_store().publish(key, make))


def published(digest: str) -> bytes | None:
    """The content of an array that was published."""
    return _store().content(digest)
