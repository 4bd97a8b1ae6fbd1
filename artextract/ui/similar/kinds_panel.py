"""Several kinds of similarity on one page: a row of works for each."""

from collections import Counter
from dataclasses import replace

import streamlit as st

from artextract.ui import address, cached_search, navigation
from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.ranking_panel import LABELS, offer_descriptors
from artextract.ui.search.query import Query
from artextract.ui.search.results import ranking_of

ALL = {"all": "All kinds"} | LABELS
HEADINGS = LABELS | {"text": "Title and description"}
"""Criterion, or "text" → heading of its row."""
OFTEN = 3  # A work in at least so many rows is marked


def choose_kind() -> str:
    """A choice of one kind of similarity, a key of `LABELS`; "all" by default."""
    return address.switch("Similar in", ALL, name="criterion")


def show_kinds(query: Query, k: int) -> None:
    """A row of the `k` works most similar to the picture by each kind; works in several rows are marked.

    Raises:
        ArtExtractError: the picture cannot be read or compared.
    """
    rankings = {kind: ranking_of(query, kind) for kind in LABELS}
    rows = {kind: ranking.rows(k, query.filters) for kind, ranking in rankings.items() if ranking is not None}
    if query.row is not None:
        rows["text"] = _rows_by_text(query, query.row, k)
    counts = Counter(row for found in rows.values() for row in found)
    often = sum(count >= OFTEN for count in counts.values())
    if often:
        st.caption(f"{often} works are in {OFTEN} rows or more. They are marked.")
    for kind, heading in HEADINGS.items():
        if found := rows.get(kind):
            _show_row(query, kind, heading, found, counts)
    if None in rankings.values():
        offer_descriptors(query.gallery)


def _rows_by_text(query: Query, row: int, k: int) -> list[int]:
    gallery = query.gallery
    searcher = cached_search.text_searcher(gallery)
    if searcher is None:
        return []
    among = cached_search.among(gallery, searcher, query.filters)
    matches = searcher.near_work(str(gallery.works["id"].iloc[row]), k, among)
    return [gallery.searcher.row_of(match.id) for match in matches]


def _show_row(query: Query, kind: str, heading: str, rows: list[int], counts: Counter[int]) -> None:
    gallery = query.gallery
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"##### {heading}", width="content")
        if kind in LABELS:
            st.button("Details", key=f"_kind_{kind}", on_click=lambda: address.put(criterion=kind))
    cards = [
        replace(card, badge=f"in {counts[row]} rows" if counts[row] >= OFTEN else "")
        for card, row in zip(work_cards(gallery, rows), rows, strict=True)
    ]
    with st.container(key=f"strip_{kind}"):  # styled by `components/grid/grid.css`
        picture_grid(
            key=f"kind_{kind}",
            cards=cards,
            on_open=navigation.open_in_explore,
            query=None if query.row is None else (gallery.collection.name, str(gallery.works["id"].iloc[query.row])),
        )
