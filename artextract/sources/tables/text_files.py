"""Text files of unknown encoding: UTF-8, UTF-16, Windows-1252, Windows-1250 or Mac Roman, also compressed."""

import codecs
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from artextract.errors import SourceError
from artextract.files import open_regular

LARGEST = 512 * 2**20  # Bytes of a table, unpacked: the largest that a museum publishes has 318 MB
_PIECE = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP = b"\x1f\x8b"
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp1250": "Windows-1250"}
_SMALL = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžąćęłńśźżčďěňřťůőű"
_LETTERS = frozenset(_SMALL + _SMALL.upper())
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*")


@contextmanager
def open_bytes(path: Path) -> Iterator[BinaryIO]:
    """Open a file for reading its bytes, unpacked if it is a gzip file.

    Raises:
        SourceError: it cannot be read.
    """
    try:
        with open_regular(path) as raw:
            file: io.BufferedReader | gzip.GzipFile = raw
            while file.peek(2)[:2] == _GZIP:  # what was fetched is kept packed, and may have been so before
                file = gzip.GzipFile(fileobj=file, mode="rb")
            yield file  # type: ignore[misc]
    except (EOFError, zlib.error) as error:
        raise SourceError(f"{path.name} is damaged or cut short. Download it again.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"{path} can't be read ({reason}). Check the path.") from error


def encoding_of(path: Path) -> tuple[str, str | None]:
    """The encoding of a text file, and a remark for the person if the encoding is a guess.

    Raises:
        SourceError: the file cannot be read, or is too large.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    foreign = b""
    size = 0
    utf8 = True
    with open_bytes(path) as file:
        start = file.read(_PIECE)
        if (encoding := _marked(start)) is not None:
            return encoding, None
        piece = start
        while piece:
            size += len(piece)
            if size > LARGEST:
                raise too_large(path)
            try:
                decoder.decode(piece) if utf8 else None
            except UnicodeDecodeError:
                utf8 = False
            if not utf8 and len(foreign) < _PIECE:
                foreign += b"\n".join(line for line in piece.splitlines() if not line.isascii())
            piece = file.read(_PIECE)
    try:
        decoder.decode(b"", True) if utf8 else None
    except UnicodeDecodeError:
        utf8, foreign = False, start
    if utf8:
        return "utf-8", None
    encoding = max(_NAMES, key=lambda name: _plausibility(foreign.decode(name, "replace")))
    words = (word[0] for word in _WORD.finditer(foreign.decode(encoding, "replace")))
    example = next((word for word in words if len(word) > 2), "")
    return encoding, (
        f"{path.name} is not UTF-8. It was read as {_NAMES[encoding]} (for example “{example}”). "
        "If letters are wrong, save the table as UTF-8."
    )


def content_of(path: Path) -> bytes:
    """All bytes of a file, unpacked.

    Raises:
        SourceError: the file cannot be read, or is too large.
    """
    with open_bytes(path) as file:
        content = file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise too_large(path)
    return content


def too_large(path: Path) -> SourceError:
    """The error of a table of more than `LARGEST` bytes."""
    return SourceError(f"{path.name} has more than {LARGEST // 2**20} MB. Split the table, or remove rows.")


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[io.TextIOWrapper]:
    """Open a text file; its lines keep their ends, and bytes that the encoding does not know become U+FFFD."""
    with open_bytes(path) as file, io.TextIOWrapper(file, encoding, errors="replace", newline="") as text:
        yield text


def _marked(start: bytes) -> str | None:
    """The encoding that the first bytes tell: a byte order mark, or the zeros of UTF-16."""
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    sample = start[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 8:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _plausibility(text: str) -> int:
    """How much a text reads like a European language: letters within words count for it, signs against."""
    score = 0
    is_letter: Callable[[str], bool] = lambda c: c.isascii() and c.isalpha()  # noqa: E731
    for at, letter in enumerate(text):
        if letter.isascii():
            continue
        before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
        if letter in _LETTERS:
            capital_inside = letter.isupper() and before.islower()
            score += -1 if capital_inside else int(is_letter(before) or is_letter(after))
        elif is_letter(before) and is_letter(after) and letter not in "’‘'–—":
            score -= 1
    return score
