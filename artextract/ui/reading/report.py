"""A reading to download: JSON, and an HTML file that contains the picture."""

import base64
import html
import json
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from artextract.attributes.labels import LABELLED
from artextract.attributes.model_bundle import ModelFacts
from artextract.attributes.reading import Answer, Reading
from artextract.ui import galleries
from artextract.ui.reading.cached import ReadPicture
from artextract.ui.reading.charts import percent
from artextract.ui.reading.panels import CANNOT_TELL, NAMES, interval, no_date
from artextract.ui.server.urls import server_url
from artextract.vision.images import encode_jpeg, thumbnail

SIDE = 720  # Long side of the report's picture, pixels

_STYLE = """
body { font: 16px/1.5 Georgia, serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem;
  color: #222; background: #fff; }
.small { color: #666; font-size: .85rem; }
img { max-width: 100%; } h2 { margin: 1.6rem 0 .3rem; font-size: 1.15rem; }
.bar { display: grid; grid-template-columns: 14rem 1fr 4rem; gap: .6rem; align-items: center; }
.bar i { display: block; height: .8rem; background: #b4552d; }
.unsure { background: #f3e6c8; padding: 0 .4rem; border-radius: .2rem; font-weight: normal; }
"""
_UNSURE = '<span class="unsure">{}</span>'


def show_downloads(title: str, name: str, picture: ReadPicture) -> None:
    """Buttons for the report and the data. `title` is the picture's, `name` that of its file."""
    facts = galleries.bundle().facts
    report = partial(report_html, title, facts, picture, server_url())
    data = json.dumps(as_json(name, facts.name, picture.reading), ensure_ascii=False)
    for label, made, ending, mime, icon in (
        ("Download report (HTML)", report, "html", "text/html", "description"),
        ("Download data (JSON)", data, "json", "application/json", "data_object"),
    ):
        st.download_button(label, made, f"{name}.{ending}", mime, icon=f":material/{icon}:", on_click="ignore")


def as_json(name: str, model: str, reading: Reading) -> dict[str, Any]:
    """A reading as `artextract predict` prints it."""
    return {"model": model, "readings": [{"image": name} | asdict(reading)]}


def report_html(title: str, facts: ModelFacts, picture: ReadPicture, address: str) -> str:
    """The report as HTML, dated today; `address` is the app's."""
    reading, today = picture.reading, date.today()
    answers = "".join(_answer(NAMES[attribute], reading.answer(attribute)) for attribute in LABELLED)
    counts = [f"{len(facts.classes.known(attribute))} {attribute}s" for attribute in LABELLED]
    years = (
        f'<h2>Date: {interval(reading.date)}</h2><p class="small">The 80% interval.</p>'
        if reading.date
        else f"<h2>Date {_UNSURE.format(CANNOT_TELL)}</h2><p>{no_date(reading)}</p>"
    )
    jpeg = base64.b64encode(encode_jpeg(thumbnail(picture.image, SIDE))).decode()
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{html.escape(title)}: a reading</title>'
        f"<style>{_STYLE}</style><h1>{html.escape(title)}</h1><p><b>{html.escape(reading.summary())}</b></p>"
        f'<p class="small">Read on {today.day} {today:%B %Y} by <a href="{html.escape(address, quote=True)}">'
        f"ArtExtract</a>, model {html.escape(facts.name)}. The model knows {', '.join(counts[:-1])} and {counts[-1]}. "
        f"The styles are {html.escape(', '.join(facts.classes.known('style')))}. Probabilities are calibrated on "
        f'paintings that were not used in training.</p><img alt="The picture" src="data:image/jpeg;base64,{jpeg}">'
        f"{answers}{years}</html>"
    )


def _answer(name: str, answer: Answer) -> str:
    if answer.none_of_these:
        return f"<h2>{name} {_UNSURE.format('none of these')}</h2><p>{html.escape(answer.doubt())}</p>"
    bars = "".join(
        f'<div class="bar"><span>{html.escape(label.name)}</span>'
        f'<i style="width:{100 * label.probability:.1f}%"></i><span>{percent(label.probability)}</span></div>'
        for label in answer.labels
    )
    if answer.unsure:
        return f"<h2>{name} {_UNSURE.format('not sure')}</h2><p>{html.escape(answer.doubt())}</p>{bars}"
    return f"<h2>{name}: {html.escape(answer.labels[0].name)}</h2>{bars}"
