"""What is typical of two sides, the one beside the other: works, terms, regions of their map."""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from artextract.comparison.compare_subsets import Compared
from artextract.comparison.map_regions import Place
from artextract.comparison.subsets import Sides
from artextract.comparison.terms import Term
from artextract.comparison.typicality import MOST_LOOKED_AT
from artextract.ui import navigation, work_columns
from artextract.ui.compare.differences_choices import COLOURS, Choice, side_heading
from artextract.ui.components.grid.cards import alike_cards, work_cards
from artextract.ui.components.grid.component import Card, Score, picture_grid
from artextract.ui.components.grid.tray import tray_control

DENSER = Score(
    "Times as dense",
    True,
    "How many times as densely works of its own side lie around it as those of the other, in the "
    "embedding; both sides count as equally large.",
)
KINDS = {"years": "Years", "words": "Words of titles and descriptions"}
"""Kinds of trait that are no column."""


def show_works(found: Compared, choices: Sequence[Choice]) -> None:
    """The most typical works of each side."""
    st.markdown("## Typical works")
    apart = found.typical.told_apart
    sampled = any(len(rows) > MOST_LOOKED_AT for rows in found.sides.sides)
    st.caption(
        f"{apart:.0%} of the works lie denser on their own side; where two sides are alike it is "
        "50%. Of an artist two works are shown at the most, where there are others."
        + f" Of a larger side {MOST_LOOKED_AT:,} works were looked at, drawn by lot."
        * sampled
    )

    def draw(side: int) -> None:
        works = found.works(side)
        rows = [_own_row(found.sides, side, row) for row, _ in works]
        gallery = choices[side].gallery
        tray_control(
            gallery.collection.name,
            gallery.works["id"].iloc[rows].tolist(),
            f"what is typical of {found.sides.names[side]}",
            key=f"_tray_of_side_{side}",
        )
        numbers = [(times_text(value),) for _, value in works]
        cards = alike_cards(gallery, list(zip(rows, numbers, strict=True)))
        _show_cards(choices[side], f"typical_{side}", cards, (DENSER,))

    _side_by_side(found.sides, draw)


def show_terms(found: Compared) -> None:
    """What is said of each side's works more often, with its figures."""
    st.markdown("## What is said of them")
    st.caption(
        "Terms, artists, years and words that are more common on one side than chance could make "
        "them, counted among the works of which such is recorded. What the filters chose isn’t "
        "said. The upper bar is the part of this side, the lower that of the other."
    )

    def draw(side: int) -> None:
        terms = found.terms[side]
        if terms:
            st.html(terms_html(terms, COLOURS[side], COLOURS[1 - side]))
        else:
            st.caption("Nothing, as far as is recorded, that the other side isn’t about as often.")

    _side_by_side(found.sides, draw)


def show_places(sides: Sides, places: tuple[list[Place], list[Place]], choices: Sequence[Choice]) -> None:
    """The regions of the map that hold more of one side than of the other."""
    st.markdown("## Where they lie")
    st.caption(
        "Regions of the map that hold a larger part of one side than of the other; of each the "
        "work in the middle of the side’s own."
    )

    def draw(side: int) -> None:
        if not places[side]:
            st.caption("No region holds more of this side than of the other.")
            return
        cards = [_place_card(sides, side, place, choices[side]) for place in places[side]]
        _show_cards(choices[side], f"places_{side}", cards)

    _side_by_side(sides, draw)


def times_text(typicality: float) -> str:
    """How many times as dense, such as "2.4" or "12,000": the exponential of a typicality."""
    times = math.exp(min(typicality, 20.0))
    if times >= 1e6:
        return "over a million"
    if times < 10:
        return f"{times:.1f}"
    digits = max(0, math.floor(math.log10(times)) - 1)
    return f"{round(times, -digits):,.0f}"


def terms_html(terms: Sequence[Term], colour: str, other: str) -> str:
    """Terms by kind, each with its figures and two bars: its share of its side, of the other."""
    by_kind: dict[str, list[Term]] = {}
    for term in terms:
        by_kind.setdefault(term.trait.kind, []).append(term)
    parts = []
    for kind, of_kind in by_kind.items():
        name = KINDS.get(kind) or work_columns.name_of(kind)
        parts.append(f'<h4 style="font-size:.95rem;margin:0;padding:.4rem 0 .1rem">{html.escape(name)}</h4>')
        lines = "".join(_term_html(term, colour, other) for term in of_kind)
        parts.append(f'<ul style="list-style:none;margin:0;padding:0">{lines}</ul>')
    return "".join(parts)


def _term_html(term: Term, colour: str, other: str) -> str:
    figures = term.figures
    bars = "".join(
        f'<span style="display:block;height:4px;margin-top:2px;border-radius:2px;'
        f'width:{f"max(2px,{share:.1%})" if share else 0};background:{of}"></span>'
        for share, of in ((figures.share, colour), (figures.others_have / figures.others, other))
    )
    return (
        f'<li style="margin:0 0 .55rem;padding:0"><strong>{html.escape(term.text)}</strong> '
        f'<span style="font-size:.875rem">{html.escape(figures.text)}</span>'
        f'<span aria-hidden="true">{bars}</span></li>'
    )


def _side_by_side(sides: Sides, draw: Callable[[int], None]) -> None:
    columns = st.columns(2, gap="medium")
    for side, (column, name) in enumerate(zip(columns, sides.names, strict=True)):
        with column:
            side_heading(side, name)
            draw(side)


def _place_card(sides: Sides, side: int, place: Place, choice: Choice) -> Card:
    (card,) = work_cards(choice.gallery, [_own_row(sides, side, int(place.rows[0]))])
    name = place.name or "A region without a name"
    return replace(card, title=name, subtitle=f"In its middle: {card.title}", why=(place.figures.text,))


def _own_row(sides: Sides, side: int, row: int) -> int:
    """The row in its gallery of a side's work in a row of the ground."""
    own = (sides.one, sides.other)[side].collection.root
    return row if sides.parts[0].collection.root == own else row - len(sides.parts[0].works)


def _show_cards(choice: Choice, key: str, cards: Sequence[Card], scores: Sequence[Score] = ()) -> None:
    name = choice.gallery.collection.name
    picture_grid(
        key=key,
        cards=cards,
        scores=scores,
        column_width=130,
        on_open=lambda work: navigation.switch_to(navigation.EXPLORE, collection=name, work=work),
    )
