"""Which parts of two works correspond: linked cells, drawn on both."""

import plotly.graph_objects as go
import streamlit as st
from PIL import Image
from plotly.colors import qualitative

from artextract.similarity.compare import BACKBONE, CellMapper, Correspondence, correspondence
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.layout import show_chart
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture

GAP = 0.12  # Width of the gap between the pictures; their height is 1
SIDE = 600  # Long side of the pictures, pixels
COLOURS = qualitative.Bold


def show_correspondence(gallery: Gallery, left: str, right: str) -> None:
    """Both pictures with the matching cells and the cosine of each pair."""
    cells = _correspondence(gallery, left, right)
    st.markdown("##### Matching parts")
    if not cells.matches:
        st.caption("No matching parts found.")
        return
    pictures = [_picture(gallery, work) for work in (left, right)]
    show_chart(correspondence_figure(pictures, cells), "correspondence")
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
