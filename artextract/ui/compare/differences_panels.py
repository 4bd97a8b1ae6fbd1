"""Differences: typical works, terms and map regions of two sides."""

import html
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import streamlit as st

from artextract.collection import Survey
from artextract.comparison.compare_subsets import SubsetComparison, compare_subsets
from artextract.comparison.subsets import SubsetPair, pair_subsets
from artextract.comparison.typical_terms import TypicalTerm
from artextract.comparison.typicality import MAX_OF_ARTIST, MAX_SCORED
from artextract.similarity.filters import NO_FILTERS
from artextract.ui import navigation, work_columns, work_text
from artextract.ui.compare.differences_choices import BY_CHOICE, COLOURS, SubsetChoice, choose_subsets, side_heading
from artextract.ui.compare.differences_map import Regions, show_map
from artextract.ui.components.grid.cards import numbered_cards, work_cards
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.galleries import Gallery
from artextract.ui.server.request_costs import charge

Choices = tuple[SubsetChoice, SubsetChoice]
KIND_NAMES = {"years": "Years", "words": "Words of titles and descriptions"}
"""Names of the kinds of term that are not columns."""


def show_differences(gallery: Gallery, survey: Survey) -> None:
    """Two collections, or two filters of one, side by side; ArtExtractError if they cannot be compared."""
    st.caption(
        "Compare two collections, or two selections from one: what is typical of each side. The address stores "
        "both sides, so you can share this view."
    )
    choices = choose_subsets(gallery, survey)
    left, right = choices
    if left.gallery is right.gallery and left.filters == right.filters == NO_FILTERS:
        st.info(
            "Filter one or both sides, or choose another collection for the second side.", icon=":material/compare:"
        )
        return
    comparison = _compare(left, right)
    pair = comparison.pair
    if pair.remark:
        st.caption(f":material/info: {work_text.escaped(pair.remark, '')}")
    regions = show_map(left, right, pair)
    _show_works(comparison, choices)
    _show_terms(comparison)
    if regions is not None:
        _show_regions(pair, regions, choices)


@st.cache_resource(show_spinner="Comparing the two sides…", max_entries=16, hash_funcs=BY_CHOICE)
def _compare(left: SubsetChoice, right: SubsetChoice) -> SubsetComparison:
    pair = pair_subsets(left.subset, right.subset)
    with charge("differences"):
        return compare_subsets(pair)


def _show_works(comparison: SubsetComparison, choices: Choices) -> None:
    st.markdown("## Typical works")
    pair = comparison.pair
    sampled = any(len(rows) > MAX_SCORED for rows in pair.rows)
    st.caption(
        f"{comparison.typicality.separation:.0%} of the works fit their own side better (50% means the sides look "
        f"the same). At most {MAX_OF_ARTIST} works per artist are shown."
        + f" Of a larger side, a random sample of {MAX_SCORED:,} works was compared."
        * sampled
    )

    def draw(side: int) -> None:
        rows = [_gallery_row(pair, side, row) for row, _ in comparison.works(side)]
        gallery = choices[side].gallery
        tray_control(
            gallery.collection.name,
            gallery.works["id"].iloc[rows].tolist(),
            f"typical works of {pair.names[side]}",
            key=f"_tray_of_side_{side}",
        )
        _show_cards(choices[side], f"typical_{side}", numbered_cards(gallery, rows, [()] * len(rows)))

    _side_by_side(pair, draw)


def _show_terms(comparison: SubsetComparison) -> None:
    st.markdown("## Typical terms")
    st.caption(
        "Terms, artists, years and words that are significantly more common on one side. Only works with a recorded "
        "value count. Terms used in the filters are excluded. The upper bar shows the share on this side, the lower "
        "bar the share on the other."
    )

    def draw(side: int) -> None:
        if terms := comparison.terms[side]:
            st.html(_terms_html(terms, side))
        else:
            st.caption("No recorded term is clearly more common on this side.")

    _side_by_side(comparison.pair, draw)


def _show_regions(pair: SubsetPair, regions: Regions, choices: Choices) -> None:
    st.markdown("## Typical regions of the map")
    st.caption("Regions with a larger share of one side than of the other. The picture is the region's central work.")

    def draw(side: int) -> None:
        if not regions[side]:
            st.caption("No region has more of this side than of the other.")
            return
        rows = [_gallery_row(pair, side, int(typical.rows[0])) for typical in regions[side]]
        cards = [
            replace(
                card,
                title=typical.region.name or "Unnamed region",
                subtitle=f"Central work: {card.title}",
                why=(typical.counts.text,),
            )
            for typical, card in zip(regions[side], work_cards(choices[side].gallery, rows), strict=True)
        ]
        _show_cards(choices[side], f"regions_{side}", cards)

    _side_by_side(pair, draw)


def _terms_html(terms: Sequence[TypicalTerm], side: int) -> str:
    """Terms by kind, each with its counts and two bars: the shares on this side and on the other."""
    parts = []
    for kind in dict.fromkeys(typical.term.kind for typical in terms):
        name = KIND_NAMES.get(kind) or work_columns.name_of(kind)
        lines = "".join(_term_html(typical, side) for typical in terms if typical.term.kind == kind)
        parts.append(
            f'<h4 style="font-size:.95rem;margin:0;padding:.4rem 0 .1rem">{html.escape(name)}</h4>'
            f'<ul style="list-style:none;margin:0;padding:0">{lines}</ul>'
        )
    return "".join(parts)


def _term_html(typical: TypicalTerm, side: int) -> str:
    counts = typical.counts
    bars = "".join(
        f'<span style="display:block;height:4px;margin-top:2px;border-radius:2px;'
        f'width:{f"max(2px,{share:.1%})" if share else 0};background:{colour}"></span>'
        for share, colour in ((counts.share, COLOURS[side]), (counts.outside / counts.others, COLOURS[1 - side]))
    )
    return (
        f'<li style="margin:0 0 .55rem;padding:0"><strong>{html.escape(typical.term.text)}</strong> '
        f'<span style="font-size:.875rem">{html.escape(counts.text)}</span>'
        f'<span aria-hidden="true">{bars}</span></li>'
    )


def _side_by_side(pair: SubsetPair, draw: Callable[[int], None]) -> None:
    for side, (column, name) in enumerate(zip(st.columns(2, gap="medium"), pair.names, strict=True)):
        with column:
            side_heading(side, name)
            draw(side)


def _gallery_row(pair: SubsetPair, side: int, row: int) -> int:
    """The row in a side's gallery of a work in a row of the pair's table."""
    first = pair.sources[0]
    return row if first.collection.root == pair.subsets[side].collection.root else row - len(first.works)


def _show_cards(choice: SubsetChoice, key: str, cards: Sequence[Card]) -> None:
    on_open = partial(navigation.open_in_explore, collection=choice.gallery.collection.name)
    picture_grid(key=key, cards=cards, column_width=130, on_open=on_open)
