"""A reading to download: JSON, and an HTML file that contains its pictures."""

import base64
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import streamlit as st
from PIL import Image

from artextract.attributes.labels import LABELLED
from artextract.attributes.reading import Answer, Reading
from artextract.ui import galleries, model_paintings
from artextract.ui.reading import cached
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.reading.charts import percent
from artextract.ui.reading.panels import NAMES, interval, no_date
from artextract.ui.server.request_costs import for_this_visitor
from artextract.vision.images import encode_jpeg, thumbnail

SIDE = 720  # Long side of the report's pictures, pixels

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
_UNSURE = ' <span class="unsure">not sure</span>'


def show_downloads(name: str, content: bytes, picture: ReadPicture) -> None:
    """Buttons for the report and the data."""
    model = galleries.bundle().facts.name
    report = for_this_visitor(lambda: _make_report(name, content, picture, model))
    data = json.dumps(as_json(name, model, picture.reading), ensure_ascii=False)
    for label, made, ending, mime, icon in (
        ("Download report (HTML)", report, "html", "text/html", "description"),
        ("Download data (JSON)", data, "json", "application/json", "data_object"),
    ):
        st.download_button(label, made, f"{name}.{ending}", mime, icon=f":material/{icon}:", on_click="ignore")


def as_json(name: str, model: str, reading: Reading) -> dict[str, Any]:
    """A reading as `artextract predict` prints it."""
    return {"model": model, "readings": [{"image": name} | asdict(reading)]}


def _make_report(name: str, content: bytes, picture: ReadPicture, model: str) -> bytes:
    best = {attribute: picture.reading.answer(attribute).labels[0].name for attribute in LABELLED}
    pictures = {"The picture": picture.image}
    for attribute, label in best.items():
        caption = f"Areas that support {label} ({attribute})"
        pictures[caption] = cached.saliency_overlay(content, name, attribute, label, 0.55)
    pictures["Texture"] = cached.texture_of(content, name).picture
    reliability = {attribute: cached.confusion_of(attribute, label).sentences() for attribute, label in best.items()}
    nearest = [
        f"{model_paintings.label_of(row)}: cosine {near.cosine:.3f}" for near, row in cached.nearest_training(picture)
    ]
    return report_html(name, model, picture.reading, pictures, reliability, nearest).encode()


def report_html(
    name: str,
    model: str,
    reading: Reading,
    pictures: Mapping[str, Image.Image],
    reliability: Mapping[str, Sequence[str]],
    near: Sequence[str],
) -> str:
    """The report as HTML: predictions, pictures and nearest training paintings.

    `pictures` are RGB, by caption. `reliability` has, by attribute, sentences on its most probable label. `near` has
    one line per training painting.
    """
    figures = "".join(_figure(caption, image) for caption, image in pictures.items())
    answers = "".join(_answer(NAMES[each], reading.answer(each), reliability.get(each, ())) for each in LABELLED)
    date = f"about {reading.date.median:.0f}" if reading.date else _UNSURE
    years = interval(reading.date) if reading.date else no_date(reading)
    nearest = "".join(f"<li>{html.escape(line)}</li>" for line in near)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(name)}</title>'
        f"<style>{_STYLE}</style><h1>{html.escape(name)}</h1>"
        f'<p class="small">Read by ArtExtract, model {html.escape(model)}. Probabilities are '
        "calibrated on paintings that were not used in training.</p>"
        f'<p><b>{html.escape(reading.summary())}</b></p><div class="pictures">{figures}</div>{answers}'
        f'<h2>Date</h2><p>{date} <span class="small">{years}</span></p>'
        f"<h2>Nearest training paintings</h2><ol>{nearest}</ol></html>"
    )


def _figure(caption: str, image: Image.Image) -> str:
    data = base64.b64encode(encode_jpeg(thumbnail(image, SIDE))).decode()
    words = html.escape(caption, quote=True)
    return f'<figure><img alt="{words}" src="data:image/jpeg;base64,{data}"><figcaption>{words}</figcaption></figure>'


def _answer(name: str, answer: Answer, reliability: Sequence[str]) -> str:
    bars = "".join(
        f'<div class="bar"><span>{html.escape(label.name)}</span>'
        f'<i style="width:{100 * label.probability:.1f}%"></i><span>{percent(label.probability)}</span></div>'
        for label in answer.labels
    )
    sentences = "".join(f'<p class="small">{html.escape(sentence)}</p>' for sentence in reliability)
    doubt = f"<p>{html.escape(answer.doubt())}</p>" if answer.unsure else ""
    return f"<h2>{name}{_UNSURE if answer.unsure else ''}</h2>{doubt}{bars}{sentences}"
