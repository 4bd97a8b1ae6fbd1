"""The years in a date text.

Standard notations come first: ISO 8601 and EDTF (https://www.loc.gov/standards/datetime/) levels 0 and 1, with the sets
and unspecified digits of level 2. Then free text in English, German, French, Italian, Spanish, Dutch, Danish and
Swedish, reduced to letters without accents. A year BC is a negative number (-350 is 350 BC); there is no year 0.
"""

import re
import unicodedata
from datetime import UTC, datetime

from artextract.metadata.date_words import (
    AFTER,
    BEFORE,
    CENTURY,
    CENTURY_BEFORE,
    CIRCA,
    CONNECTOR,
    DECADE_BEFORE,
    EARLIER,
    ERA,
    FILLER,
    FRACTIONS,
    LATER,
    LIFE,
    NTH,
    NUMBER_WORDS,
    ORDINAL,
    PART,
    PARTS,
    SECONDARY,
)

FIRST = -3000  # Earlier years are treated as mistakes
LONGEST = 300  # Characters; a longer date text is prose and is not read
Years = tuple[int | None, int | None]

_DATE = (
    r"[?~%]*(?P<{0}>[+-]?[\dxu]{{4}})(?:s\d)?[?~%]*(?:-[?~%]*[\dxu]{{2}}[?~%]*(?:-[?~%]*[\dxu]{{2}}[?~%]*"
    r"(?:[t ][\d:.]+(?:z|[+-][\d:]+)?)?)?)?"
)
_INTERVAL = re.compile(
    rf"(?:{_DATE.format('begin')}|\.\.)?(?P<to>\s*(?:/|\.\.|\bto\b)\s*|\s+-\s+)?(?:{_DATE.format('end')}|\.\.)?"
)
_DAY = re.compile(
    r"(?<![\w.])([+-]?\d{4})([-/.:])(?:0?\d|1[0-2]|xx)\2(?:[0-2]?\d|3[01]|xx)"
    r"(?:[t ]\d{1,2}:\d\d(?::\d\d(?:\.\d+)?)?(?:z|[+-]\d\d:?\d\d)?|t[\d:.]*z?)?(?![0-9a-z])"
)
_DAY_IN_DIGITS = re.compile(r"(?<![\w.])([12]\d{3})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?![0-9a-z])")
_CENTURY = re.compile(
    rf"(?<![0-9a-z])(?:{ORDINAL}|(?P<bare>\d{{1,2}}))(?:\s*|-)(?:{CENTURY})(?![a-z])"
    rf"|\b(?:{CENTURY_BEFORE})\s*(?P<after>[ivx]{{1,6}}|\d{{1,2}})(?![0-9a-z])"
)
_CENTURY_LEFT = re.compile(
    rf"(?<![0-9a-z])(?:{ORDINAL}|(?P<bare>\d{{1,2}}))(?=\s*(?:{CONNECTOR}|,)\s*(?:(?:{PART})\W*(?:(?:{FILLER})\s*)*)?"
    r"\d{1,2}§)"
)
_CENTURY_RIGHT = re.compile(rf"(?<=§)(\s*(?:{CONNECTOR}|,)\s*)(?P<roman>[ivx]{{1,6}})(?![0-9a-z])")
_SPAN = re.compile(
    rf"(?:(?<![a-z])(?:(?P<before>{BEFORE})|(?P<after>{AFTER}))(?![a-z])[\s-]*(?:or\s+)?(?:(?:{FILLER})\s*)*)?"
    rf"(?:(?<![a-z])(?:{CIRCA})\s*)*"
    rf"(?:(?<![a-z])(?P<part>(?:{PART})(?:\s*(?:{CONNECTOR})\s*(?:{PART}))?)(?:(?:[\s-]*(?:{FILLER}))*[\s-]*))?"
    r"(?P<ad>\bad\s*)?(?:(?<![0-9a-z])(?P<century>\d{1,2})§|(?<![0-9a-z])(?P<decade>\d{3}0)¤"
    r"|(?<![0-9a-z])(?P<open>\d{2}(?:xx|uu|\?\?|--)|\d{3}[xu]|\d{3}\?(?!\s*bc)|\d{3}-(?!\s*\d)|\d(?:xxx|uuu))(?![0-9a-z§¤])"
    r"|(?<![0-9a-z])(?P<negative>-\s?)?(?P<year>\d{1,5})(?(negative)|(?:\s*[-/]\s*\??(?P<short>\d{1,2}))?)(?![0-9a-z§¤]))"
    rf"(?:(?<=§)[\s,(]+(?P<then>{PART})(?![\w\s-]*\d))?"
    r"[?()\]\s]*(?P<era>bc|ad)?"
    rf"(?:[\s,]*(?:(?P<earlier>{EARLIER})|(?P<later>{LATER}))(?!\s*(?:{CIRCA})?\s*\d))?(?:\s*[-/]\s*)?"
)


