"""What the columns of tables mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from artextract.errors import SourceError
from artextract.sources.tables.cells import Table
from artextract.sources.tables.columns import fold, plan_columns
from artextract.sources.tables.works import LONGEST_TEXT, WorkReader

BEFORE = -350


def table(**columns: str) -> Table:
    """A table with one row."""
    return Table(list(columns), [{name: value for name, value in columns.items() if value}], [])


def facts(row: dict[str, str], **chosen: str) -> dict[str, object]:
    return WorkReader(Table(list(row), [row], []), chosen, []).facts(row)


@pytest.mark.parametrize(
    ("heading", "ours"),
    [
        ("Titel", "title"),
        ("_titel", "title"),
        ("Dublin Core:Title", "title"),
        ("dcterms:title", "title"),
        ("itemLabel", "title"),
        ("Title (en)", "title"),
        ("label", "title"),
        ("Künstler", "artist"),
        ("Artist/Maker", "artist"),
        ("dcterms:creator", "artist"),
        ("creators[0].description", "artist"),
        ("Kunstenaar", "artist"),
        ("Dated", "date_text"),
        ("Datierung", "date_text"),
        ("Årstal", "year"),
        ("Année", "year"),
        ("År", "year"),
        ("Object Begin Date", "year_begin"),
        ("creation_date_latest", "year_end"),
        ("BeginDate", None),
        ("EndDate", None),
        ("Artist Begin Date", None),
        ("yearOfBirth", None),
        ("Material/Technik", "medium"),
        ("Credit Line", "credit"),
        ("Inv.-Nr.", "id"),
        ("Object Number", "id"),
        ("keywords", "theme"),
        ("Schlagwörter", "theme"),
        ("alt_text", "description"),
        ("rightsstatement", "licence"),
        ("License", "licence"),
        ("vervaardiging.datum.begin", "year_begin"),
        ("Datering til", "year_end"),
        ("Autore", "artist"),
        ("Materia e tecnica", "medium"),
        ("Número de inventario", "id"),
        ("Matière / Technique", "medium"),
    ],
)
def test_headings_are_known_in_any_spelling(heading: str, ours: str | None) -> None:
    plan = plan_columns(table(**{heading: "1880"}), {})
    assert (next(iter(plan.works)) if plan.works else None) == ours


def test_every_other_column_comes_along_under_a_readable_name() -> None:
    names = ["file", "title", "Object Number", "Dimensions (cm)", "Inv.-Nr.", "Artist/Maker", "id", "3D model", "作品"]
    plan = plan_columns(table(**dict.fromkeys(names, "x")), {"id": ""}, ["file"])
    assert plan.works == {"title": "title", "artist": "Artist/Maker"}
    assert plan.further == {
        "Object Number": "object_number",
        "Dimensions (cm)": "dimensions_cm",
        "Inv.-Nr.": "inv_nr",
        "id": "id_in_table",
        "3D model": "column_3d_model",
        "作品": "作品",
    }
    assert plan.used_as("Artist/Maker") == "artist"
    assert plan.used_as("file") is None


def test_an_inventory_number_is_the_id_and_stays_to_be_seen() -> None:
    plan = plan_columns(table(**{"Inv.-Nr.": "12", "title": "A"}), {})
    assert plan.used_as("Inv.-Nr.") == "id, inv_nr"


def test_of_two_columns_for_one_thing_the_better_one_that_has_values_wins() -> None:
    plan = plan_columns(table(creator="Blake, William", artist="William Blake", rights="x", license=""), {})
    assert (plan.works["artist"], plan.further["creator"]) == ("artist", "creator")
    assert plan.works["licence"] == "rights"
    assert plan.used_as("license") is None


def test_no_two_columns_share_a_name() -> None:
    plan = plan_columns(table(**{"Size (cm)": "1", "Size, cm": "2", "width": "3", "read_style": "4"}), {})
    assert sorted(plan.further.values()) == ["read_style_in_table", "size_cm", "size_cm_2", "width_in_table"]


def test_a_long_name_keeps_its_last_words() -> None:
    heading = "content.freetext.physicalDescription.label"
    assert plan_columns(table(**{heading: "x"}), {}).further == {heading: "freetext_physical_description_label"}


def test_the_person_decides() -> None:
    row = {"keywords": "Cubism, Fauvism", "label": "A", "title": "B"}
    found = facts(row, style="KEYWORDS", title="label", theme="")
    assert (found["style"], found["title"]) == ("Cubism; Fauvism", "A")
    assert "theme" not in found
    with pytest.raises(SourceError, match="The table has no column 'nothing'"):
        plan_columns(table(a="1"), {"style": "nothing"})
    with pytest.raises(SourceError, match="Works have no column 'colour'"):
        plan_columns(table(a="1"), {"colour": "a"})


def test_a_slug_and_an_address_are_no_texts_for_people() -> None:
    plan = plan_columns(table(description="acolman-1-1955", title="https://example.org/1"), {})
    assert not plan.works
    assert set(plan.further.values()) == {"description_in_table", "title_in_table"}
    assert "description" in plan_columns(table(description="A red-haired boy"), {}).works


@pytest.mark.parametrize(
    ("row", "years"),
    [
        ({"year_begin": "1503.0", "year_end": "1506.0"}, (1503, 1506)),
        ({"year": "1503.0"}, (1503, 1503)),
        ({"year": str(BEFORE)}, (BEFORE, BEFORE)),
        ({"year": "1826", "date": "1826-7, reprinted 1892"}, (1826, 1826)),
        ({"year": "c. 1880-85"}, (1880, 1885)),
        ({"date": "c. 1880-85", "year": ""}, (1880, 1885)),
        ({"creation_date_earliest": "1886-01-01", "creation_date_latest": "1887-01-01"}, (1886, 1887)),
        ({"Object Begin Date": "1525      ", "Object End Date": ""}, (1525, 1525)),
        ({"year_begin": "1900", "year_end": "1890"}, (1890, 1900)),
        ({"BeginDate": "(1841)", "EndDate": "(1918)", "Date": "1896"}, (1896, 1896)),
        ({"title": "1984"}, (None, None)),
    ],
)
def test_columns_of_years_come_before_words(row: dict[str, str], years: tuple[int | None, int | None]) -> None:
    found = facts(row)
    assert (found["year_begin"], found["year_end"]) == years


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("1503.0", "1503"),
        ("1503-01-01T00:00:00Z", "1503"),
        ("1889-05-12T00:00:00Z", "1889-05-12"),
        ("c. <i>1880</i>", "c. 1880"),
    ],
)
def test_dates_are_shown_as_people_write_them(date: str, words: str) -> None:
    assert facts({"date": date})["date_text"] == words


def test_texts_lose_markup_and_spaces() -> None:
    found = facts({
        "title": "<i>Study</i> for &quot;Dawn&quot; &amp; dusk",
        "medium": "Oil on  canvas ",
        "licence": '<a href="https://example.org/cc">words</a>',
        "wall text": "two<br>lines",
    })
    assert (found["title"], found["medium"]) == ('Study for "Dawn" & dusk', "Oil on canvas")
    assert found["licence"] == "https://example.org/cc"
    assert found["extra"] == {"wall_text": "two lines"}


def test_several_values_have_one_separator() -> None:
    found = facts({"artist": "A|B|A", "tags": "a|b", "style": "x;y", "medium": "oil, canvas"})
    assert (found["artist"], found["theme"], found["style"]) == ("A; B", "a; b", "x; y")
    assert found["medium"] == "oil, canvas"


def test_names_stay_as_the_museum_writes_them() -> None:
    assert facts({"artist": "Beerbohm, Sir Max"})["artist"] == "Beerbohm, Sir Max"


def test_a_long_text_is_cut_and_named() -> None:
    row = {"title": "A", "Citations": "x" * (LONGEST_TEXT + 1)}
    reader = WorkReader(Table(list(row), [row], []), {}, [])
    assert len(reader.facts(row)["extra"]["citations"]) == LONGEST_TEXT + 1
    assert reader.remarks() == ["Texts were cut to 4,000 characters in the columns Citations."]


@given(st.lists(st.text(min_size=1), unique=True))
def test_no_column_is_lost_whatever_its_name(names: list[str]) -> None:
    plan = plan_columns(table(**dict.fromkeys(names, "x")), {})
    used = {*plan.works.values(), *plan.further}
    assert used == set(names)
    assert len(set(plan.further.values())) == len(plan.further)
    assert all(name == "" or not name[0].isdigit() for name in plan.further.values())
    assert fold("x") == "x"
