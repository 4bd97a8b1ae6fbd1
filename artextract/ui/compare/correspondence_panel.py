"""Where two works correspond, drawn as linked cells over both."""

import plotly.graph_objects as go
import streamlit as st
from PIL import Image
from plotly.colors import qualitative

from artextract.similarity.compare import (
    BACKBONE,
    CellMapper,
    Correspondence,
    correspondence,
)
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.server.request_costs import charge
from artextract.vision.images import open_picture

GAP = 0.12
"""Between the two pictures, in their common height."""
SIDE = 600
"""Of the pictures that are drawn on, pixels."""
COLOURS = qualitative.Bold


def show_correspondence(gallery: Gallery, one: str, other: str) -> None:
    """Both pictures with the cells that find each other, and how near each pair is."""
    found = _correspondence(gallery, one, other)
    st.markdown("##### Where they correspond")
    if not found.matches:
        st.caption("No part of one is nearest to a part of the other.")
        return
    pictures = [_picture(gallery, work) for work in (one, other)]
    st.plotly_chart(
        correspondence_figure(pictures, found),
        key="correspondence",
        config={"displayModeBar": False},
    )
    st.caption(
        f"Each pair of cells of one colour: to the `{BACKBONE}` network the one is what is nearest "
        "in the other picture, and the other way round. What is everywhere in a picture counts for "
        "nothing. The number is their cosine (a score, higher is closer); a cell stands for what "
        "lies around it, too."
    )


def correspondence_figure(pictures: list[Image.Image], found: Correspondence) -> go.Figure:
    """Two pictures of one height beside each other, the matching cells linked."""
    grid = found.grid
    widths = [picture.width / picture.height for picture in pictures]
    lefts = [0.0, widths[0] + GAP]
    figure = go.Figure()
    for picture, left, width in zip(pictures, lefts, widths, strict=True):
        figure.add_layout_image(
            source=picture,
            x=left,
            y=1,
            sizex=width,
            sizey=1,
            xref="x",
            yref="y",
            sizing="stretch",
            layer="below",
        )
    for number, match in enumerate(found.matches):
        colour = COLOURS[number % len(COLOURS)]
        middles = []
        for cell, left, width in zip((match.left, match.right), lefts, widths, strict=True):
            row, column = divmod(cell, grid)
            x, y = left + column * width / grid, 1 - row / grid
            figure.add_shape(
                type="rect",
                x0=x,
                x1=x + width / grid,
                y0=y - 1 / grid,
                y1=y,
                line={"color": colour, "width": 3},
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
        xaxis={"visible": False, "range": [0, lefts[1] + widths[1]], "fixedrange": True},
        yaxis={"visible": False, "range": [0, 1], "scaleanchor": "x", "fixedrange": True},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
    )
    return figure


@st.cache_resource(show_spinner="Comparing part by part…", max_entries=200, hash_funcs=BY_GALLERY)
def _correspondence(gallery: Gallery, one: str, other: str) -> Correspondence:
    with charge("correspondence"):
        return correspondence(gallery.searcher, _cell_mapper(), one, other)


@st.cache_resource(show_spinner="Loading the backbone…")
def _cell_mapper() -> CellMapper:
    return CellMapper()


def _picture(gallery: Gallery, work: str) -> Image.Image:
    row = gallery.works.iloc[gallery.searcher.row_of(work)]
    path = gallery.collection.image_path(str(row["image"]))
    image = open_picture(path, at_least=2 * SIDE).image
    image.thumbnail((SIDE, SIDE))
    return image
