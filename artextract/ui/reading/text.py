"""What was read in words, as a table and as JSON."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

import pandas as pd

from artextract.attributes.labels import LABELLED
from artextract.attributes.reading import DateAnswer, Reading

NAMES = {"style": "Style", "genre": "Genre", "artist": "Artist", "date": "Date"}


def percent(probability: float) -> str:
    """ "0.4 %", "37 %"; a certain answer is never "100 %" unless it is."""
    if 0.995 <= probability < 1:
        return "> 99 %"
    return f"{100 * probability:.1f} %" if probability < 0.1 else f"{100 * probability:.0f} %"


def years(date: DateAnswer) -> str:
    """ "about 1883 (1869–1897)"."""
    return f"about {date.median:.0f} ({date.low:.0f}–{date.high:.0f})"


def summary(attribute: str, reading: Reading) -> str:
    """An attribute's answer in a few words: "Rococo 81 %", "not sure (Rococo 34 %)"."""
    if attribute == "date":
        text, unsure = years(reading.date), reading.date.unsure
    else:
        answer = reading.answer(attribute)
        best = answer.labels[0]
        text, unsure = f"{best.name} {percent(best.probability)}", answer.unsure
    return f"not sure ({text})" if unsure else text


def table(names: Sequence[str], readings: Sequence[Reading]) -> pd.DataFrame:
    """Several readings as rows: the file, each attribute's answer and its probability."""
    rows = []
    for name, reading in zip(names, readings, strict=True):
        row: dict[str, Any] = {"File": name}
        for attribute in LABELLED:
            answer = reading.answer(attribute)
            row[NAMES[attribute]] = "not sure" if answer.unsure else answer.labels[0].name
            row[f"{NAMES[attribute]}, likeliest"] = answer.labels[0].name
            row[f"{NAMES[attribute]}, probability"] = answer.labels[0].probability
        row["Year"] = None if reading.date.unsure else round(reading.date.median)
        row["80 % from"], row["to"] = round(reading.date.low), round(reading.date.high)
        rows.append(row)
    return pd.DataFrame(rows).astype({"Year": "Int32"})


def as_json(name: str, model: str, reading: Reading) -> dict[str, Any]:
    """A reading as the command line prints it."""
    return {"model": model, "readings": [{"image": name} | asdict(reading)]}
