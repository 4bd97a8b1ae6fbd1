"""Read a painting: its style, genre, artist and date, why, and how far to trust it."""

import json
from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract.attributes.evaluation.trust import Trust
from artextract.attributes.labels import ATTRIBUTES, LABELLED
from artextract.errors import ArtExtractError
from artextract.similarity.filters import Filters
from artextract.ui import address, frame, galleries, paintings, read, reading, walk
from artextract.ui.cards import neighbour_cards
from artextract.ui.galleries import Gallery
from artextract.ui.paste import accept_pasted
from artextract.ui.picture_grid import picture_grid
from artextract.ui.read import Read
from artextract.ui.reading_report import report_html

FORMATS = ["jpg", "jpeg", "png", "webp", "tif", "tiff", "gif", "bmp", "jp2", "avif"]
VIEWS = {"picture": "Painting", "why": "Why", "texture": "Texture"}


def taken(gallery: Gallery | None) -> tuple[dict[str, bytes], bool]:
    """The pictures to read: the uploads, or (and then it is true) the work that the address names.

    A work's picture goes by its id.
    """
    uploads = st.file_uploader(
        "Pictures: drop, choose, or paste (Ctrl+V)", type=FORMATS, key="_read_uploads",
        accept_multiple_files=True,
    )  # fmt: skip
    accept_pasted("paste")
    if uploads:
        return named(uploads), False
    row = None if gallery is None else walk.chosen_row(gallery)
    if gallery is None or row is None:
        return {}, False
    work = gallery.works.iloc[row]
    st.caption(f"From {gallery.collection.name}: {walk.plain(gallery.labels[row], 'Untitled')}")
    content = gallery.collection.image_path(str(work["image"])).read_bytes()
    return {str(work["id"]): content}, True


def named(uploads: Sequence[UploadedFile]) -> dict[str, bytes]:
    """The uploads by name; pasted pictures all have the same, so a number tells them apart."""
    pictures: dict[str, bytes] = {}
    for number, upload in enumerate(uploads, start=1):
        name = f"{number}-{upload.name}" if upload.name in pictures else upload.name
        pictures[name] = upload.getvalue()
    return pictures


