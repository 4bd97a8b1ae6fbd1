"""The picture that is read: itself, why, and its texture."""

import streamlit as st

from artextract.attributes.labels import ATTRIBUTES
from artextract.ui import galleries, work_text
from artextract.ui.reading import cached, charts, text
from artextract.ui.reading.cached import Read
from artextract.ui.reading.charts import show_chart

VIEWS = {"picture": "Painting", "why": "Why", "texture": "Texture"}


def show_picture(name: str, content: bytes, read: Read) -> None:
    """The picture: plain, with what speaks for a label, or its texture."""
    view = st.segmented_control(
        "View",
        list(VIEWS),
        default="picture",
        required=True,
        key="_view",
        format_func=lambda v: VIEWS[v],
        label_visibility="collapsed",
    )
    if view == "why":
        _show_saliency(name, content, read)
    elif view == "texture":
        _show_texture(name, content)
    else:
        st.image(read.image, width="stretch", alt=f"The picture {name}")
        st.caption(work_text.plain(name, ""))


def _show_saliency(name: str, content: bytes, read: Read) -> None:
    attribute, label = _choose_label(read)
    opacity = st.slider("Opacity of the overlay, %", 0, 100, 55, key="_opacity") / 100
    salient = cached.salient(content, name, attribute, label, opacity)
    st.image(salient, width="stretch", alt=f"What speaks for {label} in the picture {name}")
    what = label if attribute != "date" else "the years around it"
    st.caption(f"Yellow: what speaks most for {what}. Violet: what doesn't matter (HiResCAM).")


def _choose_label(read: Read) -> tuple[str, str]:
    with st.container(horizontal=True):
        attribute = st.selectbox("Why this", list(ATTRIBUTES), key="_explain", format_func=lambda a: text.NAMES[a])
        if attribute == "date":
            return "date", f"about {read.reading.date.median:.0f}"
        labels = [one.name for one in read.reading.answer(attribute).labels]
        label = st.selectbox("Label", labels, key=f"_explain_{attribute}")
    return attribute, str(label)


def _show_texture(name: str, content: bytes) -> None:
    texture = cached.texture_of(content, name)
    st.image(texture.picture, width="stretch", alt=f"The texture of the picture {name}")
    st.caption(
        "Gabor filters: hue is the direction in which the picture is striped, brightness how "
        "strongly; grey where no direction prevails."
    )
    show_chart(charts.texture_chart(texture.energy, galleries.reader().bank.wavelengths), "texture")
