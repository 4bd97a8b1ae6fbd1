"""A reading as a page of its own: one HTML file with its pictures inside, for keeping."""

import base64
import html
from collections.abc import Mapping, Sequence

from PIL import Image

from artextract.attributes.labels import LABELLED
from artextract.attributes.reading import Answer, Reading
from artextract.ui.reading.text import NAMES, percent, years
from artextract.vision.images import encode_jpeg, thumbnail

SIDE = 720
"""Long side of the report's pictures, pixels."""

_STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
figure { margin: 0; } figcaption, .small { color: #666; font-size: .85rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem; }
img { max-width: 100%; } h2 { margin: 1.6rem 0 .3rem; font-size: 1.15rem; }
.bar { display: grid; grid-template-columns: 14rem 1fr 4rem; gap: .6rem; align-items: center; }
.bar i { display: block; height: .8rem; background: #b4552d; }
.unsure { background: #f3e6c8; padding: 0 .4rem; border-radius: .2rem; }
"""


def report_html(
    name: str,
    model: str,
    reading: Reading,
    pictures: Mapping[str, Image.Image],
    trust: Mapping[str, Sequence[str]],
    near: Sequence[str],
) -> str:
    """The report.

    Args:
        name: the picture's file name.
        model: the model's name.
        reading: what was read.
        pictures: caption → RGB picture.
        trust: attribute → sentences on how far to trust its likeliest label.
        near: the nearest training paintings, in words.
    """
    figures = "".join(_figure(caption, image) for caption, image in pictures.items())
    parts = [_answer(NAMES[one], reading.answer(one), trust.get(one, ())) for one in LABELLED]
    date = _UNSURE if reading.date.unsure else html.escape(years(reading.date))
    span = f"between {reading.date.low:.0f} and {reading.date.high:.0f} with a probability of 80 %"
    unknown = (
        "<p><b>This picture is unlike the paintings that the model knows: take what follows as a guess.</b></p>"
        if reading.out_of_distribution
        else ""
    )
    nearest = "".join(f"<li>{html.escape(line)}</li>" for line in near)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(name)}</title>'
        f"<style>{_STYLE}</style><h1>{html.escape(name)}</h1>"
        f'<p class="small">Read by ArtExtract, model {html.escape(model)}. Probabilities are '
        "calibrated on paintings kept aside from training.</p>"
        f'{unknown}<div class="pictures">{figures}</div>{"".join(parts)}'
        f'<h2>Date</h2><p>{date} <span class="small">{span}</span></p>'
        f"<h2>Nearest training paintings</h2><ol>{nearest}</ol></html>"
    )


_UNSURE = ' <span class="unsure">not sure</span>'


def _figure(caption: str, image: Image.Image) -> str:
    data = base64.b64encode(encode_jpeg(thumbnail(image, SIDE))).decode()
    words = html.escape(caption, quote=True)
    return f'<figure><img alt="{words}" src="data:image/jpeg;base64,{data}"><figcaption>{words}</figcaption></figure>'


def _answer(name: str, answer: Answer, trust: Sequence[str]) -> str:
    bars = "".join(
        f'<div class="bar"><span>{html.escape(one.name)}</span>'
        f'<i style="width:{100 * one.probability:.1f}%"></i><span>{percent(one.probability)}</span>'
        "</div>"
        for one in answer.labels
    )
    said = "".join(f'<p class="small">{html.escape(sentence)}</p>' for sentence in trust)
    doubt = f"<p>{html.escape(answer.doubt(name.lower()))}</p>" if answer.unsure else ""
    return f"<h2>{name}{_UNSURE if answer.unsure else ''}</h2>{doubt}{bars}{said}"
