"""Read a painting: its style, genre, artist and date, with reasons and reliability."""

import streamlit as st

from artextract.errors import ArtExtractError
from artextract.ui import address, gallery_picker, layout, navigation, work_text
from artextract.ui.galleries import Gallery
from artextract.ui.reading import cached
from artextract.ui.reading.neighbours_panel import show_similar_works, show_training_paintings
from artextract.ui.reading.panels import show_answer, show_custom_labels, show_date, show_saliency, show_texture
from artextract.ui.reading.report import show_downloads
from artextract.ui.reading.upload import pictures_to_read, show_table
from artextract.ui.search.examples import READING, show_examples
from artextract.ui.work_text import said


def show_reading(name: str, content: bytes, gallery: Gallery | None, is_work: bool) -> None:
    row = gallery.find(name) if gallery is not None and is_work else None
    title = name if gallery is None or row is None else gallery.labels[row]
    picture = cached.read_picture(content, name)
    layout.show_remark(picture.remark)
    st.markdown(f"#### {work_text.escaped(picture.reading.summary(), '')}")
    left, right = st.columns([1, 1.25], gap="medium")
    with left:
        if gallery is None or row is None:
            st.image(picture.image, width="stretch", alt=f"The picture {name}")
        else:
            layout.show_picture(gallery, row)
        with st.container(horizontal=True):
            show_downloads(title, name, picture)
    with right:
        for column, attributes in zip(st.columns(2), (("style", "genre"), ("artist", "date")), strict=True):
            with column:
                for attribute in attributes:
                    if attribute == "date":
                        show_date(picture)
                    else:
                        show_answer(attribute, picture.reading.answer(attribute))
    show_saliency(name, content, picture)
    if gallery is not None:
        with layout.errors_as_sentences():
            show_custom_labels(gallery, name, content)
    show_training_paintings(picture, gallery)
    if gallery is not None:
        show_similar_works(gallery, name, content, is_work)
    show_texture(name, content)


survey = layout.page(navigation.READ)
st.title("Read a painting")
st.caption(
    "Style, genre, artist and date, predicted by a model trained on WikiArt, with probabilities and explanations. "
    "Your pictures are not stored."
)
gallery = gallery_picker.pick_gallery(survey) if survey.collections else None
try:
    pictures, is_work = pictures_to_read(gallery)
    chosen = show_table(pictures) if len(pictures) > 1 else next(iter(pictures), "")
    if chosen:
        show_reading(chosen, pictures[chosen], gallery, is_work)
    elif not pictures:
        sentence = "Drop, paste or choose a picture of a painting: you see its probable style, genre, artist and date."
        if gallery is None:
            st.markdown(sentence)
        else:
            show_examples(gallery, sentence, READING, lambda work: address.put(work=work))
except (ArtExtractError, OSError) as error:
    st.error(said(error), icon=":material/error:")
