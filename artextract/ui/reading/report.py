"""A reading to download: JSON, and an HTML file that contains its pictures."""

import base64
import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

import streamlit as st
from PIL import Image

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import ModelFacts
from artextract.attributes.reading import Answer, Reading
from artextract.ui import galleries
from artextract.ui.reading import cached
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.reading.charts import percent
from artextract.ui.reading.explanations import SALIENCY, share_of
from artextract.ui.reading.panels import CANNOT_TELL, NAMES, interval, no_date
from artextract.ui.server.request_costs import for_this_visitor
from artextract.ui.server.urls import server_url
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
.unsure { background: #f3e6c8; padding: 0 .4rem; border-radius: .2rem; font-weight: normal; }
"""
_UNSURE = '<span class="unsure">{}</span>'


def show_downloads(title: str, name: str, content: bytes, picture: ReadPicture) -> None:
    """Buttons for the report and the data. `title` is the picture's, `name` that of its file."""
    address, model = server_url(), galleries.bundle().facts.name
    report = for_this_visitor(lambda: _make_report(title, name, content, picture, address))
    data = json.dumps(as_json(name, model, picture.reading), ensure_ascii=False)
    for label, made, ending, mime, icon in (
        ("Download report (HTML)", report, "html", "text/html", "description"),
        ("Download data (JSON)", data, "json", "application/json", "data_object"),
    ):
        st.download_button(label, made, f"{name}.{ending}", mime, icon=f":material/{icon}:", on_click="ignore")


def as_json(name: str, model: str, reading: Reading) -> dict[str, Any]:
    """A reading as `artextract predict` prints it."""
    return {"model": model, "readings": [{"image": name} | asdict(reading)]}


def _make_report(title: str, name: str, content: bytes, picture: ReadPicture, address: str) -> bytes:
    pictures, reliability = {"The picture": picture.image}, {}
    for attribute in cached.explained(picture.reading):
        for found in cached.saliency_maps(content, name, attribute):
            pictures[f"{NAMES[attribute]}: {share_of(found)}"] = found.image
        if attribute != "date":
            best = picture.reading.answer(attribute).labels[0].name
            reliability[attribute] = cached.confusion_of(attribute, best).sentences()
    return report_html(title, galleries.bundle().facts, picture.reading, pictures, reliability, address).encode()


def report_html(
    title: str,
    facts: ModelFacts,
    reading: Reading,
    pictures: Mapping[str, Image.Image],
    reliability: Mapping[str, Sequence[str]],
    address: str,
) -> str:
    """The report as HTML, dated today.

    `pictures` are RGB, by caption. `reliability` has, by attribute, sentences on its most probable label. `address` is
    the app's.
    """
    figures = "".join(_figure(caption, image) for caption, image in pictures.items())
    answers = "".join(_answer(NAMES[each], reading.answer(each), reliability.get(each, ())) for each in LABELLED)
    counts = [f"{len(facts.classes.known(each))} {each}s" for each in LABELLED]
    years = (
        f'<h2>Date: {interval(reading.date)}</h2><p class="small">The 80% interval.</p>'
        if reading.date
        else f"<h2>Date {_UNSURE.format(CANNOT_TELL)}</h2><p>{no_date(reading)}</p>"
    )
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}: a reading</title>'
        f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1>"
        f"<p><b>{html.escape(reading.summary())}</b></p>"
        f'<p class="small">Read on {_today()} by <a href="{html.escape(address, quote=True)}">ArtExtract</a>, model '
        f"{html.escape(facts.name)}. The model knows {', '.join(counts[:-1])} and {counts[-1]}. The styles are "
        f"{html.escape(', '.join(facts.classes.known('style')))}. Probabilities are calibrated on paintings that were "
        "not used in training.</p>"
        f'<div class="pictures">{figures}</div><p class="small">{SALIENCY}</p>{answers}{years}</html>'
    )


def _today() -> str:
    today = date.today()
    return f"{today.day} {today:%B %Y}"


def _figure(caption: str, image: Image.Image) -> str:
    data = base64.b64encode(encode_jpeg(thumbnail(image, SIDE))).decode()
    words = html.escape(caption, quote=True)
    return f'<figure><img alt="{words}" src="data:image/jpeg;base64,{data}"><figcaption>{words}</figcaption></figure>'


def _answer(name: str, answer: Answer, reliability: Sequence[str]) -> str:
    if answer.none_of_these:
        return f"<h2>{name} {_UNSURE.format('none of these')}</h2><p>{html.escape(answer.doubt())}</p>"
    bars = "".join(
        f'<div class="bar"><span>{html.escape(label.name)}</span>'
        f'<i style="width:{100 * label.probability:.1f}%"></i><span>{percent(label.probability)}</span></div>'
        for label in answer.labels
    )
    sentences = "".join(f'<p class="small">{html.escape(sentence)}</p>' for sentence in reliability)
    if answer.unsure:
        return f"<h2>{name} {_UNSURE.format('not sure')}</h2><p>{html.escape(answer.doubt())}</p>{bars}{sentences}"
    return f"<h2>{name}: {html.escape(answer.labels[0].name)}</h2>{bars}{sentences}"
