"""Several readings as a table."""

import streamlit as st

from artextract.attributes.labels import LABELLED
from artextract.ui import layout
from artextract.ui.reading import cached, text


def show_table(pictures: dict[str, bytes]) -> str:
    """The table of several readings, and which of them is looked at below."""
    readings = {}
    for name, content in pictures.items():
        with layout.errors_as_sentences():
            readings[name] = cached.read_picture(content, name).reading
    if not readings:
        return ""
    table = text.table(list(readings), list(readings.values()))
    share = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    st.dataframe(
        table,
        hide_index=True,
        column_config={f"{text.NAMES[one]}, probability": share for one in LABELLED},
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Look at", list(readings), key="_look_at")
        st.download_button(
            "Download CSV",
            table.to_csv(index=False).encode("utf-8-sig"),
            "readings.csv",
            "text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    return str(chosen)
