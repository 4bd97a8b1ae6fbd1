"""What the Faces screen is asked: which look at it, whose face, which of several."""

import base64
from collections.abc import Sequence

import streamlit as st
from PIL import Image
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract import settings
from artextract.collection import Collection
from artextract.detection.detection_index import DetectionIndex
from artextract.detection.detectors import Detector
from artextract.ui import address, gallery_picker, navigation
from artextract.ui.components.grid.component import Card, picture_grid
from artextract.ui.components.grid.pages import PAGE
from artextract.ui.galleries import Gallery
from artextract.ui.jobs.panel import job_button
from artextract.ui.jobs.start import start_detection
from artextract.ui.layout import PICTURE_FORMATS
from artextract.vision.images import encode_jpeg

LOOKS = {"alike": "Alike faces", "wall": "All faces", "poses": "Alike poses"}
FIRST = "alike"


def choose_look() -> str:
    """Which of the screen's three looks is open; it stands in the address."""
    asked = address.get("look")
    look = asked if asked in LOOKS else FIRST
    address.mirror("_look", look)
    st.segmented_control(
        "Look at",
        list(LOOKS),
        key="_look",
        format_func=LOOKS.__getitem__,
        required=True,
        label_visibility="collapsed",
        on_change=_put_look,
    )
    return look


def _put_look() -> None:
    look = st.session_state["_look"]
    address.put(look=None if look == FIRST else look, nth=None)


def uploaded_picture() -> UploadedFile | None:
    """The picture that a person gives, if they do."""
    return st.file_uploader(
        "A picture of your own (it is not kept)",
        type=PICTURE_FORMATS,
        key="_face_upload",
        on_change=lambda: address.put(nth=None),
    )


def chosen_work(gallery: Gallery) -> str | None:
    """The id of the work that the address names; None if it isn't here."""
    row = gallery_picker.chosen_row(gallery)
    return None if row is None else str(gallery.works["id"].iloc[row])


def nth(count: int) -> int:
    """Which of the `count` faces or people of the query the address names, from 0."""
    text = address.get("nth")
    number = int(text) - 1 if text.isdigit() and len(text) < 4 else 0
    return number if 0 <= number < count else 0


def choose_page(places: list[int]) -> list[int]:
    """Those of the chosen page, where there is more than one; the page stands in the address."""
    pages = -(-len(places) // PAGE)
    if pages < 2:
        return places
    text = address.get("page")
    page = min(int(text), pages) if text.isdigit() and len(text) < 6 and int(text) else 1
    key = f"_faces_page_{pages}"
    address.mirror(key, page)
    st.number_input(
        f"Page of {pages}",
        1,
        pages,
        key=key,
        width=140,
        on_change=lambda: address.put(page=int(st.session_state[key])),
    )
    return places[(page - 1) * PAGE : page * PAGE]


def ask(work: str, number: int, look: str) -> None:
    """Make a work's face, or person, the query of a look."""
    address.put(
        work=work,
        nth=number + 1 if number else None,
        page=None,
        look=None if look == FIRST else look,
    )


def open_work(work: str) -> None:
    """Open a work in Explore."""
    navigation.switch_to(navigation.EXPLORE, work=work)


def show_query(kind: str, several: str, urls: Sequence[str], chosen: int, width: int) -> None:
    """The faces or people of the query, the chosen one said; a press chooses another.

    Args:
        kind: what each is: "face".
        several: the plural.
        urls: the address of the picture of each.
        chosen: which is compared, from 0.
        width: of a card, pixels.
    """
    count = len(urls)
    st.caption(
        f"One {kind} is found in it."
        if count == 1
        else f"{count} {several} are found in it; number {chosen + 1} is compared. Press another."
    )
    cards = [
        Card(str(n), url, f"{kind.capitalize()} {n + 1}{' · compared' * (n == chosen)}", "")
        for n, url in enumerate(urls)
    ]
    picture_grid(key=f"query_{several}", cards=cards, on_open=_put_nth, column_width=width)


def _put_nth(card: str) -> None:
    """A card was pressed; its id is the number, from 0."""
    address.put(nth=int(card) + 1 if int(card) else None)


def data_url(image: Image.Image) -> str:
    """A small picture as an address that holds it: uploads are kept nowhere."""
    return "data:image/jpeg;base64," + base64.b64encode(encode_jpeg(image)).decode()


def offer_job(index: DetectionIndex, collection: Collection, detector: Detector) -> None:
    """Say how many works were not searched yet and which cannot be, with a button that starts the job.

    Args:
        index: what is known.
        collection: whose pictures.
        detector: what searches them.
    """
    left, unreadable = index.works - index.searched - len(index.unreadable), index.unreadable
    if left:
        sentence = f"{detector.label} have not been detected in {left:,} works of {collection.name} yet."
        if not settings.public():
            sentence += " The job takes about half a second per work. You can stop and resume it."
        st.info(sentence, icon=":material/hourglass_empty:")
    if unreadable:
        work, why = next(iter(unreadable.items()))
        works = "1 work" if len(unreadable) == 1 else f"{len(unreadable):,} works"
        st.caption(f"{works} of {collection.name} cannot be searched. The first is {work}: {why}")
    if not left and not unreadable:
        return
    label, icon = (f"Find {detector.name}", "search") if left else ("Try again", "refresh")
    if job_button(
        label,
        key=f"_find_{detector.name}",
        icon=f":material/{icon}:",
        type="primary" if left else "secondary",
    ):
        start_detection(collection, detector)
        st.rerun()
