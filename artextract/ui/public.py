"""What screens do otherwise on a public server: sentences without paths, small uploads."""

import logging
import re

from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract import settings
from artextract.errors import LimitError, NotReadyError
from artextract.vision.images import check_pixels

UPLOAD_MEGABYTES = 20
"""Of a picture that a visitor may bring."""
UPLOAD_PIXELS = 40_000_000
"""Likewise: some 120 MB when decoded."""
UPLOADS = 10
"""Pictures that a visitor may bring at a time."""
FAULT = "That can’t be had on this server just now. Those who run it find the reason in its log."
"""Stands for a sentence that names a place on the server."""
NOT_READY = "This isn’t ready on this server yet."
# A path of two parts or more; neither that of an address (https://…) nor "and/or".
_PATH = re.compile(r"(?<![\w:/.])(?:~?/[^\s/]+/|[A-Za-z]:\\)")
_log = logging.getLogger(__name__)


def redact(sentence: str | Exception) -> str:
    """A sentence as a screen may show it: on a public server without the places where things lie.

    Args:
        sentence: it, or the error whose sentence it is.
    """
    text = str(sentence)
    if not settings.public():
        return text
    if isinstance(sentence, NotReadyError):  # it says what to run
        _log.warning("asked for by a visitor: %s", text)
        return NOT_READY
    if not _PATH.search(text):
        return text
    _log.warning("not shown to a visitor: %s", text)
    return FAULT


def content_of(upload: UploadedFile) -> bytes:
    """The bytes of an uploaded picture.

    Raises:
        LimitError: on a public server, it has too many bytes.
        BadImageError: likewise, too many pixels.
    """
    if settings.public():
        if upload.size > UPLOAD_MEGABYTES * 2**20:
            raise LimitError(
                f"{upload.name} has {upload.size / 2**20:.0f} MB, more than the "
                f"{UPLOAD_MEGABYTES} MB that this server takes: save a smaller copy."
            )
        check_pixels(upload.getvalue(), upload.name, UPLOAD_PIXELS)
    return upload.getvalue()
