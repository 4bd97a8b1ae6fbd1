"""Galleries opened for the screens: kept once for all, let go when they are closed."""

import weakref

import streamlit as st

from artextract.collection import Collection
from artextract.ui import galleries


def test_a_gallery_is_opened_once_and_one_that_was_closed_leaves_the_memory(ready: Collection) -> None:
    st.cache_resource.clear()
    first = galleries.open_gallery("small", "efficientnet_lite2")
    assert galleries.open_gallery("small", "efficientnet_lite2") is first
    closed = weakref.ref(first.searcher)
    del first
    st.cache_resource.clear()
    galleries.open_gallery("small", "efficientnet_lite2")
    assert closed() is None
