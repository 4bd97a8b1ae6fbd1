"""Works from a data set of the Hugging Face hub."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from artextract.collection import About
from artextract.errors import SourceError
from artextract.progress import Report, Stage, silent
from artextract.sources.base import ColumnUse, Source, SourceWork, closed_on_error
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.hugging_face.hub import DataSet
from artextract.sources.hugging_face.rows import TEXT_BLOCK, RowGroup, picture_columns, read_groups, text_columns
from artextract.sources.tables.cells import Table
from artextract.sources.tables.columns import column_pairs
from artextract.sources.tables.picture_column import PictureColumn, best_picture
from artextract.sources.tables.picture_column import picture_columns as address_columns
from artextract.sources.tables.pictures import TablePictures
from artextract.sources.tables.works import WorkReader

LIMIT = 2000  # Default for the maximum number of rows
CONVERTED = "refs/convert/parquet"  # Where the hub puts Parquet files of data sets in other formats, up to 5 GB
SIZE = 1024  # Long side in px, for addresses of IIIF servers


class HuggingFaceSource(Source):
    """The first rows of a split, with pictures in the Parquet files or at addresses."""

    def __init__(
        self,
        repository: str,
        split: str = "train",
        image: str | None = None,
        column: Sequence[str] = (),
        limit: int | None = LIMIT,
        report: Report = silent,
    ) -> None:
        """Read the texts of the rows; no picture is read yet.

        The arguments are the options of `[hf]` in `sources.toml`; `report` receives the progress of reading the texts.
        Raises SourceError if there is no such data set, split or column, it needs a login, or the hub is not available.
        """
        self._data_set = _with_parquet(repository)
        self._split = split
        self._files = self._data_set.files_of_split(split)
        self._client = PoliteClient(any_public=True)
        with closed_on_error(self._client):
            self._read(KeptPictures(self._client), image, column_pairs(column), limit, report)
        name, sha = self._data_set.repository, self._data_set.sha[:12]
        note = f"Rows of the Hugging Face data set {name}, split {split}, revision {sha}."
        self.about = About("hf", name, " ".join(filter(None, [note, self._licence()])))

    def __len__(self) -> int:
        return len(self._pictures)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of the rows."""
        own_id = self._reader.plan.works.get("id", "")
        for number, (row, picture) in enumerate(zip(self._table.rows, self._pictures, strict=True)):
            facts = self._reader.facts(row)
            page = f"{self._data_set.page}/viewer/default/{self._split}?row={number}"
            facts["source_url"] = facts.get("source_url") or page
            yield SourceWork(id=row.get(own_id) or f"{self._split}-{number}", **picture, **facts)

    def remarks(self) -> list[str]:
        """The revision, and how much must be read."""
        return [*self._remarks, *self._reader.remarks()]

    def columns(self) -> list[ColumnUse]:
        """How each column is used."""
        used = self._reader.columns(dict.fromkeys(self._pictures_in, "picture"))
        named = {use.name.partition(".")[0] for use in used}
        others = [name for name in self._schema.names if name not in named]
        return used + [ColumnUse(name, "picture" if name in self._pictures_in else None, "") for name in others]

    def _read(
        self, kept: KeptPictures, image: str | None, chosen: Mapping[str, str], limit: int | None, report: Report
    ) -> None:
        data_set = self._data_set
        with data_set.parquet(self._files[0], TEXT_BLOCK) as parquet:
            self._schema = parquet.schema_arrow
        column = self._picture_column(image)
        stage = Stage(f"Reading the texts of {data_set.repository}", limit or 0, report)
        groups: list[RowGroup] = []
        for group in read_groups(data_set, kept, self._files, column, limit):
            groups.append(group)
            stage.advance(len(group.rows))
        rows = [row for group in groups for row in group.rows]
        self._table = Table(list(dict.fromkeys(name for row in rows for name in row)), rows, [])
        if column is None:
            self._pictures = self._at_addresses(image, kept)
        else:
            self._pictures_in = [column]
            self._pictures = [
                {"origin": group.address(row), "read": partial(group.read, row), "size": group.size // len(group.rows)}
                for group in groups
                for row in range(len(group.rows))
            ]
        self._reader = WorkReader(self._table, chosen, self._pictures_in, lambda _row: self._licence())
        self._remarks = list(self._said(groups, column is not None))

    def _picture_column(self, image: str | None) -> str | None:
        """The column with the bytes of the pictures; None if they are at addresses.

        Raises SourceError if there is no such column, or there are several.
        """
        structs = picture_columns(self._schema)
        if image is not None and image not in {*structs, *text_columns(self._schema)}:
            raise self._no_column(f"no column {image!r}")
        if image is None and len(structs) > 1:
            raise SourceError(
                f"{self._data_set.repository} has several columns with pictures: {', '.join(structs)}. "
                "Choose one with --image."
            )
        return next((name for name in structs if image in {None, name}), None)

    def _at_addresses(self, image: str | None, kept: KeptPictures) -> list[dict[str, Any]]:
        columns = [PictureColumn(image, True)] if image else address_columns(self._table)
        if not columns:
            raise self._no_column("no column")
        self._pictures_in = [column.name for column in columns]
        pictures = TablePictures(kept, SIZE, self._data_set.address(self._files[0]))
        named = [pictures.placed(best_picture(row, columns)) for row in self._table.rows]
        return [{"origin": picture.name, "read": pictures.reader(picture)} for picture in named]

    def _no_column(self, lacks: str) -> SourceError:
        name, has = self._data_set.repository, ", ".join(self._schema.names)
        return SourceError(f"{name} has {lacks} with pictures or their addresses. It has: {has}.")

    def _said(self, groups: list[RowGroup], with_cost: bool) -> Iterator[str]:
        read = len({group.file for group in groups})
        megabytes = sum(group.size for group in groups) / 1e6
        cost = f", {len(groups):,} row groups, up to {megabytes:,.1f} MB" if with_cost else ""
        yield (
            f"Revision {self._data_set.sha[:12]} of {self._data_set.repository}: {len(self):,} rows from {read} of "
            f"{len(self._files)} files{cost}."
        )
        if any("/partial-" in file for file in self._files):
            yield "The hub has converted a part of the data set; only this part is read."

    def _licence(self) -> str | None:
        """The licence on the card. It is that of the data set, not of the pictures."""
        stated = self._data_set.card.get("license")
        words = ", ".join(map(str, stated)) if isinstance(stated, list) else stated
        return f"Data set: {words}" if words else None


def _with_parquet(repository: str) -> DataSet:
    """A data set with Parquet files: its own, else those that the hub has converted.

    Raises SourceError if there is no such data set, or it has no Parquet files.
    """
    data_set = DataSet(repository)
    if data_set.files:
        return data_set
    with suppress(FetchError):
        if (converted := DataSet(repository, CONVERTED)).files:
            return converted
    raise SourceError(
        f"The data set {data_set.repository} has no Parquet files. Download its pictures, and collect them as a folder."
    )
