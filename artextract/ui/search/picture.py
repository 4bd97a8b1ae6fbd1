"""The picture that a person uploads, drops or pastes. It is kept while they go from screen to screen."""

from typing import Any

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.maps.layouts import place
from artextract.ui import address
from artextract.ui.galleries import BY_GALLERY, VIEW_SIDE, Gallery, open_map
from artextract.ui.server.public_limits import LIMITER
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

_KEPT, _COUNT = "_kept_picture", "_pictures_given"


def choose_picture(label: str, **how: Any) -> UploadedFile | None:
    """An uploader, and the picture that was given there or on another screen; `how` is for `st.file_uploader`.

    A new picture takes the place of the work in the address. The uploader is then empty again, ready for the next.
    """
    count = st.session_state.get(_COUNT, 0)
    key = f"_picture_{count}"  # `page.js` gives it what is dropped or pasted anywhere on the screen

    def keep() -> None:
        st.session_state[_COUNT] = count + 1
        keep_picture(st.session_state[key])

    st.file_uploader(label, key=key, on_change=keep, **how)
    return show_kept_picture()


def keep_picture(picture: UploadedFile | None) -> None:
    """Keep the picture for all screens, in place of the work in the address. A callback."""
    st.session_state[_KEPT] = picture
    address.put(work=None, box=None, nth=None)


def show_kept_picture() -> UploadedFile | None:
    """The kept picture, with a button that removes it; None if the address names a work, or without one."""
    kept: UploadedFile | None = st.session_state.get(_KEPT)
    if kept is None or address.get("work"):
        return None
    st.button(kept.name, key="_forget", icon=":material/close:", help="Remove this picture", on_click=forget_picture)
    return kept


def forget_picture() -> None:
    """Remove the picture of `choose_picture`. A callback."""
    st.session_state.pop(_KEPT, None)


@st.cache_resource(
    show_spinner=False, max_entries=LIMITER.limits.results_per_tab, hash_funcs=BY_GALLERY, scope="session"
)
def place_of_picture(gallery: Gallery, content: bytes, method: str) -> tuple[float, float] | None:
    """The position of an uploaded picture on the map by `method`, cached; None without a map."""
    layout = open_map(gallery, method)
    if layout is None:
        return None
    vector = gallery.searcher.vector_of(content)
    x, y = place(layout.positions, gallery.searcher.embeddings.vectors, vector[None])[0]
    return float(x), float(y)


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def as_jpeg(content: bytes, name: str) -> tuple[bytes, str]:
    """An uploaded picture as a JPEG, which every browser can show, and what is wrong with the file ("" if nothing)."""
    picture = open_picture(content, name, VIEW_SIDE)
    return encode_jpeg(thumbnail(picture.image, VIEW_SIDE), quality=90), picture.remark
