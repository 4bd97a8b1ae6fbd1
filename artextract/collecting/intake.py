"""Takes the works of a source: reads their pictures, several at once, and stores each with its thumbnail.

A host that hangs delays only its own works: each host has `PER_HOST` threads at most.
"""

import errno
import hashlib
import threading
from collections import Counter, deque
from collections.abc import Container, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from itertools import count, islice
from pathlib import Path, PurePath

from artextract.collection import Collection
from artextract.errors import BadImageError, SourceError
from artextract.files import write_bytes
from artextract.progress import Report, Stage
from artextract.sources.base import Source, SourceWork, path_text
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.http_responses import FetchError, host_of
from artextract.sources.fetching.kept_pictures import kept_file
from artextract.sources.names import title_from_slug
from artextract.vision.decoding.large_files import smaller_copy
from artextract.vision.images import encode_jpeg, open_picture, thumbnail, too_many_bytes

THUMBNAIL_SIDE = 320  # Long side of a thumbnail in pixels: sharp in a grid, about 20 kB
PER_HOST = 4  # Pictures that are read at once from one host, or from this computer
THREADS = 32  # Pictures that are read at once from all hosts
DECODED_AT_ONCE = 4  # Decoded pictures that wait for their thumbnail take up to 100 MB each
LARGE = 64 * 2**20  # Bytes of a local file above which only one is in memory at a time
PULLED = 8  # Works taken from the source at a time, between checks of running pictures
AHEAD = 5_000  # Works that may wait for their host, a few MB
REMARK = "picture_remark"  # Column: what is wrong with a picture that can still be shown
PICTURE_COLUMNS = ("image", "image_sha256", "width", "height", REMARK)

_SUFFIXES = {"JPEG": ".jpg", "MPO": ".jpg", "TIFF": ".tif", "JPEG2000": ".jp2"}
_NOT_IN_TABLE = ("read", "origin", "extra", "size")
_WHAT = ("new", "unchanged", "without a picture", "failed")

Columns = dict[str, object]  # A row of the work table


@dataclass(frozen=True)
class Taken:
    """A work that was taken from a source."""

    id: str
    origin: str
    row: Columns | None  # None if its picture is not available
    failure: FetchError | None = None  # Why it is not available
    from_file: bool = False  # Whether the ID is the path of the picture's file
    title_from_file: bool = False


