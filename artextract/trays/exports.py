"""A tray as a table, a IIIF Presentation 3 manifest, an HTML page for print, and a ZIP archive of its pictures."""

import base64
import html
import io
import re
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

import pandas as pd

from artextract.errors import ArtExtractError
from artextract.files import open_regular
from artextract.manifest import canvas, english, plain
from artextract.metadata.rights import LICENCE_RULE, is_free, licence_text
from artextract.sources.tables.delimited import csv_bytes
from artextract.trays.resolve import ResolvedItem
from artextract.trays.store import Tray
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

COLUMNS = (
    *("number", "title", "artist", "date", "medium", "note", "licence", "credit", "source_url", "collection", "id"),
    "remark",  # Why the work is not available
)
SIDE = 900  # Longer side of the pictures in pixels: 8 cm at 280 dots per inch

_STYLE = """
@page { size: A4; margin: 16mm 18mm; }
* { box-sizing: border-box; }
body { margin: 2rem auto; padding: 0 1rem; max-width: 46rem; background: #fff; color: #222;
  font: 11pt/1.45 Georgia, 'Times New Roman', serif; overflow-wrap: anywhere; }
h1 { margin: 0; font-size: 1.6rem; font-weight: 600; }
h2 { margin: 0; font-size: 1.1rem; font-weight: 600; }
p { margin: .15rem 0; }
.count, .facts, footer { color: #555; font-size: .85em; }
article { display: grid; grid-template-columns: minmax(0, 80mm) minmax(0, 1fr); gap: 7mm;
  margin: 5mm 0 0; padding-top: 5mm; border-top: 1px solid #ccc; break-inside: avoid; }
article img { display: block; max-width: 100%; max-height: 72mm; margin: 0 auto; }
.note { margin-top: .5rem; white-space: pre-wrap; }
.gone { font-style: italic; }
a { color: inherit; }
footer { margin-top: 2rem; border-top: 1px solid #ccc; padding-top: .6rem; }
@media (max-width: 34rem) { article { grid-template-columns: 1fr; } }
@media print { body { margin: 0; padding: 0; max-width: none; } a { text-decoration: none; } }
"""
LIST = "READ ME.txt"
_PIECE = 2**20  # Bytes
_MAX_NAME = 80  # Characters of a file's name, without number and suffix
_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')  # Characters that a file system may not allow in a name
_EMPTY_SIDE = 1000  # Side of the canvas of a work that is gone, pixels


def tray_csv(works: Sequence[ResolvedItem]) -> bytes:
    """The table with `COLUMNS`, as `csv_bytes` writes it."""
    return csv_bytes(pd.DataFrame([(number, *texts) for number, texts in _rows(works)], columns=COLUMNS))


