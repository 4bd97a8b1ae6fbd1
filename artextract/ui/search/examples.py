"""An empty screen: what the result will look like, and three works to try."""

import random
from collections.abc import Callable, Sequence
from datetime import date
from urllib.parse import quote

import streamlit as st

from artextract.ui.components.grid.cards import work_cards
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.galleries import Gallery

Box = tuple[int, int, int, int]  # Left, top, width, height in a drawing of 160 × 64
_PICTURE, _BARS = (0, 0, 48, 64), ((60, 4, 90, 8), (60, 20, 64, 8), (60, 36, 40, 8), (60, 52, 76, 8))
READING: Sequence[Box] = (_PICTURE, *_BARS)
ROWS: Sequence[Box] = ((0, 0, 30, 64), *((left, top, 20, 28) for top in (0, 36) for left in (42, 66, 90, 114, 138)))
LIST: Sequence[Box] = tuple(
    box for top in (0, 23, 46) for box in ((0, top, 18, 18), (26, top + 2, 80, 5), (26, top + 10, 120, 4))
)
"""Drawings of a reading, of rows of similar works, and of a list of works with notes."""


def example_rows(gallery: Gallery, count: int = 3) -> list[int]:
    """The rows of works to try: others every day, the same for everybody."""
    works = len(gallery.works)
    return random.Random(f"{date.today()} {gallery.collection.name}").sample(range(works), min(count, works))


def show_examples(
    gallery: Gallery, sentence: str, result: Sequence[Box], on_choose: Callable[[str], None], *, look: bool = False
) -> None:
    """The sentence, a drawing of the result, and three works as cards.

    `on_choose` takes the id of the work that was clicked. With `look` a click on a picture enlarges it.
    """
    left, right = st.columns([2, 3], gap="large")
    with left:
        st.markdown(sentence)
        boxes = "".join(f"<rect x='{x}' y='{y}' width='{w}' height='{h}' rx='2'/>" for x, y, w, h in result)
        drawing = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 160 64' fill='#888'>{boxes}</svg>"
        st.html(f'<img src="data:image/svg+xml,{quote(drawing)}" alt="" width="260" style="opacity: .3">')
    with right:
        st.markdown("**Try it with**")
        cards = work_cards(gallery, example_rows(gallery))
        picture_grid(key="examples", cards=cards, on_open=on_choose, look=look, column_width=180)
