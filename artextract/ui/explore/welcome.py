"""What an empty screen and the demo offer: a first set of real paintings."""

import streamlit as st

from artextract.sources.registry import SOURCES
from artextract.ui import navigation
from artextract.ui.jobs.panel import job_button
from artextract.ui.jobs.start import start_collecting


def offer_starter_set(label: str) -> None:
    """A button that fetches the National Gallery's starter set; none on a public server."""
    if job_button(
        label,
        icon=":material/download:",
        help="The starter set of the National Gallery of Art: open access, a few minutes.",
    ):
        start_collecting(SOURCES["nga"], {"starter": True})
        st.switch_page(navigation.COLLECTIONS.path)
