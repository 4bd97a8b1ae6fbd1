"""Texts about a work: label, facts, alternative text; and how any text that is not ours gets on a screen."""

import html
import logging
import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from artextract import settings
from artextract.errors import NotReadyError
from artextract.metadata.rights import licence_text
from artextract.sources.tables.columns import is_number_heading
from artextract.ui import work_columns
from artextract.work_table import display_date

NOT_AVAILABLE = "Not available right now. The server log has the details."  # Replaces a sentence that contains a path
NOT_READY = "This part has not been prepared on this server yet."  # Replaces a sentence that names the command to run
# An absolute path, but no web address (https://…) and no "and/or".
_PATH = re.compile(r"(?<![\w:/.])(?:~?/\.?\w|[A-Za-z]:\\)")
_log = logging.getLogger(__name__)
_MARKS = re.compile(r"[\\`*_{}\[\]()#+\-.!|<>$~:&=]")  # Begin something in Markdown, or in Streamlit's additions to it
_LINK = re.compile(r"https?:(?=//)|www(?=\.)|@(?=\w)", re.IGNORECASE)  # Markdown makes links of these, even if escaped


def escaped(value: object, otherwise: str) -> str:
    """A text from a table, a file or an address on one line, which Markdown shows as it is; `otherwise` if missing.

    An invisible character (word joiner) keeps web and mail addresses from becoming links.
    """
    if pd.isna(value):  # type: ignore[call-overload]
        return otherwise
    return _MARKS.sub(r"\\\g<0>", _LINK.sub("\\g<0>\u2060", " ".join(str(value).split())))


def redact(sentence: str | Exception) -> str:
    """The sentence (or the error's message), replaced on a public server if it contains a path."""
    text = str(sentence)
    if not settings.public():
        return text
    if isinstance(sentence, NotReadyError):
        _log.warning("not prepared: %s", text)
        return NOT_READY
    if not _PATH.search(text):
        return text
    _log.warning("not shown to a visitor: %s", text)
    return NOT_AVAILABLE


def said(sentence: str | Exception) -> str:
    """A sentence (or an error's message) for the screen: redacted and escaped, because it may name files and works."""
    return escaped(redact(sentence), "")


def label(work: Mapping[Any, Any] | pd.Series) -> str:
    """ "Title — artist, date" of a row of a work table."""
    made = ", ".join(artist_and_date(work))
    title = "Untitled" if pd.isna(work["title"]) else str(work["title"])
    return " — ".join(part for part in (title, made) if part)


def alt_text(work: Mapping[Any, Any] | pd.Series) -> str:
    """The alternative text of a work's picture: its description, or its label if it has none.

    The National Gallery of Art writes its descriptions for this purpose (`assistivetext`).
    """
    return label(work) if pd.isna(work["description"]) else str(work["description"])


def artist_and_date(work: Mapping[Any, Any] | pd.Series) -> list[str]:
    """Artist and date, each only if it is recorded."""
    artist = None if pd.isna(work["artist"]) else str(work["artist"])
    return [part for part in (artist, display_date(work)) if part]


def facts(work: pd.Series) -> list[tuple[str, str]]:
    """The recorded facts of a work, its inventory number first: name and value."""
    further = work_columns.source_columns(work)
    lines = {work_columns.name_of(name): work[name] for name in further if is_number_heading(name)} | {
        "Date": display_date(work),
        "Medium": work["medium"],
        "Classification": work["classification"],
        "Style": work["style"],
        "School": work["school"],
        "Theme": work["theme"],
        "Genre": work["genre"],
        "Predicted style": work.get("read_style"),
        "Predicted genre": work.get("read_genre"),
        "Predicted artist": work.get("read_artist"),
        "Picture size": f"{work['width']} × {work['height']} px",
        "Description": work["description"],
        "Licence": None if pd.isna(work["licence"]) else licence_text(str(work["licence"])),
        "Credit": work["credit"],
        "ID": work["id"],
    }
    further += work_columns.custom_label_columns(work)
    lines |= {label: work[name] for name in further if (label := work_columns.name_of(name)) not in lines}
    return [(name, str(value)) for name, value in lines.items() if not pd.isna(value)]


def facts_html(work: pd.Series) -> str:
    """A work's facts as an HTML table, escaped."""
    rows = "".join(
        f"<tr><th>{html.escape(name)}</th><td dir='auto'>{html.escape(value)}</td></tr>" for name, value in facts(work)
    )
    style = (
        "<style>.ax-facts{font-size:.85rem;border-collapse:collapse}.ax-facts th{text-align:left;"
        "font-weight:500;opacity:.65;padding:.1rem .9rem .1rem 0;vertical-align:top}"
        ".ax-facts td{overflow-wrap:anywhere}</style>"
    )
    return f"{style}<table class='ax-facts'>{rows}</table>"
