"""The open tables of the gallery: fetched, kept compressed, and read by the names of their columns.

The gallery adds columns from time to time. An absent column has only missing values.
"""

import re
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.csv

from artextract.errors import SourceError
from artextract.files import check_regular, only_writer
from artextract.progress import Report, Stage, silent
from artextract.settings import cache_dir
from artextract.sources.fetching.polite_client import PoliteClient

OPENDATA = "https://raw.githubusercontent.com/NationalGalleryOfArt/opendata/main/data"
NEEDED = {
    "objects": ("objectid", "classification"),
    "published_images": ("iiifurl", "viewtype", "depictstmsobjectid"),
    "objects_constituents": ("objectid", "constituentid", "roletype"),
    "constituents": ("constituentid", "forwarddisplayname"),
    "objects_terms": ("objectid", "termtype", "term"),
}
"""Table → the columns that it must have."""
COLUMNS = {
    "objects": (
        *NEEDED["objects"],
        *("title", "displaydate", "beginyear", "endyear", "medium", "attribution", "creditline"),
        *("parentid", "isvirtual", "lastdetectedmodification"),
    ),
    "published_images": (
        *NEEDED["published_images"],
        *("uuid", "sequence", "width", "height", "maxpixels", "openaccess", "modified", "assistivetext"),
    ),
    "objects_constituents": (*NEEDED["objects_constituents"], "displayorder", "prefix", "suffix"),
    "constituents": (*NEEDED["constituents"], "visualbrowsernationality"),
    "objects_terms": (*NEEDED["objects_terms"], "termid"),
}
"""Table → its columns that are read."""
LARGEST_TABLE = 400 * 1024 * 1024  # Bytes on the way; ten times the largest table


def fetch_tables(address: str, client: PoliteClient, report: Report = silent) -> Path:
    """Bring the tables of an http(s) address up to date; returns the folder where they are kept.

    Raises:
        FetchError: a table is not available.
        Stopped: raised by `report`; complete tables are kept.
    """
    base = address.rstrip("/")
    folder = cache_dir() / "sources" / "nga" / "tables" / re.sub(r"[/:]", "_", base.partition("://")[2])
    with only_writer(folder, "gallery's tables"):
        stage = Stage("Fetching the gallery's tables", len(COLUMNS), report)
        for name in COLUMNS:

            def on_progress(count: int, name: str = name) -> None:
                stage.advance(0, f"{name}.csv, {count / 1e6:.0f} MB")

            client.download(f"{base}/{name}.csv", folder / f"{name}.csv.gz", LARGEST_TABLE, on_progress)
            stage.advance()
    return folder


def tables_folder(folder: Path) -> Path:
    """The folder itself, or its subfolder `data`, whichever has the tables.

    Raises SourceError if neither has all tables.
    """
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}, and it is not an http(s) address.")
    for parent in (folder, folder / "data"):
        if all(_file(parent, name) for name in COLUMNS):
            return parent
    absent = [f"{name}.csv" for name in COLUMNS if not _file(folder, name)]
    raise SourceError(
        f"{folder} has no {', '.join(absent)}. Choose the folder of the National Gallery of Art's open tables."
    )


def read_table(folder: Path, name: str) -> tuple[pd.DataFrame, int]:
    """Read a table, a key of `COLUMNS`.

    Returns:
        The rows (columns as in `COLUMNS`, all text, missing as NA), and the number of lines that were skipped because
        their number of fields is wrong.

    Raises:
        SourceError: the table is missing or damaged, or lacks a needed column.
    """
    if (file := _file(folder, name)) is None:
        raise SourceError(f"{folder} has no {name}.csv.")
    broken: list[pyarrow.csv.InvalidRow] = []

    def skip(row: pyarrow.csv.InvalidRow) -> str:
        broken.append(row)
        return "skip"

    try:
        check_regular(file)
        present = pd.read_csv(file, nrows=0, encoding="utf-8-sig").columns
        if absent := [column for column in NEEDED[name] if column not in present]:
            raise SourceError(f"{file} has no column {absent[0]!r}, so it is not the gallery's {name} table.")
        table = pyarrow.csv.read_csv(
            file,
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, invalid_row_handler=skip),
            convert_options=pyarrow.csv.ConvertOptions(
                include_columns=COLUMNS[name],
                include_missing_columns=True,
                column_types=dict.fromkeys(COLUMNS[name], pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except (pa.ArrowException, OSError, EOFError, ValueError) as error:  # the errors of pandas are ValueErrors
        reason = (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0][:160]
        raise SourceError(f"{file} is not a readable table ({reason}). Delete the file and collect again.") from error
    return table.to_pandas().astype("str"), len(broken)


def _file(folder: Path, name: str) -> Path | None:
    return next((file for suffix in (".csv", ".csv.gz") if (file := folder / f"{name}{suffix}").exists()), None)
