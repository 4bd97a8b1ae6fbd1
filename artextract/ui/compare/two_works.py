"""Two works side by side: their pictures, and how similar they are."""

import plotly.graph_objects as go
import streamlit as st

from artextract.similarity.compare import Comparison, compare_works
from artextract.similarity.metrics.registry import METRICS
from artextract.ui import address, layout, navigation, work_text
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.search.examples import example_rows
from artextract.ui.server.request_costs import charge
from artextract.work_table import display_date


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs=BY_GALLERY)
def comparison_of(gallery: Gallery, left: str, right: str) -> Comparison:
    """The comparison of two works, cached.

    Raises:
        ArtExtractError: a picture can't be read, or the visitor made too many requests.
    """
    with charge("comparison"):
        return compare_works(gallery.searcher, left, right)


def begin_with_a_pair(gallery: Gallery) -> None:
    """Put works into the address where it has none: one to try, and the work most similar to the first."""
    ids = gallery.works["id"]
    if gallery.find(address.get("work")) is None:
        address.put(work=str(ids.iloc[example_rows(gallery, 1)[0]]))
    if gallery.find(address.get("other")) is None and len(ids) > 1:
        (nearest,) = gallery.searcher.rows_near_work(address.get("work"), 1)
        address.put(other=str(ids.iloc[nearest]))


def show_work(gallery: Gallery, work: str, side: str, other: str | None) -> None:
    """A work on one `side` of the screen: its picture, artist and date, and a link to the map.

    The lightbox compares the picture with that of the work `other`, which the screen shows before.
    """
    row = gallery.searcher.row_of(work)
    facts = gallery.works.iloc[row]
    layout.show_picture(gallery, row, query=None if other is None else gallery.searcher.row_of(other))
    artist = work_text.escaped(facts["artist"], "Artist not recorded")
    made = ", ".join(filter(None, (artist, work_text.escaped(display_date(facts), ""))))
    st.markdown(f"**{work_text.escaped(facts['title'], 'Untitled')}**  \n{made}")
    with st.container(horizontal=True, vertical_alignment="center"):
        tray_control(gallery.collection.name, [work], gallery.labels[row], key=f"_tray_{side}")
        navigation.link_to(navigation.EXPLORE, "Show on map", ":material/my_location:", work=work)


def show_scores(comparison: Comparison) -> None:
    """The metrics of the two works."""
    columns = st.columns(len(METRICS))
    for column, metric in zip(columns, METRICS.values(), strict=True):
        value = comparison.scores[metric.name]
        arrow = f"{metric.arrow} {'higher' if metric.higher_is_closer else 'lower'} is closer"
        column.metric(metric.label, "–" if value is None else f"{value:.3f}", help=metric.sentence)
        column.caption(arrow if value is not None else "Not available: the picture is missing")
    st.caption(
        f"By the embedding, these works are nearer than {comparison.nearer_than:.1%} of the pairs of works here."
    )


def show_maps(comparison: Comparison) -> None:
    """A picture of the differences in colour, and a map of the similarity in structure."""
    left, right = st.columns(2)
    with left:
        st.markdown("##### Difference picture")
        st.image(comparison.difference, width="stretch", alt="Difference between the two pictures")
        st.caption("Black means equal colours; brighter means a larger difference.")
    with right:
        st.markdown("##### SSIM map")
        figure = go.Figure(
            go.Heatmap(
                z=comparison.ssim_map[::-1],
                zmin=-1,
                zmax=1,
                colorscale="RdBu",
                colorbar={"title": "SSIM"},
                hovertemplate="SSIM %{z:.2f}<extra></extra>",
            )
        )
        figure.update_layout(
            margin={"l": 0, "r": 0, "t": 0, "b": 0},
            height=420,
            xaxis={"visible": False},
            yaxis={"visible": False, "scaleanchor": "x"},
        )
        layout.show_chart(figure, "ssim_map")
        st.caption("Blue: same structure. Red: reversed structure.")
