"""Text files of unknown encoding: UTF-8, UTF-16, Windows-1252, Windows-1250 or Mac Roman, also compressed."""

import codecs
import gzip
import io
import re
import zlib
from collections import deque
from contextlib import suppress
from itertools import islice
from pathlib import Path

from artextract.errors import SourceError
from artextract.files import open_regular

LARGEST = 512 * 2**20  # Bytes of a table, unpacked: the largest that a museum publishes has 318 MB
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_GZIP = b"\x1f\x8b"
_NAMES = {"cp1252": "Windows-1252", "mac_roman": "Mac Roman", "cp1250": "Windows-1250"}
_SMALL = "àáâãäåæçèéêëìíîïñòóôõöøùúûüýÿßœšžąćęłńśźżčďěňřťůőű"
_CAPITAL = _SMALL.upper()
_INSIDE = rf"(?<=[a-z{_SMALL}])[{_CAPITAL}]"  # A capital letter within a word
_LIKELY = re.compile(
    rf"(?!{_INSIDE})(?:(?<=[A-Za-z])[{_SMALL}{_CAPITAL}]|[{_SMALL}{_CAPITAL}](?=[A-Za-z]))|(?<=[A-Za-z])’(?=[A-Za-z])"
)
_UNLIKELY = re.compile(rf"{_INSIDE}|(?<=[A-Za-z])[^\x00-\x7f{_SMALL}{_CAPITAL}’‘–—](?=[A-Za-z])")
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f][^\W\d_]*")


def content_of(path: Path) -> bytes:
    """All bytes of a file, unpacked if it is a gzip file.

    Raises SourceError if the file cannot be read, or has more than `LARGEST` bytes.
    """
    try:
        with open_regular(path) as raw:
            file: io.BufferedReader | gzip.GzipFile = raw
            while file.peek(2)[:2] == _GZIP:  # fetched files are stored compressed, even if they already were
                file = gzip.GzipFile(fileobj=file, mode="rb")
            content = file.read(LARGEST + 1)
    except (EOFError, zlib.error) as error:
        raise SourceError(f"{path.name} is damaged or cut short. Download it again.") from error
    except OSError as error:
        reason = error.strerror or str(error)
        raise SourceError(f"{path} can't be read ({reason}). Check the path.") from error
    if len(content) > LARGEST:
        raise too_large(path.name)
    return content


def too_large(name: str) -> SourceError:
    """The error of a table of more than `LARGEST` bytes."""
    return SourceError(f"{name} has more than {LARGEST // 2**20} MB. Split the table, or remove rows.")


def encoding_of(content: bytes, name: str) -> tuple[str, list[str]]:
    """The encoding of the content of the file `name`, and a remark for the user if the encoding is a guess."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding, []
    sample = content[:4096]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) > len(sample) / 8:  # the zeros of UTF-16
        return ("utf-16-be" if even > odd else "utf-16-le"), []
    with suppress(UnicodeDecodeError):
        deque(codecs.iterdecode(io.BytesIO(content), "utf-8"), maxlen=0)
        return "utf-8", []
    foreign = b"".join(islice((line for line in io.BytesIO(content) if not line.isascii()), 10_000))[: 2**20]
    encoding = max(_NAMES, key=lambda encoding: _plausibility(foreign.decode(encoding, "replace")))
    words = (word[0] for word in _WORD.finditer(foreign.decode(encoding, "replace")))
    example = next((word for word in words if len(word) > 2), "")
    return encoding, [
        f"{name} is not UTF-8. It was read as {_NAMES[encoding]} (for example “{example}”). "
        "If letters are wrong, save the table as UTF-8."
    ]


def _plausibility(text: str) -> int:
    """How much a text reads like a European language: letters within words count for it, other signs against it."""
    return len(_LIKELY.findall(text)) - len(_UNLIKELY.findall(text))
