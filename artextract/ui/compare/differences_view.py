"""The view as a whole: what it shows in what order."""

import streamlit as st

from artextract.collection import Survey
from artextract.similarity.filters import NO_FILTERS
from artextract.ui.compare.differences_cached import compared_of
from artextract.ui.compare.differences_choices import choose_sides
from artextract.ui.compare.differences_map import show_map
from artextract.ui.compare.differences_panels import show_places, show_terms, show_works
from artextract.ui.galleries import Gallery


def show_differences(gallery: Gallery, survey: Survey) -> None:
    """Two collections or two filters side by side: what is typical of one and not of the other.

    Raises:
        ArtExtractError: the sides can't be compared.
    """
    st.caption(
        "Two collections, or two choices of works of one: what is typical of one side and not of "
        "the other. The address keeps both sides, so that the view can be sent."
    )
    choices = choose_sides(gallery, survey)
    one, other = choices
    if one.gallery is other.gallery and one.filters == other.filters == NO_FILTERS:
        st.info(
            "Filter one side or both, or choose another collection for the second.",
            icon=":material/compare:",
        )
        return
    found = compared_of(one, other)
    if found.sides.remark:
        st.caption(f":material/info: {found.sides.remark}")
    mapped = show_map(one, other, found.sides)
    show_works(found, choices)
    show_terms(found)
    if mapped is not None:
        show_places(found.sides, mapped.places, choices)
