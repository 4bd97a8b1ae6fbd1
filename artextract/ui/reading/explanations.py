"""Why the model answers as it does: saliency beside the picture; for researchers, the picture's texture."""

import streamlit as st

from artextract.ui import galleries, work_text
from artextract.ui.layout import errors_as_sentences, show_chart
from artextract.ui.reading import cached, charts
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.reading.panels import NAMES

SALIENCY = (
    "Orange areas count for the label, blue areas against it; both maps have the same scale of colours. "
    "The logit is the score behind the probability."
)


@st.fragment
def show_saliency(name: str, content: bytes, picture: ReadPicture) -> None:
    """The picture beside the saliency of an answer and of its runner-up; nothing if there is no answer."""
    attributes = cached.explained(picture.reading)
    if not attributes:
        return
    st.subheader("Where the model looks")
    attribute = st.segmented_control(
        "Attribute",
        attributes,
        default=attributes[0],
        required=True,
        key="_explain",
        format_func=NAMES.__getitem__,
        label_visibility="collapsed",
    )
    st.caption(SALIENCY)
    places = st.columns(3)
    with places[0]:
        st.image(picture.image, width="stretch", alt=f"The picture {name}")
    with errors_as_sentences():
        for place, found in zip(places[1:], cached.saliency_maps(content, name, attribute), strict=False):
            with place:
                st.image(found.image, width="stretch", alt=f"Areas of the picture {name} that count for {found.label}")
                st.caption(work_text.escaped(f"{found.label}: the map explains {found.share:.0%} of the logit.", ""))


def show_texture(name: str, content: bytes) -> None:
    """The picture's Gabor texture, folded away."""
    folded = st.expander("For researchers: texture", key="_texture_open", on_change="rerun")
    if not folded.open:  # the texture is computed only for those who look at it
        return
    with folded:
        texture = cached.texture_of(content, name)
        left, right = st.columns(2)
        with left:
            st.image(texture.picture, width="stretch", alt=f"The texture of the picture {name}")
        with right:
            show_chart(charts.texture_chart(texture.energy, galleries.reader().bank.wavelengths), "_texture")
        st.caption(
            "Gabor filters: the hue shows the direction of stripes, the brightness their strength. Grey areas have no "
            "main direction."
        )
