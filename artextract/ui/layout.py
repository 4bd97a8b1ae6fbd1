"""The layout of every screen: page settings, navigation, errors as sentences.

Each screen calls `page` itself, so that a deep link shows the whole screen on a server that has just
started. (With `st.navigation` and a folder pages/, a first request bypasses the entry script.)
"""

import html
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from artextract.collection import Survey, survey
from artextract.errors import ArtExtractError
from artextract.sources.tables.delimited import csv_bytes
from artextract.ui import work_text
from artextract.ui.components.grid.component import look_key
from artextract.ui.components.registration import component
from artextract.ui.galleries import Gallery
from artextract.ui.navigation import EXPLORE, SCREENS, SIMILAR, Screen, link_to
from artextract.ui.server import scripts
from artextract.ui.server.urls import base_url, view_url, work_url
from artextract.ui.work_text import said

# A local file: for a Material symbol the browser would contact another host.
_ICON = Path(__file__).parent / "icon.svg"
_STYLE = """
<style>
  .block-container { padding: 2.4rem 2.2rem 3rem; max-width: 1700px; }
  [data-testid="stSidebarHeader"] { height: 2.5rem; margin: 0; padding-top: .5rem; }
  [data-testid="stSidebarUserContent"] { padding-top: 0; }
  .ax-view { display: block; max-width: 100%; max-height: 46vh; min-width: min(320px, 100%);
    object-fit: contain; border-radius: .4rem; }
  .ax-look { max-width: 100%; padding: 0; border: 0; border-radius: .4rem; background: none; cursor: zoom-in; }
  .ax-look:focus-visible { outline: 2px solid; outline-offset: 2px; }
  [data-testid="stImage"] img { cursor: zoom-in; }
  /* Streamlit's captions have too little contrast (WCAG 2.1, 1.4.3). */
  [data-testid="stCaptionContainer"], [data-testid="stImageCaption"] { opacity: 1;
    color: color-mix(in srgb, currentColor 75%, transparent); }
  /* Streamlit keeps the text of primary buttons white in the dark theme, on a light colour. */
  [data-testid="stBaseButton-primary"] p { color: light-dark(#fdfcfa, #191816); }
  /* The search box: a field for words, and the uploader as a button. */
  .st-key-about > :has(> .st-key-search) { flex: 1 1 20rem; }
  .st-key-search { flex-wrap: nowrap; gap: .5rem; }
  .st-key-search > :is([class*="st-key-_picture_"], .st-key-_forget) { flex: none; width: auto; max-width: 40%; }
  .st-key-search [data-testid="stFileUploaderDropzone"] { min-height: 0; padding: 0; background: none; }
  .st-key-search [data-testid="stFileUploaderDropzoneInstructions"] { display: none; }
  h1 { font-size: 1.7rem !important; padding: 0 0 .2rem 0 !important; }
  h2 { font-size: 1.25rem !important; }
  h3 { font-size: 1.05rem !important; }
  @media (max-width: 640px) {
    .block-container { padding: 4rem .8rem 2rem; }
    h1 { font-size: 1.35rem !important; }
    .st-key-map_area:has(.st-key-found_tools) > :has(> .st-key-side) { order: -1; } /* what was found, then the map */
    .st-key-query :is(.ax-view, img) { max-height: 9rem; min-width: 0; object-fit: contain; object-position: left; }
  }
</style>
"""


def page(screen: Screen) -> Survey:
    """Begin a screen with its navigation; returns the collections. Call it first."""
    st.set_page_config(page_title=f"{screen.label} · ArtExtract", page_icon=str(_ICON), layout="wide")
    st.html(_STYLE)
    with st.sidebar:
        st.markdown("### :material/palette: ArtExtract")
        for line in SCREENS:
            link_to(line, line.label, line.icon)
        component("page", "<span hidden></span>")(key="_page", data=_lightbox_addresses())
    return survey()


def show_picture(gallery: Gallery, row: int, *, query: int | None = None) -> None:
    """Show a work's picture by its URL, so that the browser caches it; a click opens it in the lightbox.

    `query` is the row of the work that the lightbox compares it with.
    """
    name, works = gallery.collection.name, gallery.works
    keys = {"key": row} | ({} if query is None else {"query": query})
    data = " ".join(f'data-{key}="{_attribute(look_key((name, works["id"].iloc[at])))}"' for key, at in keys.items())
    url = view_url(name, works["image_sha256"].iloc[row], "view")
    image = f'<img class="ax-view" src="{_attribute(url)}" alt="{_attribute(gallery.alternatives[row])}">'
    st.html(f'<button type="button" class="ax-look" title="Enlarge" {data}>{image}</button>')


def _attribute(text: str) -> str:
    return html.escape(text, quote=True).replace("\n", "&#10;")


def _lightbox_addresses() -> dict[str, str]:
    return {
        "lightbox": scripts.url("lightbox.js"),
        "viewer": scripts.url("openseadragon.js"),
        "work": work_url(),
        "explore": f"{base_url()}/{EXPLORE.url_path}",
        "similar": f"{base_url()}/{SIMILAR.url_path}",
    }


def show_chart(figure: go.Figure, key: str, **how: Any) -> None:
    """Draw a chart without Plotly's toolbar and zoom; `how` is for `st.plotly_chart`."""
    figure.update_xaxes(fixedrange=True).update_yaxes(fixedrange=True)
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, **how)


def csv_button(file_name: str, table: Callable[[], pd.DataFrame]) -> None:
    """A button that downloads a table, made when it is clicked, as CSV with a byte order mark (for Excel)."""
    st.download_button(
        "Download CSV",
        lambda: csv_bytes(table()),
        mime="text/csv",
        file_name=file_name,
        icon=":material/download:",
        on_click="ignore",
    )


def show_remark(remark: str) -> None:
    """Say what is wrong with a picture file that can be shown; nothing for ""."""
    if remark:
        st.warning(work_text.escaped(remark, ""), icon=":material/broken_image:")


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Show an error as a sentence in place of the result."""
    try:
        yield
    except ArtExtractError as error:
        st.error(said(error), icon=":material/error:")
