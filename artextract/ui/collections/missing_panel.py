"""The pictures that the last collecting run skipped: how many, why, and a button to retry."""

import streamlit as st

from artextract.collecting.report import causes, read_report, remembered_source
from artextract.collection import Collection
from artextract.sources.registry import SOURCES
from artextract.ui import layout, work_text
from artextract.ui.collections.adding import adding, contact
from artextract.ui.jobs.start import start_collecting


def show_missing(collection: Collection, expanded: bool = False) -> None:
    """One line for each host and cause, a button that collects again, and the report as a file."""
    failures = read_report(collection)
    if not failures:
        return
    key = f"{collection.name}_{expanded}"
    count = f"{len(failures):,} {'picture is' if len(failures) == 1 else 'pictures are'} missing"
    with st.expander(count, expanded, icon=":material/broken_image:"):
        st.markdown("\n".join(f"- {work_text.escaped(line, '')}" for line in causes(failures)))
        source = remembered_source(collection)
        with st.container(horizontal=True):
            if (
                source is not None
                and source[0] in SOURCES
                and st.button(
                    "Retry the failed pictures",
                    key=f"_retry_{key}",
                    icon=":material/refresh:",
                    help="Collects again from the same source. Existing pictures are not fetched again.",
                )
            ):
                with layout.errors_as_sentences():
                    job = start_collecting(SOURCES[source[0]], source[1], collection.name, contact())
                    if (now := adding()) is not None and now.collection == collection.name:
                        now.job = job
                    st.rerun()
            st.download_button(
                "Download skipped.csv",
                (collection.root / "reports" / "skipped.csv").read_bytes,
                "skipped.csv",
                "text/csv",
                key=f"_skipped_{key}",
                icon=":material/download:",
                on_click="ignore",
            )
