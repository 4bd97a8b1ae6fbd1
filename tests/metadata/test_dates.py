"""Years in date texts: spellings of museums, libraries and public bug reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.metadata.dates import FIRST, is_year, last_year, span_text, year_of, years_in

FORMS = [
    ("1889-05-12", (1889, 1889)),
    ("1889/05/12", (1889, 1889)),
    ("1889-01-01T00:00:00Z", (1889, 1889)),
    ("1503-00-00", (1503, 1503)),
    ("1663-01-01 - 1663-12-31", (1663, 1663)),
    ("1898-02", (1898, 1898)),
    ("1905-12", (1905, 1912)),
    ("1901-12", (1901, 1912)),
    ("1890-05", (1890, 1890)),
    ("188X", (1880, 1889)),
    ("[18--?]", (1800, 1899)),
    ("1880s", (1880, 1889)),
    ("c. 1640s", (1640, 1649)),
    ("n.d.", (None, None)),
    ("c. 1885-90", (1885, 1890)),
    ("1870–75", (1870, 1875)),
    ("-350", (-350, -350)),
    ("850", (850, 850)),
    ("1800s", (1800, 1899)),
    ("1840s-50s", (1840, 1859)),
    ("1985/..", (1985, None)),
    ("../1985", (None, 1985)),
    ("1984?/2004-06~", (1984, 2004)),
    ("[1667,1668, 1670..1672]", (1667, 1672)),
    ("[..1760-12-03]", (None, 1760)),
    ("18XX", (1800, 1899)),
    ("1XXX", (1000, 1999)),
    ("XXXX", (None, None)),
    ("-01XX", (-199, -100)),
    ("Y170000002", (None, None)),
    ("1984-06-02?", (1984, 1984)),
    ("2004-06~-11", (2004, 2004)),
    ("1985-XX-XX", (1985, 1985)),
    ("1905-11/1906-03", (1905, 1906)),
    ("188-?", (1880, 1889)),
    ("188-", (1880, 1889)),
    ("18--", (1800, 1899)),
    ("18??", (1800, 1899)),
    ("[1885?]", (1885, 1885)),
    ("?1793", (1793, 1793)),
    ("?c.1862", (1862, 1862)),
    ("1795–?c. 1805", (1795, 1805)),
    ("c1890", (1890, 1890)),
    ("12.05.1889", (1889, 1889)),
    ("12/05/1889", (1889, 1889)),
    ("18890512", (1889, 1889)),
    ("+1503-00-00T00:00:00Z", (1503, 1503)),
    ("1503.0", (1503, 1503)),
    ("153505", (None, None)),
    ("15031506151", (None, None)),
    ("t123456", (None, None)),
    ("600-900", (600, 900)),
    ("950-1025", (950, 1025)),
    ("1885年頃", (1885, 1885)),
    ("明治18年(1885)", (1885, 1885)),
    ("19世紀", (1801, 1900)),
    ("1505/06", (1505, 1506)),
    ("1870/75", (1870, 1875)),
    ("1850, 1860", (1850, 1860)),
    ("1500/1505", (1500, 1505)),
    ("1999–2003", (1999, 2003)),
    ("12 c. 1850", (1850, 1850)),
    ("s.d.", (None, None)),
    ("2999", (None, None)),
    ("-5000", (None, None)),
    ("1889-05-12/1890-01-02", (1889, 1890)),
    ("1870 -1875", (1870, 1875)),
    ("-350 - -301", (-350, -301)),
    ("350 v. C.", (-350, -350)),
    ("350 a.C.", (-350, -350)),
    ("1880's", (1880, 1889)),
]
"""ISO 8601, EDTF, library and museum notations."""
WORDS = [
    ("15th century", (1401, 1500)),
    ("late 15th c.", (1467, 1500)),
    ("XVII sec.", (1601, 1700)),
    ("18e siècle", (1701, 1800)),
    ("XIX w.", (1801, 1900)),
    ("1.889", (1889, 1889)),
    ("1600-talet", (1600, 1699)),
    ("1880-tallet", (1880, 1889)),
    ("1870'erne", (1870, 1879)),
    ("begyndelsen af 1900-tallet", (1900, 1933)),
    ("1. halvdel af 1700-tallet", (1700, 1749)),
    ("første halvdel af 17. århundrede", (1601, 1650)),
    ("slutet av 1600-talet", (1666, 1699)),
    ("mellem 1850 og 1860", (1850, 1860)),
    ("før 1650", (None, 1650)),
    ("efter 1600", (1600, None)),
    ("before 1650", (None, 1650)),
    ("1885 (printed 1977)", (1885, 1885)),
    ("between 1503 and 1506", (1503, 1506)),
    ("1826-7, reprinted 1892", (1826, 1827)),
    ("1920er", (1920, 1929)),
    ("années 1880", (1880, 1889)),
    ("15th–16th century", (1401, 1600)),
    ("ca. 850", (850, 850)),
    ("500 BC", (-500, -500)),
    ("500 v. Chr.", (-500, -500)),
    ("350-301 BC", (-350, -301)),
    ("120 av. J.-C.", (-120, -120)),
    ("c. 1391-1353 BC", (-1391, -1353)),
    ("400-375 BC", (-400, -375)),
    ("late 5th century BCE", (-434, -401)),
    ("Ende 15. Jh.", (1467, 1500)),
    ("Anfang des 17. Jahrhunderts", (1601, 1634)),
    ("début du XVIIIe siècle", (1701, 1734)),
    ("fine XV secolo", (1467, 1500)),
    ("siglo XVII", (1601, 1700)),
    ("siglos XV-XVI", (1401, 1600)),
    ("s. XVII", (1601, 1700)),
    ("2. Hälfte 16. Jh.", (1551, 1600)),
    ("zweite Hälfte des 18. Jahrhunderts", (1751, 1800)),
    ("première moitié du XVIe siècle", (1501, 1550)),
    ("second quarter of the 17th century", (1626, 1650)),
    ("prima metà del XVI secolo", (1501, 1550)),
    ("segunda mitad del siglo XVII", (1651, 1700)),
    ("eerste helft 17de eeuw", (1601, 1650)),
    ("17e eeuw", (1601, 1700)),
    ("19th-early 20th century", (1801, 1934)),
    ("late 15th or early 16th century", (1467, 1534)),
    ("17th/18th century", (1601, 1800)),
    ("17./18. Jh.", (1601, 1800)),
    ("XVe-XVIe siècle", (1401, 1600)),
    ("sec. XV-XVI", (1401, 1600)),
    ("fifteenth century", (1401, 1500)),
    ("mid-15th century", (1434, 1467)),
    ("mid to late 19th century", (1834, 1900)),
    ("early 1880s", (1880, 1883)),
    ("late 1800s", (1866, 1899)),
    ("1920er Jahre", (1920, 1929)),
    ("nach 1650", (1650, None)),
    ("vor 1650", (None, 1650)),
    ("um 1650", (1650, 1650)),
    ("after 1503, before 1506", (1503, 1506)),
    ("1635 or earlier", (None, 1635)),
    ("1650 or later", (1650, None)),
    ("by 1650", (None, 1650)),
    ("after c.1830", (1830, None)),
    ("from 1503 to 1506", (1503, 1506)),
    ("ca.1890", (1890, 1890)),
    ("1845, exhibited 1848", (1845, 1845)),
    ("exhibited 1816", (1816, 1816)),
    ("published 1859–61", (1859, 1861)),
    ("12 May 1889", (1889, 1889)),
    ("May 12, 1889", (1889, 1889)),
    ("50 BC–AD 50", (-50, 50)),
    ("AD 79", (79, 79)),
    ("2nd century BC–1st century AD", (-200, 100)),
    ("850 x 600 cm", (None, None)),
    ("Qing dynasty (1644–1911), 18th century", (1701, 1800)),
    ("c. or after 1515", (1515, None)),
    ("10,000 BC", (None, None)),
    ("3,000-2,500 BC", (-3000, -2500)),
    ("late 1880s", (1886, 1889)),
    ("fin XIXe", (None, None)),
    ("late 16th-early 17th century", (1567, 1634)),
    ("last quarter 17th century", (1676, 1700)),
    ("letztes Drittel 18. Jh.", (1767, 1800)),
    ("dernier quart du XVIIe siècle", (1676, 1700)),
    ("16-17th century", (1501, 1700)),
    ("not before 1650", (1650, None)),
    ("no later than 1650", (None, 1650)),
    ("pre-1900", (None, 1900)),
    ("post 1950", (1950, None)),
    ("antes de 1650", (None, 1650)),
    ("después de 1650", (1650, None)),
    ("prima del 1650", (None, 1650)),
    ("dopo il 1650", (1650, None)),
    ("1880–81, cast 1920", (1880, 1881)),
    ("model 1879/80, cast 1922", (1879, 1880)),
    ("negative 1923, printed 1960s", (1923, 1923)),
    ("born 1850", (None, None)),
    ("12th c.", (1101, 1200)),
    ("undated", (None, None)),
    ("5. Jh. v. Chr.", (-500, -401)),
    ("Ve siècle av. J.-C.", (-500, -401)),
    ("2. Jh. n. Chr.", (101, 200)),
    ("850 AD", (850, 850)),
    ("850 n. Chr.", (850, 850)),
    ("anni 1880", (1880, 1889)),
    ("jaren 1880", (1880, 1889)),
    ("años 1880", (1880, 1889)),
    ("about 1650-1660", (1650, 1660)),
    ("between c. 1503 and c. 1506", (1503, 1506)),
    ("1650 oder später", (1650, None)),
    ("zwischen 1503 und 1506", (1503, 1506)),
    ("entre 1503 et 1506", (1503, 1506)),
    ("1885 bis 1890", (1885, 1890)),
    ("first half 18th century", (1701, 1750)),
    ("1st half of the 18th century", (1701, 1750)),
    ("1st quarter 19th c.", (1801, 1825)),
    ("principios del siglo XX", (1901, 1934)),
    ("finales del siglo XIX", (1867, 1900)),
    ("mediados del siglo XVIII", (1734, 1767)),
    ("inizi del XVII secolo", (1601, 1634)),
    ("begin 17de eeuw", (1601, 1634)),
    ("eind 19e eeuw", (1867, 1900)),
    ("spätes 18. Jahrhundert", (1767, 1800)),
    ("Mitte 16. Jh.", (1534, 1567)),
    ("milieu XVIIe s.", (1634, 1667)),
    ("16. Jh., 1. Hälfte", (1501, 1550)),
    ("17th century, early 18th century", (1601, 1734)),
    ("vers 1665-1668", (1665, 1668)),
    ("Siglo XVI (primer tercio)", (1501, 1534)),
    ("1990-present", (1990, None)),
    ("AH 1215 (1800-01)", (1800, 1801)),
    ("1559 - after 1616", (1559, 1616)),
    ("c. 1598(?) - 1634", (1598, 1634)),
    ("1st–2nd century CE", (1, 200)),
    ("Ende des 17. - Anfang des 18. Jahrhunderts", (1667, 1734)),
    ("1er siècle avant J.-C.", (-100, -1)),
    ("fine XVII - inizio XVIII secolo", (1667, 1734)),
]
"""Free text in six languages."""
MUSEUMS = [  # As the museums write them, with the museums' own numbers
    ("1845, exhibited 1848", 1845, 1845),  # Tate
    ("exhibited 1816", 1816, 1816),
    ("1796–7", 1796, 1797),
    ("1606–7", 1606, 1607),  # Cleveland
    ("1380s", 1380, 1389),
    ("c. 1896-1908", 1896, 1908),
    ("950-1025", 950, 1025),
    ("1886—1887", 1886, 1887),  # Carnegie
    ("1916-12-22", 1916, 1916),
    ("1976-77", 1976, 1977),  # MoMA
    ("Italian, 1486 or before - 1557", 1486, 1557),  # National Gallery of Art
    ("German, c. 1492  - after 1532", 1492, 1532),
    ("195 - 159? B.C.", -195, -159),
]


@pytest.mark.parametrize(("text", "years"), FORMS)
def test_a_written_form_is_read_by_its_form(text: str, years: tuple[int | None, int | None]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(("text", "years"), WORDS)
def test_free_text_gives_the_years_that_it_allows(text: str, years: tuple[int | None, int | None]) -> None:
    assert years_in(text) == years


@pytest.mark.parametrize(("text", "begin", "end"), MUSEUMS)
def test_the_years_are_those_that_the_museum_gives(text: str, begin: int, end: int) -> None:
    assert years_in(text) == (begin, end)


def check(years: tuple[int | None, int | None]) -> None:
    known = [year for year in years if year is not None]
    assert known == sorted(known)
    assert all(FIRST <= year <= last_year() and year != 0 for year in known)


@given(st.text(max_size=80))
def test_any_text_gives_possible_years_in_order(text: str) -> None:
    check(years_in(text))


_PIECES = st.sampled_from([
    *("1885", "-90", "1503-00-00", "18XX", "188-", "15th", "XVII", "century", "c.", "s.", "Jh.", "late", "1. Hälfte"),
    *(
        "before",
        "after",
        "bc",
        "av. J.-C.",
        "AD",
        "/",
        "..",
        "-",
        "–",
        ",",
        "(",
        ")",
        "[",
        "]",
        "?",
        "~",
        "99999",
        "850",
    ),
    *("s", "or earlier", "printed", "siglo", "fin", "du", "to", "7", "0000", "9999", "-350", "²", "年"),
])


@given(st.lists(_PIECES, max_size=8), st.sampled_from(["", " "]))
def test_any_pieces_of_dates_give_possible_years_in_order(pieces: list[str], between: str) -> None:
    check(years_in(between.join(pieces)))


@given(st.integers(1000, last_year()), st.integers(0, 99))
def test_a_short_end_is_never_before_its_begin(year: int, end: int) -> None:
    begin, last = years_in(f"{year}-{end:02}")
    assert begin == year
    assert last == (ranged if year < (ranged := year - year % 100 + end) <= last_year() else year)


@given(st.integers(FIRST, last_year()).filter(bool))
def test_a_year_alone_is_read_back(year: int) -> None:
    assert year_of(year) == year_of(f"{year}.0") == year
    if abs(year) > 99:
        assert years_in(str(year)) == (year, year)


@pytest.mark.parametrize(
    ("cell", "year"),
    [
        ("1503.0", 1503),
        ("-350", -350),
        (" 1503 ", 1503),
        ("1503-01-01", 1503),
        ("c. 1503", 1503),
        ("153505", 153505),
        ("0", None),
        ("", None),
        (None, None),
        (float("nan"), None),
        ("inf", None),
        ("1e400", None),
        ("n.d.", None),
        ("1503.5", None),
    ],
)
def test_a_numeric_column_gives_its_number(cell: object, year: int | None) -> None:
    assert year_of(cell) == year


def test_what_no_work_can_be_of_is_no_year() -> None:
    assert is_year(-3000)
    assert is_year(last_year())
    assert not any(map(is_year, (0, -3001, last_year() + 1, 153505, 15031506151)))
    assert years_in(f"{last_year() + 1}") == (None, None)


def test_years_before_christ_are_written_so() -> None:
    assert span_text(-350, -301) == "350–301 BC"
    assert span_text(-50, 49) == "50 BC–49"
    assert span_text(-350, -350) == "350 BC"
    assert span_text(0, 49) == "1–49"
    assert span_text(1503, 1506) == "1503–1506"
