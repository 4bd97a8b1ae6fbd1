"""A work in words: its label, its facts, texts made safe for a screen."""

import html
from collections.abc import Mapping
from typing import Any

import pandas as pd

from artextract.ui import work_columns
from artextract.work_table import display_date


def plain(value: object, otherwise: str) -> str:
    """A recorded text for Markdown, taken literally; `otherwise` where nothing is recorded."""
    if pd.isna(value):  # type: ignore[call-overload]
        return otherwise
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+-.!|<>$~:" else c for c in str(value))


def label(work: Mapping[Any, Any] | pd.Series) -> str:
    """ "Title — artist, date" of a row of a work table."""
    made = ", ".join(made_by(work))
    title = "Untitled" if pd.isna(work["title"]) else str(work["title"])
    return " — ".join(part for part in (title, made) if part)


def alternative(work: Mapping[Any, Any] | pd.Series) -> str:
    """What a picture is to those who can't see it: the work's description, or else its label.

    The National Gallery of Art writes its descriptions for just this (`assistivetext`).
    """
    return label(work) if pd.isna(work["description"]) else str(work["description"])


def made_by(work: Mapping[Any, Any] | pd.Series) -> list[str]:
    """Artist and date, those of them that are known."""
    artist = None if pd.isna(work["artist"]) else str(work["artist"])
    return [part for part in (artist, display_date(work)) if part]


def facts(work: pd.Series) -> list[tuple[str, str]]:
    """What is recorded of a work, as lines of name and value."""
    lines = {
        "Date": display_date(work),
        "Medium": work["medium"],
        "Classification": work["classification"],
        "Style": work["style"],
        "School": work["school"],
        "Theme": work["theme"],
        "Genre": work["genre"],
        "Predicted style": work["read_style"],
        "Predicted genre": work["read_genre"],
        "Predicted artist": work["read_artist"],
        "Size": f"{work['width']} × {work['height']} px",
        "Description": work["description"],
        "Licence": work["licence"],
        "Credit": work["credit"],
        "ID": work["id"],
    }
    lines |= {work_columns.name_of(name): work[name] for name in work_columns.custom_label_columns(work)}
    return [(name, str(value)) for name, value in lines.items() if not pd.isna(value)]


def facts_html(work: pd.Series) -> str:
    """A work's facts as a small table, escaped."""
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts(work))
    style = (
        "<style>.ax-facts{font-size:.85rem;border-collapse:collapse}.ax-facts th{text-align:left;"
        "font-weight:500;opacity:.65;padding:.1rem .9rem .1rem 0;vertical-align:top}"
        ".ax-facts td{overflow-wrap:anywhere}</style>"
    )
    return f"{style}<table class='ax-facts'>{rows}</table>"
