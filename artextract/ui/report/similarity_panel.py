"""The similarity report of a collection: how often similar works share a label."""

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.similarity.evaluation.evaluate import PREVIOUS_SSIM, SAMPLE
from artextract.similarity.evaluation.results import SimilarityResults, SimilaritySummary
from artextract.similarity.evaluation.retrieval_task import RELEVANCES, RetrievalTask
from artextract.similarity.metrics.registry import METRICS, PICTURE_METRICS
from artextract.ui import address, layout, navigation, work_text
from artextract.ui.cached_search import similarity_results
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_similarity_evaluation
from artextract.ui.report.paintings import PER_CENT
from artextract.ui.server.urls import thumbnails_url
from artextract.work_table import TERM_COLUMNS, first_term

PAGE = 5  # Queries on a page
ORDERS = {"any": "In random order", "worst": "Worst first", "best": "Best first"}
MEASURES = {
    "p1": ("P@1", "Precision@1: how often the nearest work is relevant."),
    "p5": ("P@5", "Precision@5: share of relevant works among the five nearest."),
    "p10": ("P@10", "Precision@10: share of relevant works among the ten nearest."),
    "map10": ("mAP@10", "Mean average precision over the ten nearest works: the first places count more."),
}


class RankedQueries:
    """The queries that count for a relevance, with the answers of one ranking."""

    def __init__(self, collection: Collection, results: SimilarityResults, ranking: str, relevance: str) -> None:
        """Look up the works of the results in the collection's current work table."""
        self._collection, self._column = collection.name, RELEVANCES[relevance].column
        self._works = collection.works().set_index("id", drop=False).reindex(results.ids)
        labels = self._works[self._column]
        self._labels = (first_term(labels) if self._column in TERM_COLUMNS else labels).to_numpy()
        exists = self._works["image_sha256"].notna().to_numpy()
        answers = results.neighbours[ranking, relevance]
        counted = (answers >= 0).any(axis=1) & exists[results.query_rows]
        self.rows: np.ndarray = results.query_rows[counted]
        """The queries: int64 [q], rows of `results.ids`."""
        self.answers: np.ndarray = answers[counted]
        """int32 [q, 10], rows of `results.ids`; -1 for none."""
        same = self._labels[self.answers] == self._labels[self.rows][:, None]
        self.relevant: np.ndarray = same.astype(bool) & (self.answers >= 0)
        """Which answers are relevant, bool [q, 10]."""

    def in_order(self, order: str) -> np.ndarray:
        """The numbers 0 to q - 1 of the queries, sorted: "worst" first, "best" first, or "any" (random)."""
        if order == "any":
            return np.random.default_rng(0).permutation(len(self.rows))
        shares = self.relevant.mean(axis=1)
        return np.argsort(shares if order == "worst" else -shares, kind="stable")

    def cards(self, query: int) -> list[Card]:
        """A query and its answers as cards, with relevant answers marked."""
        cards = [self._card(int(self.rows[query]), "Query")]
        for rank, (row, relevant) in enumerate(zip(self.answers[query], self.relevant[query], strict=True), start=1):
            if row >= 0:
                cards.append(self._card(int(row), f"{rank} {'✓ relevant' if relevant else '✗ not relevant'}"))
        return cards

    def _card(self, row: int, badge: str) -> Card:
        work, name = self._works.iloc[row], str(self._works.index[row])
        facts = [self._labels[row], *([work["artist"]] if self._column != "artist" else [])]
        return Card(
            id=name,
            picture_url=f"{thumbnails_url(self._collection)}{work['image_sha256']}.jpg",
            title="Untitled" if pd.isna(work["title"]) else str(work["title"]),
            subtitle=" · ".join(str(fact) for fact in facts if not pd.isna(fact)),
            badge=badge,
            alternative=work_text.alt_text(work),
            work=(self._collection, name),
        )


