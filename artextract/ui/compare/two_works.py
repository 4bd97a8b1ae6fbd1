"""Two works side by side: their pictures, how similar they are, and which parts correspond."""

import plotly.graph_objects as go
import streamlit as st
from PIL import Image
from plotly.colors import qualitative

from artextract.similarity.compare import (
    BACKBONE,
    CellMapper,
    Comparison,
    Correspondence,
    compare_works,
    correspondence,
)
from artextract.similarity.metrics.registry import METRICS
from artextract.ui import address, layout, navigation, work_text
from artextract.ui.components.grid.tray import tray_control
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.search.examples import example_rows
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture
from artextract.work_table import display_date

GAP = 0.12  # Width of the gap between the pictures; their height is 1
SIDE = 600  # Long side of the pictures, pixels
COLOURS = qualitative.Bold


@st.cache_resource(show_spinner=False, max_entries=200, hash_funcs=BY_GALLERY)
def comparison_of(gallery: Gallery, left: str, right: str) -> Comparison:
    """The comparison of two works, cached.

    Raises ArtExtractError if a picture can't be read, or the visitor made too many requests.
    """
    with charge("comparison"):
        return compare_works(gallery.searcher, left, right)


def begin_with_a_pair(gallery: Gallery) -> None:
    """Put works into the address where it has none: the last open one or one to try, and the most similar."""
    ids = gallery.works["id"]
    if gallery.find(address.get("work")) is None:
        opened = st.session_state.get("_opened", "")
        address.put(work=opened if gallery.find(opened) is not None else str(ids.iloc[example_rows(gallery, 1)[0]]))
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


def show_correspondence(gallery: Gallery, left: str, right: str) -> None:
    """Both pictures with the matching cells and the cosine of each pair."""
    cells = _correspondence(gallery, left, right)
    st.markdown("##### Matching parts")
    if not cells.matches:
        st.caption("No matching parts found.")
        return
    pictures = [_picture(gallery, work) for work in (left, right)]
    layout.show_chart(correspondence_figure(pictures, cells), "correspondence")
    st.caption(
        f"Cells of the same colour match each other best in both directions, in the features of `{BACKBONE}`. The "
        "number is their cosine similarity after removing each picture’s average (↑ higher is closer). A cell’s "
        "features include its surroundings."
    )


def correspondence_figure(pictures: list[Image.Image], cells: Correspondence) -> go.Figure:
    """Two pictures side by side at the same height, matching cells linked."""
    grid = cells.grid
    widths = [picture.width / picture.height for picture in pictures]
    lefts = [0.0, widths[0] + GAP]
    figure = go.Figure()
    for picture, left, width in zip(pictures, lefts, widths, strict=True):
        figure.add_layout_image(
            source=picture, x=left, y=1, sizex=width, sizey=1, xref="x", yref="y", sizing="stretch", layer="below"
        )
    for number, match in enumerate(cells.matches):
        colour = COLOURS[number % len(COLOURS)]
        middles = []
        for cell, left, width in zip((match.left, match.right), lefts, widths, strict=True):
            row, column = divmod(cell, grid)
            x, y = left + column * width / grid, 1 - row / grid
            figure.add_shape(
                type="rect", x0=x, x1=x + width / grid, y0=y - 1 / grid, y1=y, line={"color": colour, "width": 3}
            )
            middles.append((x + width / grid / 2, y - 0.5 / grid))
        (x0, y0), (x1, y1) = middles
        figure.add_scatter(
            x=[x0, x1],
            y=[y0, y1],
            mode="lines",
            line={"color": colour, "width": 2},
            hovertemplate=f"cosine {match.cosine:.2f}<extra></extra>",
        )
        figure.add_annotation(
            x=lefts[1] - GAP / 2,
            y=y0 + (y1 - y0) * (lefts[1] - GAP / 2 - x0) / (x1 - x0),
            text=f"{match.cosine:.2f}",
            showarrow=False,
            bgcolor="rgba(255,255,255,0.85)",
            font={"color": "#222", "size": 11},
            borderpad=1,
        )
    figure.update_layout(
        showlegend=False,
        height=380,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        xaxis={"visible": False, "range": [0, lefts[1] + widths[1]]},
        yaxis={"visible": False, "range": [0, 1], "scaleanchor": "x"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure


@st.cache_resource(show_spinner="Finding matching parts…", max_entries=200, hash_funcs=BY_GALLERY)
def _correspondence(gallery: Gallery, left: str, right: str) -> Correspondence:
    with charge("correspondence"):
        return correspondence(gallery.searcher, _cell_mapper(), left, right)


@st.cache_resource(show_spinner="Loading the model…")
def _cell_mapper() -> CellMapper:
    return CellMapper()


def _picture(gallery: Gallery, work: str) -> Image.Image:
    row = gallery.works.iloc[gallery.searcher.row_of(work)]
    path = gallery.collection.image_path(str(row["image"]))
    image = open_picture(path, at_least=2 * SIDE).image
    image.thumbnail((SIDE, SIDE))
    return image
