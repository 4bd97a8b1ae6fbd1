"""What the model says of each attribute, and how far to trust it."""

import streamlit as st

from artextract.attributes.evaluation.trust import Trust
from artextract.ui import work_text
from artextract.ui.reading import cached, charts, text
from artextract.ui.reading.cached import Read
from artextract.ui.reading.charts import show_chart


def show_answer(attribute: str, read: Read) -> None:
    """What is read of style, genre or artist, with its probabilities."""
    answer = read.reading.answer(attribute)
    best = answer.labels[0].name
    with st.container(border=True):
        _heading(text.NAMES[attribute], best, answer.unsure)
        show_chart(charts.label_bars(answer, best), f"bars_{attribute}")
        trusted = cached.trust_in(attribute, best)
        with st.expander(f"How far to trust “{best}”"):
            _show_trust(attribute, trusted)


def _show_trust(attribute: str, trusted: Trust) -> None:
    for sentence in trusted.words():
        st.markdown(work_text.plain(sentence, ""))
    if trusted.called or trusted.are:
        show_chart(
            charts.trust_bars(trusted.were, trusted.said, trusted.label), f"trust_{attribute}"
        )


def show_date(read: Read) -> None:
    """The date as a distribution over years."""
    date = read.reading.date
    with st.container(border=True):
        _heading("Date", f"about {date.median:.0f}", date.unsure)
        show_chart(charts.date_chart(date, read.date_probabilities), "date")
        st.caption(
            f"Made between {date.low:.0f} and {date.high:.0f} with a probability of 80 %; the "
            "dotted line is the median."
        )


def _heading(name: str, answer: str, unsure: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{name}: **{work_text.plain(answer, '')}**", width="stretch")
        if unsure:
            st.badge("not sure", icon=":material/help:", color="orange")
