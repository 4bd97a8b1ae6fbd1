"""Tables as CSV: read back as they were, and with nothing that a spreadsheet runs."""

import csv
import io
import re
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.sources.tables.delimited import csv_bytes

FORMULAS = ('=HYPERLINK("http://evil")', "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1")
CELLS = st.text() | st.sampled_from(FORMULAS) | st.sampled_from(["", "a,b", 'x"y', "\udce9.jpg", "a\r\nb"])


def cells(table: pd.DataFrame) -> list[list[str]]:
    return list(csv.reader(io.StringIO(csv_bytes(table).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_text_is_a_formula(formula: str) -> None:
    table = pd.DataFrame({formula: [formula, None], "kind": pd.Categorical([formula, "x"])})
    assert cells(table) == [[f"'{formula}", "kind"], [f"'{formula}", f"'{formula}"], ["", "x"]]


@given(st.lists(st.tuples(CELLS, CELLS), max_size=5))
def test_texts_come_back(rows: list[tuple[str, str]]) -> None:
    for read, row in zip(cells(pd.DataFrame([("x", *row) for row in rows], dtype=object))[1:], rows, strict=True):
        for came, text in zip(read[1:], row, strict=True):
            assert came.removeprefix("'") == text.removeprefix("'").encode("utf-8", "replace").decode()
            assert not came.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))


def test_numbers_stay_numbers() -> None:
    table = pd.DataFrame({"a": [-1.5, None], "b": pd.array([-3, None], "Int32"), "c": [True, False]})
    assert cells(table) == [["a", "b", "c"], ["-1.5", "-3", "True"], ["", "", "False"]]


def test_no_table_is_written_another_way() -> None:
    package = Path(__file__).parents[3] / "artextract"
    other = re.compile(r"\.to_csv\(|csv\.(writer|DictWriter)")
    found = [file.name for file in package.rglob("*.py") if other.search(file.read_text(encoding="utf-8"))]
    assert found == ["delimited.py"]
