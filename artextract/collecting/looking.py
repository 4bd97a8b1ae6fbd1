"""Preview a source before it is collected: facts, costs, and the first pictures."""

from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from time import monotonic

from artextract.errors import BadImageError, SourceError
from artextract.progress import Report, Stage, silent
from artextract.sources.base import Source, SourceWork, no_picture, path_text
from artextract.sources.fetching.causes import Cause
from artextract.sources.preview import Preview, preview
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

PICTURES = 6  # Pictures that are shown
SIDE = 240  # Long side of a shown picture, px
PATIENCE = 30.0  # Seconds for the first pictures


@dataclass(frozen=True)
class FirstPicture:
    """One of the first pictures."""

    title: str
    jpeg: bytes  # b"" if the picture is not available
    why: str = ""  # Why the picture is not available, a sentence; "" if only the contact is missing


@dataclass(frozen=True)
class Look:
    """The preview of a source with its first pictures."""

    preview: Preview
    pictures: list[FirstPicture]


def look(source: Source, report: Report = silent) -> Look:
    """Look at a source, fetch its first `PICTURES` pictures, and close it.

    A picture that is fetched here is kept, so that collecting does not fetch it again.

    Raises:
        SourceError: the source cannot be read.
    """
    pool = ThreadPoolExecutor(PICTURES)
    with closing(source):
        try:
            seen = preview(source)
            works = list(islice((work for work in source.works() if work.read is not no_picture), PICTURES))
            stage = Stage("Fetching the first pictures", len(works), report)
            fetched = [pool.submit(_picture, work) for work in works]
            waiting, late = set(fetched), monotonic() + PATIENCE
            while waiting and monotonic() < late:
                done, waiting = wait(waiting, timeout=0.5)
                stage.advance(len(done))
            slow = f"was not there after {PATIENCE:.0f} seconds."
            pictures = [
                future.result()
                if future not in waiting
                else FirstPicture(work.title or work.id, b"", f"{path_text(work.origin)} {slow}")
                for work, future in zip(works, fetched, strict=True)
            ]
            return Look(seen, pictures)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _picture(work: SourceWork) -> FirstPicture:
    title = work.title or work.id
    try:
        image = open_picture(work.read(), title, at_least=SIDE).image
    except OSError as error:
        return FirstPicture(title, b"", f"{path_text(work.origin)} can't be read ({error.strerror or error}).")
    except (SourceError, BadImageError) as error:
        needs_contact = isinstance(error, SourceError) and error.cause == Cause.NO_CONTACT
        return FirstPicture(title, b"", "" if needs_contact else str(error))
    return FirstPicture(title, encode_jpeg(thumbnail(image, SIDE)))
