"""A tray as one HTML page for print, its pictures inside: it asks nothing of any server."""

import base64
import html
from collections.abc import Sequence

from artextract.errors import ArtExtractError
from artextract.trays.tray import Tray
from artextract.trays.works import Held
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

SIDE = 900
"""Long side of the pictures, pixels: 8 cm at 280 dots an inch."""

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


def tray_page(tray: Tray, works: Sequence[Held]) -> str:
    """The page: the works in order, each with picture, caption, note, licence, credit and source.

    It has no script, and all that was written by people or sources is escaped.
    """
    name = html.escape(tray.name)
    parts = "\n".join(_article(number, one) for number, one in enumerate(works, start=1))
    count = "1 work" if len(works) == 1 else f"{len(works)} works"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{name}</title><style>{_STYLE}</style></head>\n<body><header><h1>{name}</h1>"
        f'<p class="count">{count}</p></header>\n<main>\n{parts}\n</main>\n'
        "<footer>Gathered with ArtExtract. Each picture is under the licence that stands beside "
        "it; where none is recorded, ask its holder before you pass it on.</footer>"
        "</body></html>\n"
    )


def _article(number: int, one: Held) -> str:
    made = ", ".join(part for part in (one.artist, one.date) if part)
    facts = [
        ("", one.told("medium")),
        ("Credit: ", one.told("credit")),
        ("Licence: ", one.told("licence") or "not recorded"),
    ]
    lines = [f"<p>{html.escape(made)}</p>"] if made else []
    if one.gone:
        lines.append(f'<p class="gone">{html.escape(one.gone)}</p>')
    else:
        lines += [f'<p class="facts">{name}{html.escape(value)}</p>' for name, value in facts if value]
    if one.page:
        page = html.escape(one.page, quote=True)
        lines.append(f'<p class="facts"><a href="{page}">{page}</a></p>')
    if one.item.note:
        lines.append(f'<p class="note">{html.escape(one.item.note)}</p>')
    title = f"<h2>{number}. {html.escape(one.title)}</h2>"
    return f"<article><div>{_picture(one)}</div><div>{title}{''.join(lines)}</div></article>"


def _picture(one: Held) -> str:
    if one.picture is None:
        return ""
    try:
        image = open_picture(one.picture, at_least=SIDE).image
    except ArtExtractError:
        return '<p class="gone">Its picture can’t be read.</p>'
    data = base64.b64encode(encode_jpeg(thumbnail(image, SIDE))).decode()
    words = html.escape(one.told("description") or one.label, quote=True)
    return f'<img alt="{words}" src="data:image/jpeg;base64,{data}">'
