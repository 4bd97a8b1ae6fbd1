"""The picture that is read: plain, with the areas that support a label, or its texture."""

import streamlit as st

from artextract.attributes.labels import ATTRIBUTES
from artextract.ui import galleries, work_text
from artextract.ui.reading import cached, charts
from artextract.ui.reading.answer_panels import NAMES
from artextract.ui.reading.cached import Read
from artextract.ui.reading.charts import show_chart

VIEWS = {"picture": "Painting", "why": "Why", "texture": "Texture"}


def show_picture(name: str, content: bytes, read: Read) -> None:
    """The picture in the chosen view."""
    view = st.segmented_control(
        "View",
        list(VIEWS),
        default="picture",
        required=True,
        key="_view",
        format_func=VIEWS.__getitem__,
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
    label = f"about {read.reading.date.median:.0f}"
    with st.container(horizontal=True):
        attribute = st.selectbox("Attribute", list(ATTRIBUTES), key="_explain", format_func=NAMES.__getitem__)
        if attribute != "date":
            labels = [answer.name for answer in read.reading.answer(attribute).labels]
            label = st.selectbox("Label", labels, key=f"_explain_{attribute}")
    opacity = st.slider("Opacity of the overlay, %", 0, 100, 55, key="_opacity") / 100
    salient = cached.salient(content, name, attribute, label, opacity)
    st.image(salient, width="stretch", alt=f"Areas of the picture {name} that support {label}")
    st.caption(f"Yellow areas support “{label}” most; violet areas do not matter (HiResCAM).")


def _show_texture(name: str, content: bytes) -> None:
    texture = cached.texture_of(content, name)
    st.image(texture.picture, width="stretch", alt=f"The texture of the picture {name}")
    st.caption(
        "Gabor filters: the hue shows the direction of stripes, the brightness their strength. Grey areas have no "
        "main direction."
    )
    show_chart(charts.texture_chart(texture.energy, galleries.reader().bank.wavelengths), "texture")