def years_in(text: str) -> Years:
    """First and last year that a date text allows; None for an open end.

    "c. 1885-90" is (1885, 1890), "1889-05-12" (1889, 1889), "188X" (1880, 1889), "15th century" (1401, 1500),
    "late 17th century" its last third (1667, 1700), "1800s" (1800, 1899), "5th century BC" (-500, -401).
    "before 1650", "by 1650" and "1650 or earlier" are (None, 1650); "after 1650", "1650/.." are (1650, None).
    "circa" and "?" do not widen a date. `1905-12` is a range, `1905-05` a month. Years in which a work was printed
    again, cast, exhibited or published count only if there are no others; those of a person's life never do.
    Three digits are a year if the text has nothing else. A number before `FIRST` or after next year is not a year.
    """
    plain = _plain(text)
    if (written := _by_form(plain)) is not None:
        return _bounds([written])
    plain = re.sub(LIFE, " ", _prepared(plain))
    return _bounds(_spans(re.sub(SECONDARY, " ", plain)) or _spans(plain))


def year_of(value: object) -> int | None:
    """The year in a cell of a numeric column: 1503, "1503.0", "-350"; also of one date, such as "1503-01-01".

    None for an empty cell, 0 and text without a year. A number that is not a possible year, such as 153505, is returned
    unchanged: collecting leaves it out and reports it (`is_year`).
    """
    try:
        number = float(str(value))
    except ValueError:
        begin, end = years_in("" if value is None else str(value))
        return begin if end is None or begin == end else None
    return (int(number) or None) if number.is_integer() else None


def is_year(year: int) -> bool:
    """Whether a work can be of this year: from `FIRST` to next year, and not 0."""
    return FIRST <= year <= last_year() and year != 0


def last_year() -> int:
    """Next year: a work cannot be later."""
    return datetime.now(UTC).year + 1


def year_text(year: int) -> str:
    """A year in words: "1503", "350 BC"."""
    return f"{-year} BC" if year < 0 else str(year or 1)  # scales have a year 0, history has none


def span_text(begin: int, end: int) -> str:
    """Two years in words: "1503–1506", "350–301 BC", "50 BC–50", "1503" if they are the same."""
    if begin == end:
        return year_text(begin)
    return f"{-begin}–{-end} BC" if begin < 0 and end < 0 else f"{year_text(begin)}–{year_text(end)}"


def _plain(text: str) -> str:
    """The text in lower case without accents, with one kind of dash."""
    decomposed = unicodedata.normalize("NFKD", text[:LONGEST])
    letters = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return re.sub(r"[‐-―−]", "-", letters).translate(str.maketrans("’‘ʼ_", "''' ")).strip()


