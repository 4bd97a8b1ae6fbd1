"""Texts of museums without their markup."""

import html
import re

_BREAK = re.compile(r"<(?:/?(?:p|div|li|ul|ol|tr|h[1-6]|blockquote)|br)(?:\s[^<>]*)?/?>", re.IGNORECASE)
_TAG = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|dd|dl|dt|em|font|hr|i|img|q|s|small|span|strong|sub|sup|table|tbody|td|th|thead|u)"
    r"(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # Soft hyphens and spaces without a width
_ITALICS = re.compile(r"(?<!\w)_(?=\S)(.+?)(?<=\S)_(?!\w)")


def plain_text(text: str) -> str:
    """A text on one line, without its markup: HTML tags, entities (also doubled: "&amp;amp;") and `_italics_`."""
    for _ in range(2):
        text = html.unescape(_without_tags(text))
    return " ".join(_ITALICS.sub(r"\1", _UNSEEN.sub("", _without_tags(text))).split())


def _without_tags(text: str) -> str:
    return _TAG.sub("", _BREAK.sub(" ", text)) if "<" in text else text