def show_similarity_report(collection: Collection) -> None:
    """Show the latest results, and a button that evaluates the collection."""
    results = similarity_results(collection)
    _show_button(collection, results)
    show_jobs()
    if results is None:
        return
    summary = results.summary
    st.caption(summary.sentence)
    if summary.works_version != collection.version():
        st.warning("The works have changed since the evaluation. Evaluate again.", icon=":material/update:")
    names = {name: RELEVANCES[name].label.lower() for name in summary.counted}
    relevance = address.switch("A similar work is relevant if it has the", names, name="relevance")
    _show_table(summary, relevance)
    _show_queries(collection, results, relevance)


def _show_button(collection: Collection, results: SimilarityResults | None) -> None:
    if results is None:
        try:
            RetrievalTask(collection.works())
        except ArtExtractError as error:  # no labels to measure by
            st.info(work_text.said(error), icon=":material/info:")
            return
        st.info("The similar works of this collection have not been evaluated yet.")
    job_button(
        "Evaluate" if results is None else "Evaluate again",
        partial(start_similarity_evaluation, collection),
        icon=":material/straighten:",
        help="Evaluates every embedding of the collection. Ten thousand works take a few minutes.",
        type="primary" if results is None else "secondary",
    )


def report_table(summary: SimilaritySummary, relevance: str) -> pd.DataFrame:
    """One row for each ranking: `label`, `MEASURES` (per cent), `interval` of P@10, and `PICTURE_METRICS`."""
    rows = []
    for ranking in summary.rankings:
        measures = ranking.measures[relevance]
        interval = f"{100 * measures['p10'].low:.1f} to {100 * measures['p10'].high:.1f}"
        row = {name: 100 * measures[name].value for name in MEASURES}
        rows.append({"label": ranking.label, **row, "interval": interval, **ranking.picture_scores})
    return pd.DataFrame(rows)


def _show_table(summary: SimilaritySummary, relevance: str) -> None:
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {"label": "Ranking", "interval": "P@10, 95% interval"}
    columns |= {name: number(label, format=PER_CENT, help=text) for name, (label, text) in MEASURES.items()}
    for metric in (METRICS[name] for name in PICTURE_METRICS):
        columns[metric.name] = number(f"{metric.label} {metric.arrow}", format="%.4f", help=metric.sentence)
    st.dataframe(report_table(summary, relevance), hide_index=True, height="content", column_config=columns)
    st.caption(
        f"{summary.counted[relevance]:,} queries were evaluated. SSIM, RMSE and LPIPS are means over the ten nearest "
        f"works of {SAMPLE} queries: they recognise copies, not the same artist, style or subject. The project "
        f"that ArtExtract continues reported a mean SSIM of {PREVIOUS_SSIM}."
    )


@st.fragment
def _show_queries(collection: Collection, results: SimilarityResults, relevance: str) -> None:
    st.markdown("#### Queries")
    labels = {ranking.name: ranking.label for ranking in results.summary.rankings}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ranking = address.choice(
            st.selectbox,
            "Ranking",
            list(labels),
            name="ranking",
            default=next(iter(labels)),
            format_func=labels.__getitem__,
            width=380,
        )
        order = st.selectbox("Order", list(ORDERS), key="_order", format_func=ORDERS.__getitem__, width=200)
        with layout.errors_as_sentences():
            queries = RankedQueries(collection, results, ranking, relevance)
            places = queries.in_order(order)
            pages = max(1, -(-len(places) // PAGE))
            page = int(st.number_input(f"Page of {pages:,}", 1, pages, key=f"_queries_{pages}", width=140))
    for query in places[(page - 1) * PAGE : page * PAGE].tolist():
        cards = queries.cards(query)
        st.caption(f"{queries.relevant[query].sum()} of {len(cards) - 1} works are relevant.")
        picture_grid(
            key=f"_query_{query}",
            cards=cards,
            column_width=80,
            on_open=partial(navigation.open_in_explore, collection=collection.name),
        )
