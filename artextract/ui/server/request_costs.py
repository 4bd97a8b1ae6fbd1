"""The cost of visitors' uploads and computations: always measured, and limited on a public server."""

import math
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from artextract import settings
from artextract.errors import BadImageError, LimitError
from artextract.ui.galleries import VIEW_SIDE
from artextract.ui.server import metrics, public_limits
from artextract.ui.server.visitors import visitor_of
from artextract.vision.decoding_trial import try_to_decode
from artextract.vision.images import check_pixels


@contextmanager
def charge(kind: str) -> Iterator[None]:
    """Charge the visitor for a computation of a kind of `public_limits.WORK_COSTS`.

    Raises LimitError on a public server, if the visitor has used up the limit, or too many computations run.
    """
    with ExitStack() as lent:
        if settings.public():
            limiter, visitor = public_limits.LIMITER, visitor_of()
            if not lent.enter_context(limiter.running_computations.lend(visitor.address)):
                metrics.REFUSED.labels("busy").inc()
                raise LimitError("The server is busy. Please try again in a minute.")
            if wait := limiter.computations.spend(visitor, public_limits.WORK_COSTS[kind].tokens):
                metrics.REFUSED.labels(kind).inc()
                raise LimitError(f"Too many requests. Please try again in {math.ceil(wait)} s.")
        start = time.perf_counter()
        try:
            yield
        finally:
            metrics.WORK.labels(kind).observe(time.perf_counter() - start)


def content_of(upload: UploadedFile) -> bytes:
    """The bytes of an uploaded picture, which can be decoded.

    Raises:
        BadImageError: it can't be decoded, takes too long, or has too many pixels for a public server.
        LimitError: it has too many bytes for a public server, or too many uploads wait.
    """
    if settings.public():
        limits, size = public_limits.LIMITER.limits, upload.size / 2**20
        if size > limits.upload_size:
            raise LimitError(
                f"{upload.name} has {size:.0f} MB. This server accepts up to {limits.upload_size} MB. "
                "Upload a smaller copy."
            )
        check_pixels(upload.getvalue(), upload.name, limits.upload_pixels)
    if fault := _fault(upload.file_id, upload):
        raise BadImageError(fault)
    return upload.getvalue()


@st.cache_data(show_spinner="Opening the picture…", max_entries=10_000)
def _fault(file_id: str, _upload: UploadedFile) -> str:
    """Why an uploaded picture can't be decoded, "" if it can; found once for each upload."""
    try:
        with charge("upload"):
            try_to_decode(_upload.getvalue(), _upload.name, VIEW_SIDE)
    except BadImageError as error:
        return str(error)
    return ""