class Intake:
    """Takes the works of one source."""

    def __init__(self, collection: Collection, source: Source, pictures: dict[str, Columns], report: Report) -> None:
        """Prepare; nothing is read yet. `pictures` has the columns of the stored pictures, by SHA-256."""
        self.doubled: list[tuple[str, str]] = []  # Pairs: the ID of an earlier work, and the ID given instead
        self.remarks: list[str] = []  # Warnings about pictures that were taken with a defect
        self._collection = collection
        self._source = source
        self._pictures = pictures
        self._stage = Stage(f"Collecting {source.about.title}", len(source), report)
        self._counts: Counter[str] = Counter()
        self._decoding = threading.BoundedSemaphore(DECODED_AT_ONCE)
        self._large = threading.BoundedSemaphore(1)

    def taken(self) -> Iterator[tuple[int, Taken]]:
        """Each work with its index in the source, in order of completion."""
        works = self._numbered()
        waiting: dict[str, deque[tuple[int, SourceWork]]] = {}
        running: dict[Future[Taken], tuple[str, int]] = {}
        more = True
        pool = ThreadPoolExecutor(THREADS)
        try:
            while more or running or any(waiting.values()):
                room = AHEAD - sum(map(len, waiting.values()))
                for number, work in (pulled := list(islice(works, min(room, PULLED)))):
                    waiting.setdefault(host_of(work.origin), deque()).append((number, work))
                more = bool(pulled) or room <= 0
                busy = Counter(host for host, _ in running.values())
                for host in [host for host, queue in waiting.items() if queue]:
                    while waiting[host] and busy[host] < PER_HOST and len(running) < THREADS:
                        number, work = waiting[host].popleft()
                        running[pool.submit(self._take, work)] = (host, number)
                        busy[host] += 1
                # Report even without a result, so that a job can be stopped while all hosts hang.
                done, _ = wait(running, timeout=0 if pulled else 1, return_when=FIRST_COMPLETED)
                for future in done:
                    _, number = running.pop(future)
                    yield number, self._count(future.result())
                self._stage.advance(0, note=self._note())
        finally:  # when stopped: works in progress finish, waiting works are not started
            pool.shutdown(wait=False, cancel_futures=True)

    def _numbered(self) -> Iterator[tuple[int, SourceWork]]:
        seen: set[str] = set()
        for number, work in enumerate(self._source.works()):
            own = unique_id(work.id, seen) if work.id in seen else work.id
            if own != work.id:
                self.doubled.append((work.id, own))
            seen.add(own)
            yield number, replace(work, id=own)

    def _count(self, item: Taken) -> Taken:
        if item.row is not None:
            outcome = "unchanged" if item.row["image_sha256"] in self._pictures else "new"
        else:
            outcome = "without a picture" if item.failure and item.failure.cause == Cause.NOT_NAMED else "failed"
        self._counts[outcome] += 1
        self._stage.advance(note=self._note())
        return item

    def _note(self) -> str:
        return ", ".join(f"{self._counts[what]:,} {what}" for what in _WHAT if self._counts[what])

    def _take(self, work: SourceWork) -> Taken:
        host = host_of(work.origin)
        try:
            with self._large if (work.size or 0) > LARGE else nullcontext():
                content = self._read(work)
                sha256 = hashlib.sha256(content).hexdigest()
                picture = self._pictures.get(sha256) or self._keep(sha256, content, work.origin)
                del content
        except OSError as error:
            why = f"{path_text(work.origin)} can't be read ({error.strerror or error})."
            why = too_many_bytes(path_text(work.origin)) if error.errno == errno.EFBIG else why
            failure = FetchError(why, "file not readable")
        except SourceError as error:
            failure = FetchError(str(error), error.cause, error.host or host, error.status)
        except BadImageError as error:
            failure = FetchError(str(error), Cause.DAMAGED, host)
        else:
            described = {name: value for name, value in vars(work).items() if name not in _NOT_IN_TABLE}
            path = PurePath(work.origin)
            from_file = not host and f"/{path_text(path.as_posix())}".endswith(f"/{work.id}")
            from_name = work.title == title_from_slug(path.stem)
            return Taken(work.id, work.origin, described | work.extra | picture, None, from_file, from_name)
        return Taken(work.id, work.origin, None, failure)

    def _read(self, work: SourceWork) -> bytes:
        """The picture file, or a smaller copy of a local file that is too large."""
        try:
            return work.read()
        except OSError as error:
            if error.errno != errno.EFBIG or host_of(work.origin):
                raise
            with self._decoding:
                small = smaller_copy(Path(work.origin))
            if small is None:
                raise
            self.remarks.append(f"{path_text(Path(work.origin).name)} is very large: a smaller copy of it was taken.")
            return small

    def _keep(self, sha256: str, content: bytes, origin: str) -> Columns:
        """Check a picture and store it with its thumbnail; returns the columns that describe it."""
        with self._decoding:
            # Decoded whole, so that a truncated picture fails here and not in the middle of a later job.
            picture = open_picture(content, path_text(Path(origin).name), at_least=2 * THUMBNAIL_SIDE)
            small = encode_jpeg(thumbnail(picture.image, THUMBNAIL_SIDE), quality=82)
        if picture.remark:
            self.remarks.append(picture.remark)
        suffix = _SUFFIXES.get(picture.format, f".{picture.format.lower()}")
        image = f"images/{sha256[:2]}/{sha256}{suffix}"
        _store(self._collection.root / image, content, kept_file(sha256))
        write_bytes(self._collection.thumbnail_path(sha256), small)
        size = {"width": picture.width, "height": picture.height}
        return {"image": image, "image_sha256": sha256, **size} | ({REMARK: picture.remark} if picture.remark else {})


def _store(path: Path, content: bytes, kept: Path | None) -> None:
    """Store a picture as a hard link to the kept file with the same bytes, else as a file of its own."""
    if kept is not None:
        with suppress(OSError):  # another disk, a file system without hard links, or a file is there
            path.parent.mkdir(parents=True, exist_ok=True)
            if not (path.exists() and path.samefile(kept)):
                path.hardlink_to(kept)
            return
    write_bytes(path, content)


def known_pictures(collection: Collection, known: dict[str, Columns]) -> dict[str, Columns]:
    """The columns of the pictures that are stored with their thumbnails, by SHA-256."""
    return {
        str(row["image_sha256"]): {column: row[column] for column in PICTURE_COLUMNS if column in row}
        for row in known.values()
        if (collection.root / str(row["image"])).exists()
        and collection.thumbnail_path(str(row["image_sha256"])).exists()
    }


def unique_id(work: str, used: Container[str]) -> str:
    """`work` with the first free number: "id-2"."""
    return next(other for n in count(2) if (other := f"{work}-{n}") not in used)
