"""The likeness report of a collection: how far its neighbours can be trusted."""

import streamlit as st

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.similarity.corrections import CORRECTIONS
from artextract.similarity.evaluation.pictures import FORERUNNER_SSIM, SENTENCE
from artextract.similarity.evaluation.results import Results
from artextract.similarity.evaluation.trial import QUESTIONS, Trial
from artextract.ui import address, layout, navigation
from artextract.ui.cached_search import likeness_results
from artextract.ui.components.grid.component import picture_grid
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_likeness
from artextract.ui.layout import NO_TOOL_BAR
from artextract.ui.navigation import perform_switch
from artextract.ui.public import redact
from artextract.ui.report import likeness
from artextract.ui.report.likeness_chart import precision_figure
from artextract.ui.report.paintings import PER_CENT

A_PAGE = 5
"""Queries shown at a time."""
ORDERS = {"any": "In any order", "wrong": "Worst first", "right": "Best first"}
HELP = {
    "p1": "How often the nearest work is right.",
    "p5": "How many of the five nearest are right.",
    "p10": "How many of the ten nearest are right.",
    "map10": "Mean average precision over the ten nearest: right answers count more in front.",
    "gain": "At P@10, with its 95 % interval: a correction against its own embedding, a fusion "
    "against the collection’s usual one.",
    "skew": "Skewness of how often each work is among the ten nearest of a query. 0 is even; above "
    "some 2 a few works are near to everything.",
    "most": "How often the work that is found most often is among the ten nearest.",
    "never": "Works that are among nobody’s ten nearest.",
}


def show_likeness(collection: Collection) -> None:
    """What was measured last, and a button that measures."""
    results = likeness_results(collection)
    _offer(collection, results)
    show_jobs()
    if results is None:
        return
    st.caption(results.sentence())
    if results.works_version != collection.version():
        st.warning(
            "The works have changed since: measure again for figures of what is here now.",
            icon=":material/update:",
        )
    question = _choose(
        "question",
        "A neighbour is right if it has the",
        list(results.asked),
        {name: QUESTIONS[name].label.lower() for name in results.asked},
    )
    st.plotly_chart(precision_figure(results, question), key="_likeness", config=NO_TOOL_BAR)
    st.markdown(f"**{likeness.verdict(results)}**")
    _show_figures(results, question)
    _show_pictures(results)
    _show_queries(collection, results, question)


def _offer(collection: Collection, results: Results | None) -> None:
    if results is None:
        try:
            Trial(collection.works())
        except ArtExtractError as error:  # nothing to measure by
            st.info(redact(error), icon=":material/info:")
            return
        st.info("The neighbours in this collection have not been measured yet.")
    if job_button(
        "Measure likeness" if results is None else "Measure again",
        icon=":material/straighten:",
        help="Every embedding that the collection has. Some minutes for ten thousand works.",
        type="primary" if results is None else "secondary",
    ):
        start_likeness(collection)
        st.rerun()


def _choose(parameter: str, label: str, names: list[str], words: dict[str, str]) -> str:
    """A choice that stands in the address."""
    asked = address.get(parameter)
    chosen = asked if asked in names else names[0]
    key = f"_{parameter}"
    address.mirror(key, chosen)
    st.segmented_control(
        label,
        names,
        key=key,
        required=True,
        format_func=lambda name: words[name],
        on_change=lambda: address.put(**{parameter: st.session_state[key]}),
    )
    return chosen


def _show_figures(results: Results, question: str) -> None:
    columns = {
        name: st.column_config.NumberColumn(label, format=PER_CENT, help=HELP[name])
        for name, label in (("p1", "P@1"), ("p5", "P@5"), ("p10", "P@10"), ("map10", "mAP@10"))
    }
    st.caption(
        "Corrections: "
        + "; ".join(f"*{one.label}*, {one.sentence}" for one in CORRECTIONS.values())
        + ". *Fusion*: the rankings of all embeddings made one. Pixel RMSE is of pictures of 32 × "
        "32 pixels. What surely helps is offered in Explore and Similar, “Alike in”."
    )
    st.dataframe(
        likeness.figure_table(results, question),
        hide_index=True,
        height="content",
        column_order=["label", "kind", "p1", "p5", "p10", "interval", "map10", "gain"],
        column_config={
            "label": "Way to rank",
            "kind": "Kind",
            **columns,
            "interval": st.column_config.TextColumn("P@10, 95 % interval"),
            "gain": st.column_config.TextColumn("Gain, points", help=HELP["gain"]),
        },
    )


def _show_pictures(results: Results) -> None:
    st.markdown("#### The pixels of the nearest, and hubs")
    chance = next(row for row in results.rows if row.name == "random").pictures["ssim"]
    beside = "" if chance is None else f"; ten random works have {chance:.4f} here"
    st.caption(
        "Of fifty queries, the mean over their ten nearest. The forerunner of this program reached "
        f"a mean SSIM of {FORERUNNER_SSIM}{beside}. {SENTENCE}"
    )
    number = st.column_config.NumberColumn
    st.dataframe(
        likeness.picture_table(results),
        hide_index=True,
        height="content",
        column_config={
            "label": "Way to rank",
            "ssim": number("SSIM ↑", format="%.4f"),
            "rmse": number("RMSE ↓", format="%.4f"),
            "lpips": number("LPIPS ↓", format="%.4f"),
            "cosine": number("Own cosine ↑", format="%.4f"),
            "skew": number("Skew of hubs", format="%.2f", help=HELP["skew"]),
            "most": number("Largest hub", format="localized", help=HELP["most"]),
            "never": number("Never found", format=PER_CENT, help=HELP["never"]),
        },
    )


@st.fragment
def _show_queries(collection: Collection, results: Results, question: str) -> None:
    """The queries of a chosen row with their neighbours."""
    perform_switch()
    st.markdown("#### The queries behind a row")
    labels = {row.name: row.label for row in results.rows}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = address.get("row")
        address.mirror("_row", asked if asked in labels else next(iter(labels)))
        row = st.selectbox(
            "Way to rank",
            list(labels),
            key="_row",
            format_func=lambda name: labels[name],
            on_change=lambda: address.put(row=st.session_state["_row"]),
            width=380,
        )
        order = st.selectbox("Queries", list(ORDERS), key="_order", format_func=lambda name: ORDERS[name], width=200)
        with layout.errors_as_sentences():
            queries = likeness.Queries(results, collection.works(), row, question)
            places = queries.in_order(order)
            pages = max(1, -(-len(places) // A_PAGE))
            page = int(st.number_input(f"Page of {pages:,}", 1, pages, key=f"_queries_{pages}", width=140))
    for place in places[(page - 1) * A_PAGE : page * A_PAGE]:
        one = queries.asked(place)
        st.caption(f"{sum(one.right)} of {len(one.right)} are right.")
        picture_grid(
            key=f"_asked_{place}",
            cards=queries.cards(collection, one),
            scores=likeness.rank_scores(results),
            column_width=80,
            on_open=lambda work: _open(collection, work),
        )


def _open(collection: Collection, work: str) -> None:
    navigation.switch_to(navigation.EXPLORE, collection=collection.name, work=work)
