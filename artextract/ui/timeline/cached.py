"""Periods and ways through time, remembered by gallery."""

import numpy as np
import streamlit as st

from artextract.timeline import (
    Period,
    Waypoint,
    centred,
    groups_by,
    paths,
    period_width,
    periods_of,
)
from artextract.ui import work_columns
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.work_table import middle_years


@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=BY_GALLERY)
def periods_of_gallery(gallery: Gallery) -> list[Period]:
    """The periods of all works, remembered."""
    years = middle_years(gallery.works)
    vectors = centred(gallery.searcher.embeddings.vectors)
    return periods_of(vectors, years, np.arange(len(years)), period_width(years))


@st.cache_resource(show_spinner=False, max_entries=50, hash_funcs=BY_GALLERY)
def ways_of_gallery(gallery: Gallery, by: str, most: int) -> dict[str, list[Waypoint]]:
    """How the `most` commonest values of the column `by` move through time, remembered."""
    years = middle_years(gallery.works)
    vectors = centred(gallery.searcher.embeddings.vectors)
    groups = groups_by(work_columns.values_by(gallery.works, by), most)
    return paths(vectors, years, groups, period_width(years))
