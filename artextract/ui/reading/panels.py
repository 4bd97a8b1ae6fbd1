"""The picture that is read, the predictions for each attribute, and for the custom labels of the open collection."""

import streamlit as st

from artextract.attributes.labels import ATTRIBUTES, LABELLED
from artextract.attributes.reading import MAX_INTERVAL, Answer, DateAnswer, Reading
from artextract.ui import galleries, work_columns, work_text
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.layout import show_chart
from artextract.ui.reading import cached, charts
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.server.rate_limits import LIMITER
from artextract.ui.server.request_costs import charge

NAMES = {"style": "Style", "genre": "Genre", "artist": "Artist", "date": "Date"}
COLUMNS = 3  # Custom labels side by side


def show_answer(attribute: str, reading: Reading) -> None:
    """The predicted style, genre or artist, with probabilities and how reliable they are."""
    answer = reading.answer(attribute)
    best = answer.labels[0].name
    with st.container(border=True):
        _show_labels(NAMES[attribute], answer, f"_bars_{attribute}")
        if answer.none_of_these:
            return
        confusion = cached.confusion_of(attribute, best)
        with st.expander(f"How reliable is “{best}”?"):
            for sentence in confusion.sentences():
                st.markdown(work_text.escaped(sentence, ""))
            if confusion.predicted or confusion.labelled:
                show_chart(charts.confusion_bars(confusion), f"_confusion_{attribute}")


def show_date(picture: ReadPicture) -> None:
    """The date as a distribution over years."""
    date = picture.reading.date
    with st.container(border=True):
        _show_heading("Date", f"about {date.median:.0f}" if date else None)
        if date is None:
            st.caption(no_date(picture.reading))
            return
        show_chart(charts.date_chart(date, picture.date_probabilities), "_date")
        st.caption(f"{interval(date)} The dotted line is the median.")


def interval(date: DateAnswer) -> str:
    """A sentence on the 80% interval of a date."""
    return f"Made between {date.low:.0f} and {date.high:.0f} with a probability of 80%."


def no_date(reading: Reading) -> str:
    """Why a picture has no date."""
    if reading.out_of_distribution:
        return "The model cannot tell: the picture is unlike the paintings that it knows."
    return f"The model cannot tell: its 80% interval is wider than {MAX_INTERVAL} years."


def show_custom_labels(gallery: Gallery, name: str, content: bytes) -> None:
    """One panel for each custom label of the gallery's collection; nothing if it has none."""
    if not gallery.heads:
        return
    st.subheader(f"Custom labels of {gallery.collection.name}")
    st.caption(
        "Predicted by a classifier that was fitted to this collection’s own labels (see Collections, “Custom labels”)."
    )
    places = st.columns(COLUMNS)
    for number, (head, answer) in enumerate(zip(gallery.heads, _answers(gallery, content, name), strict=True)):
        with places[number % COLUMNS], st.container(border=True):
            _show_labels(work_columns.name_of(head.facts.column), answer, f"_custom_label_{head.facts.column}")
            st.caption(work_text.escaped(head.facts.sentence(), ""))


@st.cache_resource(
    show_spinner=False, max_entries=LIMITER.limits.results_per_tab, hash_funcs=BY_GALLERY, scope="session"
)
def _answers(gallery: Gallery, content: bytes, name: str) -> list[Answer]:
    with charge("vector"):
        vector = gallery.searcher.vector_of(content, name)
    return [head.answers(vector[None])[0] for head in gallery.heads]


def _show_labels(name: str, answer: Answer, key: str) -> None:
    """The answer, or why it is not sure, above the bars of its labels."""
    _show_heading(name, None if answer.unsure else answer.labels[0].name)
    if sentence := answer.doubt():
        st.caption(work_text.escaped(sentence, ""))
    show_chart(charts.label_bars(answer), key)


def _show_heading(name: str, answer: str | None) -> None:
    if answer is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{name}:", width="content")
            st.badge("not sure", icon=":material/help:", color="orange")
    else:
        st.markdown(f"{name}: **{work_text.escaped(answer, '')}**")


VIEWS = {"picture": "Painting", "why": "Why", "texture": "Texture"}


def show_picture(name: str, content: bytes, picture: ReadPicture) -> None:
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
        _show_saliency(name, content, picture)
    elif view == "texture":
        _show_texture(name, content)
    else:
        st.image(picture.image, width="stretch", alt=f"The picture {name}")
        st.caption(work_text.escaped(name, ""))


def _show_saliency(name: str, content: bytes, picture: ReadPicture) -> None:
    date = picture.reading.date
    label = f"about {date.median:.0f}" if date else ""
    with st.container(horizontal=True):
        attribute = st.selectbox(
            "Attribute", list(ATTRIBUTES if date else LABELLED), key="_explain", format_func=NAMES.__getitem__
        )
        if attribute != "date":
            labels = [answer.name for answer in picture.reading.answer(attribute).labels]
            label = st.selectbox("Label", labels, key=f"_explain_{attribute}")
    opacity = st.slider("Opacity of the overlay, %", 0, 100, 55, key="_opacity") / 100
    overlay = cached.saliency_overlay(content, name, attribute, label, opacity)
    st.image(overlay, width="stretch", alt=f"Areas of the picture {name} that support {label}")
    st.caption(f"Yellow areas support “{label}” most; violet areas do not matter (HiResCAM).")


def _show_texture(name: str, content: bytes) -> None:
    texture = cached.texture_of(content, name)
    st.image(texture.picture, width="stretch", alt=f"The texture of the picture {name}")
    st.caption(
        "Gabor filters: the hue shows the direction of stripes, the brightness their strength. Grey areas have no "
        "main direction."
    )
    show_chart(charts.texture_chart(texture.energy, galleries.reader().bank.wavelengths), "_texture")