def several(pictures: dict[str, bytes]) -> str:
    """The table of several readings, and which of them is looked at below."""
    found = {}
    for name, content in pictures.items():
        with frame.spoken_errors():
            found[name] = read.read_picture(content, name).reading
    if not found:
        return ""
    table = reading.table(list(found), list(found.values()))
    share = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)
    st.dataframe(
        table, hide_index=True,
        column_config={f"{reading.NAMES[one]}, probability": share for one in LABELLED},
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Look at", list(found), key="_look_at")
        st.download_button(
            "Download CSV", table.to_csv(index=False).encode("utf-8-sig"), "readings.csv",
            "text/csv", icon=":material/download:", on_click="ignore",
        )  # fmt: skip
    return str(chosen)


def the_picture(name: str, content: bytes, found: Read) -> None:
    view = st.segmented_control(
        "View", list(VIEWS), default="picture", required=True, key="_view",
        format_func=lambda v: VIEWS[v], label_visibility="collapsed",
    )  # fmt: skip
    if view == "why":
        why(name, content, found)
    elif view == "texture":
        the_texture(name, content)
    else:
        st.image(found.image, caption=name, width="stretch")


def why(name: str, content: bytes, found: Read) -> None:
    attribute, label = explained(found)
    opacity = st.slider("Opacity of the overlay, %", 0, 100, 55, key="_opacity") / 100
    st.image(read.salient(content, name, attribute, label, opacity), width="stretch")
    what = label if attribute != "date" else "the years around it"
    st.caption(f"Yellow: what speaks most for {what}. Violet: what doesn't matter (HiResCAM).")


def explained(found: Read) -> tuple[str, str]:
    with st.container(horizontal=True):
        attribute = st.selectbox(
            "Why this", list(ATTRIBUTES), key="_explain", format_func=lambda a: reading.NAMES[a]
        )
        if attribute == "date":
            return "date", f"about {found.reading.date.median:.0f}"
        labels = [one.name for one in found.reading.answer(attribute).labels]
        label = st.selectbox("Label", labels, key=f"_explain_{attribute}")
    return attribute, str(label)


def the_texture(name: str, content: bytes) -> None:
    texture = read.texture_of(content, name)
    st.image(texture.picture, width="stretch")
    st.caption(
        "Gabor filters: hue is the direction in which the picture is striped, brightness how "
        "strongly; grey where no direction prevails."
    )
    chart(reading.texture_chart(texture.energy, galleries.reader().bank.wavelengths), "texture")


def an_answer(attribute: str, found: Read) -> None:
    answer = found.reading.answer(attribute)
    best = answer.labels[0].name
    with st.container(border=True):
        heading(reading.NAMES[attribute], best, answer.unsure)
        chart(reading.label_bars(answer, best), f"bars_{attribute}")
        trusted = read.trust_in(attribute, best)
        with st.expander(f"How far to trust “{best}”"):
            how_far(attribute, trusted)


def how_far(attribute: str, trusted: Trust) -> None:
    for sentence in trusted.words():
        st.markdown(walk.plain(sentence, ""))
    if trusted.called or trusted.are:
        chart(reading.trust_bars(trusted.were, trusted.said, trusted.label), f"trust_{attribute}")


def the_date(found: Read) -> None:
    date = found.reading.date
    with st.container(border=True):
        heading("Date", f"about {date.median:.0f}", date.unsure)
        chart(reading.date_chart(date, found.date_probabilities), "date")
        st.caption(
            f"Made between {date.low:.0f} and {date.high:.0f} with a probability of 80 %; the "
            "dotted line is the median."
        )


def heading(name: str, answer: str, unsure: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"{name}: **{walk.plain(answer, '')}**", width="stretch")
        if unsure:
            st.badge("not sure", icon=":material/help:", color="orange")


def chart(figure: go.Figure, key: str) -> None:
    st.plotly_chart(figure, key=f"_{key}", config={"displayModeBar": False})


def near_ones(found: Read) -> None:
    st.subheader("Nearest training paintings")
    st.caption("What the model learnt from that looks most like this to it, by cosine.")
    near = read.nearest_training(found)
    paintings.show(pd.DataFrame([told | {"cosine": one.cosine} for one, told in near]))


def similar_works(gallery: Gallery, name: str, content: bytes, is_work: bool) -> None:
    st.subheader(f"Most like it in {gallery.collection.name}")
    with frame.spoken_errors():
        if is_work:
            neighbours = galleries.neighbours_of(gallery, name, 10, Filters())
        else:  # the picture itself comes first where the collection has it
            neighbours = galleries.neighbours_of_picture(gallery, content, 10, name)
        picture_grid(
            key="read_similar",
            cards=neighbour_cards(gallery, neighbours),
            on_open=lambda work: address.put(work=work),
        )


def downloads(name: str, content: bytes, found: Read) -> None:
    model = galleries.bundle().facts.name
    best = {one: found.reading.answer(one).labels[0].name for one in LABELLED}
    told = json.dumps(reading.as_json(name, model, found.reading), ensure_ascii=False)
    with st.container(horizontal=True):
        st.download_button(
            "Report (HTML)", lambda: report(name, content, found, best, model), f"{name}.html",
            "text/html", icon=":material/description:", on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Data (JSON)", told, f"{name}.json", "application/json",
            icon=":material/data_object:", on_click="ignore",
        )  # fmt: skip


def report(name: str, content: bytes, found: Read, best: dict[str, str], model: str) -> bytes:
    pictures = {"The picture": found.image}
    for attribute, label in best.items():
        caption = f"What speaks for {label} ({attribute})"
        pictures[caption] = read.salient(content, name, attribute, label, 0.55)
    pictures["Texture"] = read.texture_of(content, name).picture
    trust = {one: read.trust_in(one, label).words() for one, label in best.items()}
    near = [
        f"{paintings.label_of(told)}: cosine {one.cosine:.3f}"
        for one, told in read.nearest_training(found)
    ]
    return report_html(name, model, found.reading, pictures, trust, near).encode()


def look_at(name: str, content: bytes, gallery: Gallery | None, is_work: bool) -> None:
    found = read.read_picture(content, name)
    if found.reading.unfamiliar:
        st.warning(
            "This picture is unlike the paintings that the model knows: it isn’t sure of "
            "anything here.", icon=":material/help:",
        )  # fmt: skip
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        the_picture(name, content, found)
        downloads(name, content, found)
    with right:
        one, other = st.columns(2)
        for column, attributes in ((one, ("style", "artist")), (other, ("genre", "date"))):
            with column:
                for attribute in attributes:
                    the_date(found) if attribute == "date" else an_answer(attribute, found)
    near_ones(found)
    if gallery is not None:
        similar_works(gallery, name, content, is_work)


paintings.go_on()
survey = frame.frame(frame.READ)
st.title("Read a painting")
st.caption(
    "Style, genre, artist and date by a model trained on WikiArt, with how sure it is and why. "
    "The pictures are not kept."
)
gallery = frame.open_gallery(survey) if survey.collections else None
try:
    pictures, is_work = taken(gallery)
    chosen = several(pictures) if len(pictures) > 1 else next(iter(pictures), "")
    if chosen:
        look_at(chosen, pictures[chosen], gallery, is_work)
    elif not pictures:
        st.info(
            "Give a picture of a painting, or open a work in Explore and press “Read this "
            "painting”.", icon=":material/image:",
        )  # fmt: skip
except (ArtExtractError, OSError) as error:
    st.error(str(error), icon=":material/error:")
