"""What the model says of each attribute, and how far to trust it."""

import streamlit as st

from artextract.attributes.evaluation.confusion import Trust
from artextract.attributes.labels import ANOTHER
from artextract.attributes.reading import Answer
from artextract.ui import work_text
from artextract.ui.reading import cached, charts, text
from artextract.ui.reading.cached import Read
from artextract.ui.reading.charts import show_chart


def show_answer(attribute: str, read: Read) -> None:
    """What is read of style, genre or artist, with its probabilities."""
    answer = read.reading.answer(attribute)
    best = answer.labels[0].name
    with st.container(border=True):
        heading(text.NAMES[attribute], answer)
        show_chart(charts.label_bars(answer, best), f"bars_{attribute}")
        trusted = cached.trust_in(attribute, best)
        with st.expander(f"How far to trust “{best}”"):
            _show_trust(attribute, trusted)


def _show_trust(attribute: str, trusted: Trust) -> None:
    for sentence in trusted.words():
        st.markdown(work_text.plain(sentence, ""))
    if trusted.called or trusted.are:
        show_chart(charts.trust_bars(trusted.were, trusted.said, trusted.label), f"trust_{attribute}")


def show_date(read: Read) -> None:
    """The date as a distribution over years."""
    date = read.reading.date
    with st.container(border=True):
        _say("Date", None if date.unsure else f"about {date.median:.0f}")
        show_chart(charts.date_chart(date, read.date_probabilities), "date")
        st.caption(
            f"Made between {date.low:.0f} and {date.high:.0f} with a probability of 80 %; the "
            "dotted line is the median."
        )


def heading(name: str, answer: Answer) -> None:
    """The answer where it is sure, and in words what is known where it isn't."""
    best = answer.labels[0].name
    said = f"none of those that it knows ({best})" if best == ANOTHER else best
    _say(name, None if answer.unsure else said)
    if sentence := answer.doubt(name.lower()):
        st.caption(work_text.plain(sentence, ""))


def _say(name: str, answer: str | None) -> None:
    if answer is None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"{name}:", width="content")
            st.badge("not sure", icon=":material/help:", color="orange")
    else:
        st.markdown(f"{name}: **{work_text.plain(answer, '')}**")
