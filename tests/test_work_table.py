"""Work tables of many rows: the copy that is mapped, words in titles, counts of terms."""

from unicodedata import category, normalize

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from artextract.collection import Collection
from artextract.errors import CollectionError
from artextract.similarity.filters import Filters, TitleText
from artextract.ui import work_columns
from artextract.work_table import has_any_term, typed, years_left_out


def test_the_copy_is_the_table(collection: Collection) -> None:
    copied = collection.works()
    (collection.root / "works.arrow").unlink()
    decoded = collection.works()
    pd.testing.assert_frame_equal(copied, decoded)
    copied["title"] = copied["title"] + "!"  # what a caller does to it reaches no file
    copied.loc[0, "year_begin"] = 1
    collection.write_works(decoded)
    pd.testing.assert_frame_equal(collection.works(), decoded)


def test_a_copy_that_is_damaged_or_of_another_table_is_let_be(collection: Collection) -> None:
    works, copy = collection.works(), collection.root / "works.arrow"
    old = copy.read_bytes()
    collection.write_works(works.assign(title="Another"))
    for content in (old, old[: len(old) // 2], b"", b"nonsense"):
        copy.write_bytes(content)
        assert set(collection.works()["title"]) == {"Another"}


def test_a_copy_with_a_changed_byte_anywhere_is_said_and_written_anew(
    collection: Collection, caplog: pytest.LogCaptureFixture
) -> None:
    works, copy = collection.works(), collection.root / "works.arrow"
    whole = copy.read_bytes()
    for place in range(3, len(whole), len(whole) // 12):
        copy.write_bytes(whole[:place] + bytes([whole[place] ^ 0x11]) + whole[place + 1 :])
        pd.testing.assert_frame_equal(collection.works(), works)
        assert copy.read_bytes() == whole
        assert "works.arrow is damaged and not used." in caplog.text
        caplog.clear()


def test_a_damaged_table_is_said_whatever_its_copy_is(collection: Collection) -> None:
    (collection.root / "works.parquet").write_bytes(b"nonsense")
    with pytest.raises(CollectionError, match="work table of small is damaged"):
        collection.works()


def test_a_copied_folder_keeps_its_copy(collection: Collection, monkeypatch: pytest.MonkeyPatch) -> None:
    works = collection.works()
    content = (collection.root / "works.parquet").read_bytes()
    (collection.root / "works.parquet").unlink()
    (collection.root / "works.parquet").write_bytes(content)  # another file, another time
    monkeypatch.setattr(pq, "read_table", lambda *_args, **_options: pytest.fail("the copy is read"))
    pd.testing.assert_frame_equal(collection.works(), works)


def folded(text: str) -> str:
    """In lower case, without accents."""
    plain = "".join(letter for letter in normalize("NFD", text.lower()) if category(letter) != "Mn")
    return plain.replace("ß", "ss")


TEXTS = st.lists(
    st.tuples(
        st.one_of(st.none(), st.text(alphabet="abÄß ñ\nX", min_size=1, max_size=6)),
        st.one_of(st.none(), st.text(alphabet="bÖ a", min_size=1, max_size=4)),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(texts=TEXTS, word=st.text(alphabet="abÄßXÖñ", min_size=1, max_size=3))
def test_words_are_found_where_they_stand(texts: list[tuple[str | None, str | None]], word: str) -> None:
    works = pd.DataFrame(texts, columns=["title", "artist"], dtype="str")
    expected = [any(folded(word) in folded(text or "") for text in work) for work in texts]
    assert TitleText(works).containing(word).tolist() == expected


def test_all_words_of_a_text_count_and_empty_tables_have_none() -> None:
    works = pd.DataFrame({"title": ["Water Lilies", "Lilies", None], "artist": ["Monet", None, "Monet"]}, dtype="str")
    assert Filters(text="LIL monet").allowed(works).tolist() == [True, False, False]
    nordic = pd.DataFrame({"title": ["Łódź", "Straße"], "artist": ["Hammershøi", "O’Keeffe"]}, dtype="str")
    for word, rows in {"lodz": [0], "Hammershoi": [0], "hammershøi": [0], "strasse": [1], "o'keeffe": [1]}.items():
        assert np.flatnonzero(TitleText(nordic).containing(word)).tolist() == rows
    assert Filters(text="m").allowed(works).tolist() == [True, False, True]
    assert TitleText(works.iloc[:0]).containing("monet").tolist() == []


@given(st.lists(st.one_of(st.none(), st.sampled_from(["A", "A; B", "B; AB", "AB"])), min_size=1))
def test_terms_are_counted_and_found_whole(values: list[str | None]) -> None:
    column = pd.Series(values, dtype="str")
    split = [[] if value is None else value.split("; ") for value in values]
    counts = work_columns.choices(pd.DataFrame({"style": column}), "style")
    assert counts == {t: n for t in ("A", "B", "AB") if (n := sum(t in one for one in split))}
    assert list(counts.values()) == sorted(counts.values(), reverse=True)
    whole = work_columns.choices(pd.DataFrame({"artist": column}), "artist")
    assert whole == {str(k): n for k, n in column.value_counts().items()}
    for chosen in (["A"], ["AB", "B"]):
        expected = [bool(set(chosen) & set(one)) for one in split]
        np.testing.assert_array_equal(has_any_term(column, chosen), expected)


def test_an_impossible_year_is_left_out_and_said() -> None:
    given_years = {"year_begin": [1850, 15031506151, 0, None], "year_end": [153505, 1900, 1900, 1900.5]}
    frame = pd.DataFrame({"id": list("abcd"), **given_years})
    table = typed(frame)
    assert table["year_begin"].tolist()[0] == 1850
    assert table["year_begin"].isna().tolist() == [False, True, True, True]
    assert table["year_end"].isna().tolist() == [True, False, False, True]
    assert years_left_out(frame).startswith("Left out 4 years that are not possible, for example 15031506151.")
    assert work_columns.year_bounds(table) == (1850, 1900)
    assert years_left_out(table) == ""


def test_years_in_the_wrong_order_are_put_in_order() -> None:
    table = typed(pd.DataFrame({"id": ["a"], "year_begin": ["1900"], "year_end": ["1850"]}))
    assert table[["year_begin", "year_end"]].to_numpy().tolist() == [[1850, 1900]]


def test_years_known_from_one_side_count_for_the_slider() -> None:
    table = typed(pd.DataFrame({"id": ["a", "b"], "year_begin": [None, 1900], "year_end": [1650, None]}))
    assert work_columns.year_bounds(table) == (1650, 1900)