def _by_form(text: str) -> Years | None:
    """The years of an EDTF interval, set or date; None if the text has another form."""
    begins, ends = [], []
    for item in text.strip("[]{}").split(","):
        match = _INTERVAL.fullmatch(item.strip())
        if match is None or not (match["begin"] or match["end"]):
            return None
        is_open = ".." in item
        if match["to"] is None and ((match["end"] and not is_open) or re.fullmatch(r"\d{4}-\d\d\??", item)):
            return None  # such as "1905-12", which is a range of years
        begin, end = _digits(match["begin"]), _digits(match["end"])
        begins.append(begin[0])
        ends.append(begin[1] if match["to"] is None and not is_open else end[1])
    begin_known, end_known = [b for b in begins if b is not None], [e for e in ends if e is not None]
    return (
        min(begin_known) if len(begin_known) == len(begins) else None,
        max(end_known) if len(end_known) == len(ends) else None,
    )


def _digits(text: str | None) -> Years:
    """First and last year of four digits, some of which may be unknown: "-18xx", "188-"."""
    if text is None:
        return None, None
    digits = re.sub(r"[^\d]", "x", text.lstrip("+-"))
    low, high = int(digits.replace("x", "0")), int(digits.replace("x", "9"))
    return (-high, -low) if text.startswith("-") else (low, high)


def _prepared(text: str) -> str:
    """Centuries written as "15§", decades as "1880¤", eras as "bc" and "ad", days as their years."""
    text = _DAY_IN_DIGITS.sub(r"\1", _DAY.sub(r"\1", text))
    text = re.sub(r"(?<!\d)(\d{1,2}),(\d{3})(?!\d)", r"\1\2", text)
    text = re.sub(r"(?<![\d.])([12])\.(\d{3})(?![\d.])", r"\1\2", text)  # thousands in German, Danish …
    text = re.sub(r"(?<!\d)(\d{3,4})\.0+(?!\d)", r"\1", text)
    text = re.sub(
        r"\b(?:a\.?h\.?|hijri)\s*\d{3,4}(?:-\d+)?|\d{3,4}\s*(?:ah\b|a\.h\.)", " ", text
    )  # the Islamic calendar
    text = re.sub(r"\b(c|ca|um|ad|a\.d)(\.?)(?=\d)", r"\1\2 ", re.sub(r"\ba\.d\.?\s*(?=\d)", "ad ", text))
    text = _with_eras(text)
    if "cent" in text:
        text = re.sub(r"[a-z]{5,}(?=[\s-])", lambda word: NUMBER_WORDS.get(word[0], word[0]), text)
    text = _CENTURY.sub(_century, text)
    for _ in range(3):  # "15th, 16th and 17th century"
        text = _CENTURY_RIGHT.sub(lambda match: match[1] + _century(match), _CENTURY_LEFT.sub(_century, text))
    text = re.sub(r"(?<!\d)(\d\d)(\d)0(?:'?s)?\s*-\s*(\d0)(?='?s\b|er\b)", r"\1\g<2>0s-\1\3", text)
    text = re.sub(r"(?<!\d)(\d\d)00(?:'?s|[- ]?(?:tal|tall?et))\b", r"\1xx", text)
    text = re.sub(rf"\b(?:{DECADE_BEFORE})\s+(\d{{3}}0)(?!\d)", r"\1¤", text)
    text = re.sub(
        r"(?<!\d)(\d{3}0)\s*(?:'?s\b|er\b(?:[- ]?jahre[ns]?)?|['-]?(?:erne|arene)\b|[- ]?(?:tal|tall?et)\b|年代)",
        r"\1¤",
        text,
    )
    return _with_eras(text)


def _with_eras(text: str) -> str:
    for name, words in ERA.items():
        text = re.sub(rf"(?<=[\d§¤?\])])\s*(?:{words})(?![a-z]|\s*\d)", f" {name} ", text)
    return text


def _century(match: re.Match[str]) -> str:
    """The number of a century with its sign; the text as it was if the number is none."""
    found = next((text for text in match.groupdict().values() if text), "")
    number = int(found) if found.isdigit() else _roman(found)
    return f"{number}§" if 1 <= number <= 30 else match[0]


