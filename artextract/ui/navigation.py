"""Every screen of the app, in the order of the sidebar.

To add a screen, write a file in `pages/` and add a `Screen` here, also to `SCREENS`. Its panels are a package in
`artextract/ui/`, listed with the other screens in the import contract of `pyproject.toml`.
"""

from dataclasses import dataclass

import streamlit as st

from artextract.ui import address


@dataclass(frozen=True)
class Screen:
    """A line of the navigation."""

    path: str
    label: str
    icon: str

    @property
    def url_path(self) -> str:
        """The last part of the screen's URL."""
        return self.path.rpartition("/")[2].removesuffix(".py").partition("_")[2]


EXPLORE = Screen("pages/1_explore.py", "Explore", ":material/scatter_plot:")
READ = Screen("pages/5_read.py", "Read a painting", ":material/visibility:")
SIMILAR = Screen("pages/2_similar.py", "Similar works", ":material/image_search:")
COMPARE = Screen("pages/3_compare.py", "Compare", ":material/compare:")
COLLECTIONS = Screen("pages/4_collections.py", "Collections", ":material/collections_bookmark:")
TIMELINE = Screen("pages/7_timeline.py", "Timeline", ":material/timeline:")
FACES = Screen("pages/8_faces.py", "Faces and poses", ":material/face:")
TRAY = Screen("pages/9_tray.py", "Tray", ":material/inbox:")
MODEL_REPORT = Screen("pages/6_model_report.py", "Model report", ":material/fact_check:")
SCREENS = (EXPLORE, TIMELINE, READ, SIMILAR, FACES, COMPARE, TRAY, COLLECTIONS, MODEL_REPORT)


def switch_to(screen: Screen, **parameters: str) -> None:
    """Open `screen` with `parameters` in its address; ends the callback.

    Keeps the open collection and embedding, unless the parameters name others.
    """
    st.switch_page(screen.path, query_params=address.parameters_with(**parameters))


def link_to(screen: Screen, label: str, icon: str, **parameters: str) -> None:
    """A link to `screen`; for `parameters` see `switch_to`."""
    st.page_link(screen.path, label=label, icon=icon, query_params=address.parameters_with(**parameters))


def open_in_explore(work: str, **parameters: str) -> None:
    """Open a work in Explore; for `parameters` see `switch_to`."""
    switch_to(EXPLORE, work=work, **parameters)
