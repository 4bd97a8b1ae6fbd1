"""The pictures to read: uploaded, pasted, or a work of a collection."""

from collections.abc import Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract import settings
from artextract.errors import LimitError
from artextract.ui import gallery_picker, work_text
from artextract.ui.galleries import Gallery
from artextract.ui.layout import PICTURE_FORMATS
from artextract.ui.reading.paste import accept_pasted
from artextract.ui.server import rate_limits
from artextract.ui.server.request_costs import content_of
from artextract.vision.images import read_picture


def pictures_to_read(gallery: Gallery | None) -> tuple[dict[str, bytes], bool]:
    """The pictures to read: the uploads, or (and then it is true) the work that the address names.

    A work's picture goes by its id.

    Raises:
        ArtExtractError: a public server doesn't take so many, or so large ones.
    """
    uploads = st.file_uploader(
        "Pictures: drop, choose, or paste (Ctrl+V)",
        type=PICTURE_FORMATS,
        key="_read_uploads",
        accept_multiple_files=True,
    )
    accept_pasted("paste")
    if uploads:
        return _named(uploads), False
    row = None if gallery is None else gallery_picker.chosen_row(gallery)
    if gallery is None or row is None:
        return {}, False
    work = gallery.works.iloc[row]
    st.caption(f"From {gallery.collection.name}: {work_text.plain(gallery.labels[row], 'Untitled')}")
    content = read_picture(gallery.collection.image_path(str(work["image"])))
    return {str(work["id"]): content}, True


def _named(uploads: Sequence[UploadedFile]) -> dict[str, bytes]:
    """The uploads by name; pasted pictures all have the same, so a number tells them apart."""
    limit = rate_limits.LIMITER.limits.upload_count
    if settings.public() and len(uploads) > limit:
        raise LimitError(f"This server reads up to {limit} pictures at a time. Remove some of them.")
    pictures: dict[str, bytes] = {}
    for number, upload in enumerate(uploads, start=1):
        name = f"{number}-{upload.name}" if upload.name in pictures else upload.name
        pictures[name] = content_of(upload)
    return pictures
