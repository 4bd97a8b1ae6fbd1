"""Compare: two works side by side."""

import plotly.graph_objects as go
import streamlit as st

from artextract.similarity.compare import Comparison
from artextract.similarity.metrics import METRICS
from artextract.ui import address, frame, galleries, walk
from artextract.ui.galleries import Gallery
from artextract.ui.server import view_url

MATCHES = 50


def choose(gallery: Gallery, parameter: str, label: str) -> str | None:
    """One side: a search box, the matching works, and the one chosen."""
    works = gallery.works
    asked = address.get(parameter)
    text = st.text_input(
        f"{label}: search title or artist", key=f"_find_{parameter}", icon=":material/search:"
    )
    matching = walk.matching_rows(gallery, text)[:MATCHES]
    ids = [str(works["id"].iloc[row]) for row in matching]
    labels = {work: gallery.labels[row] for work, row in zip(ids, matching, strict=True)}
    known = walk.row_or_none(gallery, asked)
    if known is not None and asked not in labels:
        ids.insert(0, asked)
        labels[asked] = gallery.labels[known]
    if not ids:
        st.info("No work matches.")
        return None
    address.mirror(f"_{parameter}", asked if asked in ids else None)
    st.selectbox(
        label, ids, index=None, key=f"_{parameter}", format_func=lambda work: labels[work],
        placeholder="Choose a work", on_change=lambda: address.put(
            **{parameter: st.session_state[f"_{parameter}"]}
        ),
    )  # fmt: skip
    return asked if known is not None else None


def show_side(gallery: Gallery, work: str) -> None:
    row = gallery.searcher.row_of(work)
    facts = gallery.works.iloc[row]
    frame.show_picture(
        view_url(gallery.collection.name, facts["image_sha256"]), gallery.labels[row]
    )
    made = [walk.plain(facts["artist"], "Artist not recorded"), walk.plain(facts["date_text"], "")]
    st.markdown(f"**{walk.plain(facts['title'], 'Untitled')}**  \n" + ", ".join(filter(None, made)))
    st.page_link(
        frame.EXPLORE.path, label="Show on map", icon=":material/my_location:",
        query_params=address.carried(work=work),
    )  # fmt: skip


def show_scores(comparison: Comparison) -> None:
    columns = st.columns(len(METRICS))
    for column, metric in zip(columns, METRICS.values(), strict=True):
        value = getattr(comparison, metric.name)
        arrow = "↑ higher is closer" if metric.higher_is_closer else "↓ lower is closer"
        column.metric(metric.label, "–" if value is None else f"{value:.3f}", help=metric.sentence)
        column.caption(arrow if value is not None else "not to be had: its network is missing")


def show_maps(comparison: Comparison) -> None:
    left, right = st.columns(2)
    with left:
        st.markdown("##### Difference picture")
        st.image(comparison.difference, width="stretch", alt="Difference between the two pictures")
        st.caption("Black where the two agree; the brighter, the more their colours differ.")
    with right:
        st.markdown("##### SSIM map")
        figure = go.Figure(
            go.Heatmap(
                z=comparison.ssim_map[::-1], zmin=-1, zmax=1, colorscale="RdBu",
                colorbar={"title": "SSIM"}, hovertemplate="SSIM %{z:.2f}<extra></extra>",
            )
        )  # fmt: skip
        figure.update_layout(
            margin={"l": 0, "r": 0, "t": 0, "b": 0}, height=420,
            xaxis={"visible": False}, yaxis={"visible": False, "scaleanchor": "x"},
        )  # fmt: skip
        st.plotly_chart(figure, key="ssim_map", config={"displayModeBar": False})
        st.caption("Blue where the two have the same structure, red where it is reversed.")


found = frame.frame(frame.COMPARE)
gallery = frame.open_gallery(found)
if gallery is None:
    st.stop()
st.title("Compare two works")
left, right = st.columns(2, gap="large")
with left:
    one = choose(gallery, "work", "First work")
with right:
    other = choose(gallery, "other", "Second work")
if one is None or other is None:
    st.caption("Choose two works; or press Compare on a neighbour in Explore.")
    st.stop()
with left:
    show_side(gallery, one)
with right:
    show_side(gallery, other)
with frame.spoken_errors():
    comparison = galleries.comparison_of(gallery, one, other)
    show_scores(comparison)
    show_maps(comparison)
    with st.expander("What the numbers mean"):
        for metric in METRICS.values():
            st.markdown(f"**{metric.label}** — {metric.sentence}")