def tray_xlsx(works: Sequence[ResolvedItem]) -> bytes:
    """A workbook with one sheet of `COLUMNS`; texts are never formulas or links."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("Works")
        sheet.write_row(0, 0, COLUMNS)
        for row, (number, texts) in enumerate(_rows(works), start=1):
            sheet.write_number(row, 0, number)
            for column, text in enumerate(texts, start=1):
                sheet.write_string(row, column, text)
    return file.getvalue()


def _rows(works: Sequence[ResolvedItem]) -> Iterator[tuple[int, list[str]]]:
    for number, work in enumerate(works, start=1):
        facts = (work.title, work.artist, work.date, work.value("medium"), work.item.note, work.value("licence"))
        yield number, [*facts, work.value("credit"), work.page, *work.item.ref, work.gone]


def tray_manifest(tray: Tray, works: Sequence[ResolvedItem], app: str) -> dict[str, Any]:
    """The manifest of a tray, one canvas per work, with its id at the app's address (http://host:port).

    A work with an image on a IIIF server is shown from there. Other works are shown from the app, which the viewer
    must be able to reach. A note is an annotation of its canvas: https://iiif.io/api/presentation/3.0/#56-annotation.
    """
    base = f"{app.rstrip('/')}/artextract/tray/{tray.link_token}"
    return {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{base}/manifest.json",
        "type": "Manifest",
        "label": plain(tray.name),
        "summary": english(f"{len(works)} works, collected with ArtExtract."),
        "items": [_canvas(work, f"{base}/canvas/{number}", app) for number, work in enumerate(works, start=1)],
    }


def _canvas(work: ResolvedItem, address: str, app: str) -> dict[str, Any]:
    if work.gone:
        empty = {"title": work.label, "width": _EMPTY_SIDE, "height": _EMPTY_SIDE}
        made = canvas(empty, address, f"{app.rstrip('/')}/artextract/gone.jpg") | {"summary": english(work.gone)}
    else:
        picture = f"{work.item.collection}/{work.value('image_sha256')}.jpg"
        made = canvas(work.row, address, f"{app.rstrip('/')}/artextract/view/{picture}")
    if work.item.note:
        annotation = {"id": f"{address}/note", "type": "Annotation", "motivation": "commenting", "target": address}
        note = annotation | {"body": {"type": "TextualBody", "value": work.item.note, "format": "text/plain"}}
        made["annotations"] = [{"id": f"{address}/notes", "type": "AnnotationPage", "items": [note]}]
    return made


def tray_page(tray: Tray, works: Sequence[ResolvedItem]) -> str:
    """The page: the works in order, each with picture, caption, note, licence, credit and source.

    The pictures are inside: it loads nothing from a server. It contains no script, and all texts are escaped.
    """
    name = html.escape(tray.name)
    articles = "\n".join(_article(number, work) for number, work in enumerate(works, start=1))
    count = "1 work" if len(works) == 1 else f"{len(works)} works"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{_STYLE}</style></head>\n<body><header><h1 dir='auto'>{name}</h1>"
        f'<p class="count">{count}</p></header>\n<main>\n{articles}\n</main>\n'
        "<footer>Collected with ArtExtract. The licence of each picture is printed next to it. If none is "
        "recorded, ask the owner before you pass the picture on.</footer></body></html>\n"
    )


def _article(number: int, work: ResolvedItem) -> str:
    medium, credit = work.value("medium"), work.value("credit")
    licence = licence_text(work.value("licence")) or "not recorded"
    facts = [medium, credit and f"Credit: {credit}", f"Licence: {licence}"]
    address = html.escape(work.page, quote=True)
    lines = [
        ("", html.escape(work.artist_and_date)),
        *([("gone", html.escape(work.gone))] if work.gone else [("facts", html.escape(fact)) for fact in facts]),
        ("facts", address and f'<a href="{address}">{address}</a>'),
        ("note", html.escape(work.item.note)),
    ]
    text = "".join(f'<p class="{style}" dir="auto">{line}</p>' for style, line in lines if line)
    title = f"<h2 dir='auto'>{number}. {html.escape(work.title)}</h2>"
    return f"<article><div>{_picture(work)}</div><div>{title}{text}</div></article>"


def _picture(work: ResolvedItem) -> str:
    if work.picture is None:
        return ""
    try:
        image = open_picture(work.picture, at_least=SIDE).image
    except ArtExtractError:
        return '<p class="gone">The picture cannot be read.</p>'
    data = base64.b64encode(encode_jpeg(thumbnail(image, SIDE))).decode()
    words = html.escape(work.value("description") or work.label, quote=True)
    return f'<img alt="{words}" src="data:image/jpeg;base64,{data}">'


def pictures_size(works: Sequence[ResolvedItem]) -> int:
    """The bytes of the pictures that the archive of a tray would contain."""
    size = 0
    for work in works:
        if work.picture is not None and not _why_not(work):
            with suppress(OSError):
                size += work.picture.stat().st_size
    return size


def pictures_zip(tray: Tray, works: Sequence[ResolvedItem]) -> Iterator[bytes]:
    """The archive of the pictures that may be passed on, as their sources published them, piece by piece.

    Nothing is stored. The archive also contains `LIST`: licence, credit and source of each picture, which pictures were
    left out and why, and how licences are judged.
    """
    included, excluded, pieces = [], [], _Pieces()
    with zipfile.ZipFile(pieces, "w", zipfile.ZIP_STORED) as archive:
        for number, work in enumerate(works, start=1):
            reason, file = _opened(work)
            if file is None:
                excluded.append(f"{number}. {work.label}\n   {reason}")
                continue
            name = _file_name(number, work)
            entry = zipfile.ZipInfo(name, time.localtime()[:6])
            entry.external_attr = 0o644 << 16  # the permissions of the unpacked file
            with file, archive.open(entry, "w") as packed:
                while piece := file.read(_PIECE):
                    packed.write(piece)
                    yield pieces.take()
            facts = (work.value("licence"), work.value("credit"), work.page)
            included.append("\n   ".join([f"{name}: {work.label}", *filter(None, facts)]))
        parts = [tray.name, LICENCE_RULE, f"Pictures in this folder: {len(included)}", *included]
        parts += [f"Left out: {len(excluded)}", *excluded]
        archive.writestr(LIST, ("\n\n".join(parts) + "\n").encode("utf-8-sig"))
    yield pieces.take()


class _Pieces(io.RawIOBase):
    """A file that cannot seek, and whose content is taken piece by piece."""

    content = b""

    def write(self, content: Any) -> int:
        self.content += content
        return len(content)

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self.content = self.content, b""
        return taken


def _opened(work: ResolvedItem) -> tuple[str, BinaryIO | None]:
    """Why a picture is left out ("" if it is not), and its open file."""
    if (reason := _why_not(work)) or work.picture is None:
        return reason, None
    try:
        return "", open_regular(work.picture)
    except OSError as error:
        return f"The file cannot be read: {error.strerror}.", None


def _why_not(work: ResolvedItem) -> str:
    if work.gone or is_free(work.value("licence")):
        return work.gone
    return f"Licence: {work.value('licence') or 'not recorded'}"


def _file_name(number: int, work: ResolvedItem) -> str:
    """A name that begins with the number: no two are equal, and none is hidden or the name of a device."""
    words = " ".join(_UNSAFE.sub(" ", work.label).split())[:_MAX_NAME].rstrip(" .")
    return f"{number:03} {words}{Path(work.value('image')).suffix}"
