"""A reading to keep: an HTML report, and JSON."""

import json

import streamlit as st

from artextract.attributes.labels import LABELLED
from artextract.ui import galleries, model_paintings
from artextract.ui.reading import cached, text
from artextract.ui.reading.cached import Read
from artextract.ui.reading.html_report import report_html
from artextract.ui.server.request_costs import for_this_visitor


def show_downloads(name: str, content: bytes, read: Read) -> None:
    """Buttons for the report and the data."""
    model = galleries.bundle().facts.name
    best = {one: read.reading.answer(one).labels[0].name for one in LABELLED}
    data = json.dumps(text.as_json(name, model, read.reading), ensure_ascii=False)
    with st.container(horizontal=True):
        st.download_button(
            "Report (HTML)",
            for_this_visitor(lambda: _report(name, content, read, best, model)),
            f"{name}.html",
            "text/html",
            icon=":material/description:",
            on_click="ignore",
        )
        st.download_button(
            "Data (JSON)",
            data,
            f"{name}.json",
            "application/json",
            icon=":material/data_object:",
            on_click="ignore",
        )


def _report(name: str, content: bytes, read: Read, best: dict[str, str], model: str) -> bytes:
    pictures = {"The picture": read.image}
    for attribute, label in best.items():
        caption = f"What speaks for {label} ({attribute})"
        pictures[caption] = cached.salient(content, name, attribute, label, 0.55)
    pictures["Texture"] = cached.texture_of(content, name).picture
    trust = {one: cached.trust_in(one, label).words() for one, label in best.items()}
    nearest = [
        f"{model_paintings.label_of(row)}: cosine {near.cosine:.3f}" for near, row in cached.nearest_training(read)
    ]
    return report_html(name, model, read.reading, pictures, trust, nearest).encode()
