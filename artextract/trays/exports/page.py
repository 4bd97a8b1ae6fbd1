"""A tray as one HTML page for print, with its pictures inside: it loads nothing from a server."""

import base64
import html
from collections.abc import Sequence

from artextract.errors import ArtExtractError
from artextract.metadata.rights import licence_text
from artextract.trays.resolve import ResolvedItem
from artextract.trays.tray import Tray
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

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


def tray_page(tray: Tray, works: Sequence[ResolvedItem]) -> str:
    """The page: the works in order, each with picture, caption, note, licence, credit and source.

    It contains no script, and every text from people or sources is escaped.
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
