"""Pictures and documents of other servers, each fetched once and kept as it arrived.

    cache/sources/pictures/ab/<SHA-256>           what arrived, by its content
    cache/sources/pictures/addresses/ab/….json    a record for each address: what it gave, or that it is gone

Both are written whole or not at all, so a killed run continues where it stopped.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from artextract.files import write_bytes
from artextract.settings import cache_dir
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.checks import DamagedError, check_page, check_picture
from artextract.sources.fetching.http_responses import FetchedBody, FetchError, ServerRefusedError, Stamp, host_of
from artextract.sources.fetching.polite_client import PoliteClient

LARGEST_PICTURE = 40 * 1024 * 1024  # Bytes; ten times a JPEG of 4,096 px
LARGEST_DOCUMENT = 32 * 1024 * 1024  # Bytes
GONE_FOR = timedelta(days=30)  # How long an address that answered 404 or 410 is not requested again

Check = Callable[[bytes], str | None]


@dataclass(frozen=True)
class _Record:
    """What is known about an address."""

    url: str
    version: str
    sha256: str = ""  # SHA-256 of the content; empty if the address is gone
    stamp: Stamp = field(default_factory=Stamp)
    status: int | None = None  # 404 or 410 if the address is gone
    date: str = ""  # Date of that answer, ISO 8601


class KeptPictures:
    """Fetches addresses and keeps what they give. Safe to share between threads."""

    def __init__(self, client: PoliteClient) -> None:
        """Nothing is fetched yet."""
        self._client = client
        self._under_way: dict[str, threading.Lock] = {}

    def get(self, url: str, version: str = "", check: Check = lambda _content: None) -> bytes:
        """The bytes of a picture file of a kind that `vision.images.open_picture` reads.

        A damaged file that the server sends twice is returned, because most of it may be shown; it is not
        kept, so the next run requests it again.

        Args:
            url: its address.
            version: changes when the picture may have changed; then the server is asked, and
                sends the picture only if it did change.
            check: what else is wrong with a picture, as a sentence, or None; a wrong one is requested
                again a few times. A `FetchError` that it raises is final. Kept pictures are not checked.

        Raises:
            FetchError: the picture is not available; `cause`, `host` and `status` say why.
            StorageError: the picture cannot be kept.
        """

        def wrong(content: bytes) -> str | None:
            if (reason := check(content)) is None:
                check_picture(content, url)
            return reason

        try:
            return self._get(url, version, LARGEST_PICTURE, wrong)
        except DamagedError as error:
            return error.content

    def get_document(self, url: str, version: str = "", check: Check = lambda _content: None) -> bytes:
        """The bytes of a document, such as an info.json; arguments and errors as in `get`."""
        return self._get(url, version, LARGEST_DOCUMENT, check)

    def kept(self, url: str, version: str = "") -> bytes | None:
        """What `get` or `get_document` would give without asking the server; None if it would ask."""
        record = _read_record(url)
        return _content(record.sha256) if record is not None and record.version == version else None

    def keep(self, url: str, content: bytes) -> None:
        """Store content that was fetched without the client; `kept` then returns it.

        Raises StorageError if it cannot be kept.
        """
        _keep(url, "", FetchedBody(content, Stamp()))

    def _get(self, url: str, version: str, limit: int, check: Check) -> bytes:
        with self._under_way.setdefault(url, threading.Lock()):  # two works may share a picture
            return self.kept(url, version) or self._fetch(url, version, limit, check)

    def _fetch(self, url: str, version: str, limit: int, check: Check) -> bytes:
        record = _read_record(url) or _Record(url, version)
        if record.status is not None and record.version == version:
            when = datetime.fromisoformat(record.date)
            if datetime.now(UTC) - when < GONE_FOR:
                sentence = f"{url}: the server answered {record.status} on {when:%Y-%m-%d}. "
                sentence += f"It is requested again after {GONE_FOR.days} days."
                raise ServerRefusedError(sentence, Cause.GONE, host_of(url), record.status)
        content = _content(record.sha256)
        stamp = None if content is None else record.stamp

        def wrong(content: bytes) -> str | None:
            check_page(content, url)
            return check(content)

        try:
            body = self._client.get(url, limit, stamp, wrong, robots=True)
        except ServerRefusedError as error:
            if error.cause == Cause.GONE:
                _write_record(_Record(url, version, status=error.status, date=datetime.now(UTC).isoformat()))
            raise
        if body is None and content is not None:
            body = FetchedBody(content, record.stamp)
        return _keep(url, version, body)


def kept_file(sha256: str) -> Path | None:
    """The file of a kept picture, for a hard link in place of a copy; None if none is kept."""
    file = _folder() / sha256[:2] / sha256
    return file if file.is_file() else None


def _keep(url: str, version: str, body: FetchedBody | None) -> bytes:
    if body is None:
        raise FetchError(f"{url}: the server did not send the picture.", Cause.NOT_A_PICTURE)
    sha256 = hashlib.sha256(body.content).hexdigest()
    if _content(sha256) is None:
        write_bytes(_folder() / sha256[:2] / sha256, body.content)
    _write_record(_Record(url, version, sha256, body.stamp))
    return body.content


def _folder() -> Path:
    return cache_dir() / "sources" / "pictures"


def _record_file(url: str) -> Path:
    key = hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    return _folder() / "addresses" / key[:2] / f"{key}.json"


def _write_record(record: _Record) -> None:
    write_bytes(_record_file(record.url), json.dumps(asdict(record)).encode())


def _read_record(url: str) -> _Record | None:
    try:
        values = json.loads(_record_file(url).read_text())
        return _Record(**values | {"stamp": Stamp(**values["stamp"])})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _content(sha256: str) -> bytes | None:
    """Kept content; None if it is missing or damaged."""
    try:
        content = (_folder() / sha256[:2] / sha256).read_bytes()
    except OSError:
        return None
    return content if hashlib.sha256(content).hexdigest() == sha256 else None
