"""Texts of IIIF documents: all shapes of a label or a value, in Presentation 2 and 3.

https://iiif.io/api/presentation/2.1/#language-of-property-values and
https://iiif.io/api/presentation/3.0/#44-language-of-property-values. Real documents use more shapes:
a description as `[{"value": …, "language": …}]`, the language "@none", HTML anywhere, and null.
"""

import html
import re
from collections.abc import Iterator
from typing import Any

_TAG = re.compile(r"<(?:!--.*?--|/?[a-zA-Z][^<>]*)>", re.DOTALL)
_BREAK = re.compile(r"<\s*(?:br|/p|/li|/div|/h\d)\b[^<>]*>", re.IGNORECASE)
_HREF = re.compile(r"""<a\b[^>]*?\bhref\s*=\s*["']?(https?:[^"'\s>]+)""", re.IGNORECASE)
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


def text_of(value: Any, separator: str = "; ") -> str | None:
    """The plain text of a label or value: in English if there is any, else in its first language.

    Args:
        value: of any shape.
        separator: stands between several values in that language.

    Returns:
        Lines without HTML; None without a text.
    """
    texts: dict[str, list[str]] = {}
    for language, text in _tagged(value, ""):
        if plain := plain_text(text):
            texts.setdefault(language, []).append(plain)
    if not texts:
        return None
    chosen = next((language for language in texts if language.split("-")[0] == "en"), next(iter(texts)))
    return separator.join(dict.fromkeys(texts[chosen]))


def plain_text(text: str) -> str:
    """A text without HTML, with one blank between words; line breaks stay."""
    bare = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    lines = (" ".join(line.split()) for line in bare.splitlines())
    return "\n".join(line for line in lines if line)


def address_in(value: Any) -> str | None:
    """The first web address in the texts of a value, also in the HTML around them; None without one."""
    for _, text in _tagged(value, ""):
        if found := _HREF.search(text):
            return html.unescape(found[1])
        if found := _ADDRESS.search(text):
            return html.unescape(found[0]).rstrip(".,;)")
    return None


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
