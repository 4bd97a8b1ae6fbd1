"""The predictions for a picture, also of custom labels, and why: saliency; for researchers, the picture's texture."""

import streamlit as st

from artextract.attributes.reading import MAX_INTERVAL, Answer, DateAnswer, Reading
from artextract.ui import galleries, work_columns, work_text
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.layout import errors_as_sentences, show_chart
from artextract.ui.reading import cached, charts
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.server.public_limits import LIMITER
from artextract.ui.server.request_costs import charge

NAMES = {"style": "Style", "genre": "Genre", "artist": "Artist", "date": "Date"}
CANNOT_TELL = "cannot tell"
COLUMNS = 3  # Custom labels side by side
DATE_NOTE = "The 80% interval; the dotted line is the median."
SALIENCY = (
    "Orange areas count for the label, blue areas against it; both maps have the same scale of colours. "
    "The logit is the score behind the probability."
)


def show_answer(attribute: str, answer: Answer) -> None:
    """The predicted style, genre or artist, with probabilities and how reliable they are."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            _show_heading(NAMES[attribute], answer)
            with st.popover(f"of {answer.classes} {attribute}s", type="tertiary"):
                st.caption(f"The {attribute}s that the model knows:")
                st.markdown(work_text.escaped(", ".join(galleries.bundle().facts.classes.known(attribute)), ""))
        _show_labels(answer, f"_bars_{attribute}")
        if answer.none_of_these:
            return
        best = answer.labels[0].name
        confusion = cached.confusion_of(attribute, best)
        with st.expander(f"How reliable is “{work_text.escaped(best, '')}”?"):
            for sentence in confusion.sentences():
                st.markdown(work_text.escaped(sentence, ""))
            if confusion.true_classes.size or confusion.predicted_classes.size:
                show_chart(charts.confusion_bars(confusion), f"_confusion_{attribute}")


def show_date(picture: ReadPicture) -> None:
    """The date as a distribution over years."""
    date = picture.reading.date
    with st.container(border=True):
        if date is None:
            _show_doubt("Date", CANNOT_TELL)
            st.caption(no_date(picture.reading))
            return
        st.markdown(f"Date: **{interval(date)}**")
        show_chart(charts.date_chart(date, picture.date_probabilities), "_date")
        st.caption(DATE_NOTE)


def interval(date: DateAnswer) -> str:
    """The 80% interval of a date: "1760–1785"."""
    return f"{date.low:.0f}–{date.high:.0f}"


def no_date(reading: Reading) -> str:
    """Why a picture has no date."""
    if reading.out_of_distribution:
        return "The picture is unlike the paintings that the model knows."
    return f"The likely dates span more than {MAX_INTERVAL} years, or do not fit the style."


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
            _show_heading(work_columns.name_of(head.facts.column), answer)
            _show_labels(answer, f"_custom_label_{head.facts.column}")
            st.caption(work_text.escaped(head.facts.sentence(), ""))


@st.cache_resource(
    show_spinner=False, max_entries=LIMITER.limits.results_per_tab, hash_funcs=BY_GALLERY, scope="session"
)
def _answers(gallery: Gallery, content: bytes, name: str) -> list[Answer]:
    with charge("vector"):
        vector = gallery.searcher.vector_of(content, name)
    return [head.answers(vector[None])[0] for head in gallery.heads]


def _show_heading(name: str, answer: Answer) -> None:
    if answer.unsure:
        _show_doubt(name, "none of these" if answer.none_of_these else "not sure")
    else:
        st.markdown(f"{name}: **{work_text.escaped(answer.labels[0].name, '')}**", width="content")


def _show_doubt(name: str, badge: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        st.markdown(f"{name}:", width="content")
        st.badge(badge, icon=":material/help:", color="orange")


def _show_labels(answer: Answer, key: str) -> None:
    """Why the answer is not sure, and the bars of its labels unless it is none of them."""
    if sentence := answer.doubt():
        st.caption(work_text.escaped(sentence, ""))
    if not answer.none_of_these:
        show_chart(charts.label_bars(answer), key)


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
        st.columns(2)[0].image(texture, width="stretch", alt=f"The texture of the picture {name}")
        st.caption(
            "Gabor filters: the hue shows the direction of stripes, the brightness their strength. Grey areas have no "
            "main direction."
        )
