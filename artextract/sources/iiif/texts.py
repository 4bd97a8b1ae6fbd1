"""Texts of IIIF documents: all shapes of a label or a value, in Presentation 2 and 3.

https://iiif.io/api/presentation/2.1/#language-of-property-values and
https://iiif.io/api/presentation/3.0/#44-language-of-property-values. Real documents use more shapes:
a description as `[{"value": …, "language": …}]`, the language "@none", HTML anywhere, and null.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

from artextract.sources.plain_text import plain_text

_TAG = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]*)>", re.DOTALL)
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/h\d)\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"""<a\b[^>]*?\bhref\s*=\s*["']?(https?:[^"'\s>]+)""", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def texts_of(value: Any) -> list[str]:
    """The texts of a label or value of any shape: in English if there are any, else in its first language.

    Returns:
        The texts with their HTML, without duplicates and blanks.
    """
    texts: dict[str, list[str]] = {}
    for language, text in _tagged(value, ""):
        if text.strip():
            texts.setdefault(language, []).append(text)
    chosen = next((language for language in texts if language.split("-")[0] == "en"), next(iter(texts), ""))
    return list(dict.fromkeys(texts.get(chosen, [])))


def text_of(value: Any, separator: str = "; ") -> str | None:
    """The texts of a label or value on one line, without HTML; None if there are none."""
    return separator.join(plain for text in texts_of(value) if (plain := plain_text(text))) or None


def lines_of(text: str) -> list[str]:
    """A text cut at its line breaks, those of HTML too; other HTML stays."""
    return [line.strip() for line in _BREAK.sub("\n", text).splitlines() if line.strip()]


def addresses_in(value: Any) -> list[str]:
    """The web addresses in the texts of a value, first those of links in HTML."""
    found = []
    for _, text in _tagged(value, ""):
        bare = [address.rstrip(".,;)") for address in _ADDRESS.findall(_TAG.sub(" ", text))]
        found += [html.unescape(address) for address in [*_HREF.findall(text), *bare]]
    return found


def _tagged(value: Any, language: str) -> Iterator[tuple[str, str]]:
    """The texts in a value of any shape, each with its language; "" if unknown."""
    if isinstance(value, str):
        yield language, value
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield language, str(value)
    elif isinstance(value, list):
        for item in value:
            yield from _tagged(item, language)
    elif isinstance(value, dict):
        for name in ("@value", "value"):
            if name in value:
                named = value.get("@language") or value.get("language") or language
                yield from _tagged(value[name], str(named))
                return
        for name, item in value.items():
            yield from _tagged(item, "" if name in {"none", "@none"} else str(name).lower())
