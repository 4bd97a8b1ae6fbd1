"""The form that takes a folder, a file or an address, and the next steps: preview, collecting, report."""

from contextlib import suppress
from functools import partial

import streamlit as st

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.sources.recognise import PLACES
from artextract.sources.registry import SOURCES
from artextract.ui import layout, navigation, work_text
from artextract.ui.collections.adding import Adding, adding, begin, end
from artextract.ui.collections.look_panel import show_look
from artextract.ui.collections.missing_panel import show_missing
from artextract.ui.jobs.panel import continue_button, show_outcome, show_progress

_HELP = (
    "A folder on the computer that runs ArtExtract. A table: CSV, TSV, Excel, JSON, JSON Lines or Parquet, as a file "
    "or an address. A IIIF manifest, Collection or image, or a viewer's page with a manifest in its address. A data "
    "set of Hugging Face, such as huggan/wikiart."
)


def show_bring_form() -> None:
    """The form, and below it the source that the user is adding."""
    now = adding()
    number = st.session_state.get("_given", 0)  # new fields are empty
    with st.form(f"_give_{number}", border=False):
        field, drop = st.columns([3, 2], gap="medium")
        text = field.text_input(
            "Folder, file or address",
            key=f"_place_{number}",
            help=_HELP,
            placeholder="/home/me/pictures · https://example.org/manifest.json · huggan/wikiart",
        )
        field.caption("You see what was found before anything is collected.")
        dropped = drop.file_uploader("Or drop a table, a manifest or a list of addresses", key=f"_dropped_{number}")
        pressed = st.form_submit_button("Preview", icon=":material/search:", type="primary", key="_preview")
    if pressed:
        with layout.errors_as_sentences():
            begin(text, dropped)
            st.session_state["_given"] = number + 1
            st.rerun()
    if now is not None:
        with st.container(border=True):
            _show_adding(now)


def _show_adding(now: Adding) -> None:
    if now.collection:
        _show_collecting(now)
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{work_text.escaped(now.place, '')}**", width="stretch")
        if st.button("Cancel", icon=":material/close:", key="_cancel"):
            end()
            st.rerun()
    _show_kinds(now)
    if now.job is not None and now.job.running:
        show_progress(now.job)
    elif now.job is not None and now.job.error:
        now.restore_columns()
        st.error(now.job.error, icon=":material/error:")
    if now.seen is not None:
        show_look(now, now.seen)


def _show_kinds(now: Adding) -> None:
    kinds = [name for name in SOURCES if name in PLACES or name == now.source]
    chosen = st.segmented_control(
        "Recognised as",
        kinds,
        default=now.source or None,
        format_func=lambda name: SOURCES[name].label,
        key=f"_kind_{now.looks}_{now.source}",
    )
    if chosen and chosen != now.source:
        now.choose_source(chosen)
        st.rerun()


def _show_collecting(now: Adding) -> None:
    if (job := now.job) is None:
        return
    if job.running:
        show_progress(job)
        return
    show_outcome(job, job.error or job.outcome)
    with suppress(CollectionError):  # nothing was collected
        show_missing(Collection.open(now.collection), expanded=True)
    with st.container(horizontal=True, vertical_alignment="center"):
        if job.stopped:
            continue_button(job, partial(setattr, now, "job"))
        elif not job.error:
            navigation.link_to(navigation.EXPLORE, "Explore", navigation.EXPLORE.icon, collection=now.collection)
        if job.error and st.button("Back to the preview", icon=":material/arrow_back:", key="_back"):
            now.collection = ""
            now.look()
            st.rerun()
        if st.button("Close", icon=":material/close:", key="_close"):
            end()
            st.rerun()