def _roman(text: str) -> int:
    """A Roman numeral up to 39, 0 for other letters."""
    match = re.fullmatch(r"(x{0,3})(ix|iv|v?i{0,3})", text)
    if match is None:
        return 0
    ones = {"ix": 9, "iv": 4}.get(match[2], 5 * ("v" in match[2]) + match[2].count("i"))
    return 10 * len(match[1]) + ones


def _spans(text: str) -> list[Years]:
    matches = list(_SPAN.finditer(text))
    has_era = any(match["era"] or match["ad"] for match in matches)
    rest = re.sub(
        rf"(?<![a-z])(?:{CIRCA}|{CONNECTOR}|{FILLER}|between|zwischen|entre|tra|fra|tussen)\b", "", _SPAN.sub(" ", text)
    )
    least = 1 if has_era else 3 if not re.search(r"\w", rest) else 4
    spans: list[Years] = []
    before_christ = False
    for match in reversed(matches):  # a year before a BC year is BC, too
        before_christ = match["era"] == "bc" or (before_christ and not (match["era"] or match["ad"]))
        if match["year"] and len(match["year"]) < least and not match["negative"]:
            continue
        begin, end = _years_of(match, before_christ)
        if begin is None or end is None or not (is_year(begin) and (is_year(end) or begin < last_year() < end)):
            continue
        is_before, is_after = match["before"] or match["earlier"], match["after"] or match["later"]
        spans.append((None if is_before else begin, None if is_after else min(end, last_year())))
    return spans


def _years_of(match: re.Match[str], before_christ: bool) -> Years:
    if match["year"]:
        first = int(match["year"])
        last = _short_end(match["year"], match["short"], before_christ)
        if match["negative"] or before_christ:
            return -max(first, last), -min(first, last)
        return first, last
    if match["century"]:
        last = 100 * int(match["century"])
        first = last - 99
    elif match["decade"]:
        first, last = int(match["decade"]), int(match["decade"]) + 9
    else:
        first, last = _digits(match["open"])  # type: ignore[assignment]
    begin, end = (-last, -first) if before_christ else (first, last)
    words = match["part"] or match["then"]
    return _part(words, begin, end) if words else (begin, end)


def _short_end(year: str, short: str | None, before_christ: bool) -> int:
    """The end of "1885-90"; the year itself if the second number is a month, as in "1890-05"."""
    if short is None:
        return int(year)
    joined = int(year[: -len(short)] + short)
    if len(year) < 3 or (before_christ and len(year) == 3):
        return int(short)
    return joined if before_christ or int(year) < joined <= last_year() else int(year)


def _part(words: str, begin: int, end: int) -> Years:
    """The first and last year of "early", "second half" or "mid to late" in the years from `begin` to `end`."""
    years = end + 1 - begin
    places = []
    for match in re.finditer(PART, words):
        if match[1]:
            of = next(number for number, names in FRACTIONS.items() if re.fullmatch(names, match[2]))
            nth = next((number for number, starts in NTH.items() if match[1].startswith(starts)), of)  # else the last
            places += [(min(nth, of) - 1, of), (min(nth, of), of)]
        else:
            third = next(number for number, names in PARTS.items() if re.fullmatch(names, match[3]))
            places += [(third, 3), (third + 1, 3)]
    first, last = min(n / of for n, of in places), max(n / of for n, of in places)
    return begin + int(years * first), begin + -int(-years * last // 1) - 1


def _bounds(spans: list[Years]) -> Years:
    """From the first to the last year: "1559 – after 1616" has both, "after 1616" alone has no end."""
    begins = [begin for begin, _ in spans if begin is not None and is_year(begin)]
    ends = [end for _, end in spans if end is not None and is_year(end)]
    years = begins + ends
    return (min(years) if begins else None, max(years) if ends else None)
