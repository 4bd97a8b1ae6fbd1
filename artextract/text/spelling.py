"""Other ways to write words: plain letters for ø or ß, and parts of Chinese, Japanese and Korean words."""

import re
import unicodedata

PLAIN_LETTERS = {
    **{"ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "œ": "oe"},
    **{"đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"},
}
"""Small letters that have no accent to take off → how they are written without them."""
_PLAIN = str.maketrans(PLAIN_LETTERS | dict.fromkeys("'’‘ʼ", ""))
SHORTEST_BEGINNING = 3  # Letters
_WORD = re.compile(r"\w+(?:['’‘ʼ]\w+)*")
_CJK = re.compile(r"[\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]+")


def plain_spelling(word: str) -> str:
    """A word in small plain letters: "Hammershøi" is "hammershoi", "O’Keeffe" "okeeffe", "Straße" "strasse"."""
    return _without_accents(word).casefold().translate(_PLAIN)


def other_spellings(text: str) -> str:
    """What an index holds beside a text: plain spellings that differ, and the pairs of letters of CJK words."""
    words = [plain for word in _WORD.findall(text) if (plain := plain_spelling(word)) != _without_accents(word).lower()]
    return " ".join([*words, *(pair for run in _CJK.findall(text) for pair in _pairs(run))])


def fts_query(word: str, begins: bool = False) -> str:
    """The query of SQLite's FTS5 for a word of `\\w` letters: as it is, or in any place of a CJK word.

    With `begins` it finds words that begin with the word, too, unless it is a number or shorter than
    `SHORTEST_BEGINNING`.
    """
    any_end = "*" if begins and len(word) >= SHORTEST_BEGINNING and not word[0].isdigit() else ""
    queries = [f'"{spelling}"{any_end}' for spelling in dict.fromkeys((word, plain_spelling(word)))]
    for run in _CJK.findall(word):
        queries.append(f'"{" ".join(_pairs(run))}"' if len(run) > 1 else f'"{run}"*')
    return " OR ".join(queries)


def matching(text: str, word: str) -> list[str]:
    """Where a text has a word in another spelling, as the text writes it."""
    found = [other for other in _WORD.findall(text) if plain_spelling(other) == plain_spelling(word)]
    return found + [run for run in _CJK.findall(word) if run in text]


def _without_accents(word: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


def _pairs(run: str) -> list[str]:
    return [run[place : place + 2] for place in range(max(1, len(run) - 1))]
