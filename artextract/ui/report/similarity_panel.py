"""The similarity report of a collection: how often similar works share a label."""

from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from artextract.collection import Collection
from artextract.errors import ArtExtractError
from artextract.similarity.evaluation.evaluate import PREVIOUS_SSIM, SAMPLE
from artextract.similarity.evaluation.results import SimilarityResults, read_results
from artextract.similarity.evaluation.retrieval_task import RELEVANCES, RetrievalTask
from artextract.similarity.metrics.registry import METRICS, PICTURE_METRICS
from artextract.ui import address, work_text
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_similarity_evaluation
from artextract.ui.report.paintings import PER_CENT

MEASURES = {
    "p1": ("P@1", "Precision@1: how often the nearest work is relevant."),
    "p5": ("P@5", "Precision@5: share of relevant works among the five nearest."),
    "p10": ("P@10", "Precision@10: share of relevant works among the ten nearest."),
    "map10": ("mAP@10", "Mean average precision over the ten nearest works: the first places count more."),
}


def show_similarity_report(collection: Collection) -> None:
    """Show the latest results, and a button that evaluates the collection."""
    results = read_results(collection)
    _show_button(collection, results)
    show_jobs()
    if results is None:
        return
    st.caption(results.sentence)
    if results.works_version != collection.version():
        st.warning("The works have changed since the evaluation. Evaluate again.", icon=":material/update:")
    names = {name: RELEVANCES[name].label.lower() for name in results.counted}
    relevance = address.switch("A similar work is relevant if it has the", names, name="relevance")
    _show_table(results, relevance)


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


def report_table(results: SimilarityResults, relevance: str) -> pd.DataFrame:
    """One row for each ranking: `label`, `MEASURES` (per cent), `interval` of P@10, and `PICTURE_METRICS`."""
    rows = []
    for ranking in results.rankings:
        measures = ranking.measures[relevance]
        interval = f"{100 * measures['p10'].low:.1f} to {100 * measures['p10'].high:.1f}"
        row = {name: 100 * measures[name].value for name in MEASURES}
        rows.append({"label": ranking.label, **row, "interval": interval, **ranking.picture_scores})
    return pd.DataFrame(rows)


def _show_table(results: SimilarityResults, relevance: str) -> None:
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {"label": "Ranking", "interval": "P@10, 95% interval"}
    columns |= {name: number(label, format=PER_CENT, help=text) for name, (label, text) in MEASURES.items()}
    for metric in (METRICS[name] for name in PICTURE_METRICS):
        columns[metric.name] = number(f"{metric.label} {metric.arrow}", format="%.4f", help=metric.sentence)
    st.dataframe(report_table(results, relevance), hide_index=True, height="content", column_config=columns)
    st.caption(
        f"{results.counted[relevance]:,} queries were evaluated. SSIM, RMSE and LPIPS are means over the ten nearest "
        f"works of {SAMPLE} queries: they recognise copies, not the same artist, style or subject. The project "
        f"that ArtExtract continues reported a mean SSIM of {PREVIOUS_SSIM}."
    )
