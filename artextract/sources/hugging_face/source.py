"""Works from a data set of the Hugging Face hub."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from artextract.collection import About
from artextract.errors import SourceError
from artextract.progress import Report, Stage, silent
from artextract.sources.base import ColumnUse, SourceWork
from artextract.sources.fetching.http_responses import FetchError
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.hugging_face.features import cleaned, labels_of, picture_columns, text_columns
from artextract.sources.hugging_face.files import files_of_split
from artextract.sources.hugging_face.hub import DataSet
from artextract.sources.hugging_face.row_groups import GroupPictures, RowGroup, read_groups, read_schema
from artextract.sources.tables.columns import column_pairs
from artextract.sources.tables.nested import flat
from artextract.sources.tables.picture_column import PictureColumn, best_picture
from artextract.sources.tables.picture_column import picture_columns as address_columns
from artextract.sources.tables.pictures import TablePictures
from artextract.sources.tables.reading import Table
from artextract.sources.tables.works import WorkReader

LIMIT = 2000  # Rows that are collected unless somebody wants more
CONVERTED = "refs/convert/parquet"  # Where the hub puts Parquet files of data sets in other formats, up to 5 GB
SIZE = 1024  # Long side in px that is asked of IIIF servers, where a column has their addresses


@dataclass(frozen=True)
class _Row:
    number: int  # In the split
    facts: dict[str, str]
    origin: str
    read: Callable[[], bytes]
    size: int | None


class HuggingFaceSource:
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

        Args:
            repository: owner and name of the data set, or its address.
            split: the part of the data set: train, validation, test …
            image: the column with the pictures, or with their addresses; found if None.
            column: `ours=theirs`, as in `TableSource`.
            limit: maximum number of rows.
            report: receives the progress of reading the texts.

        Raises:
            SourceError: there is no such data set, split or column, it needs a login, or the hub is not available.
        """
        self._data_set = _with_parquet(repository)
        self._split = split
        self._files = files_of_split(self._data_set.files, self._data_set.card, split)
        self._client = PoliteClient(any_public=True)
        self._kept = KeptPictures(self._client)
        try:
            self._read(image, column_pairs(column), limit, report)
        except BaseException:
            self._client.close()
            raise
        name, sha = self._data_set.repository, self._data_set.sha[:12]
        note = f"Rows of the Hugging Face data set {name}, split {split}, revision {sha}."
        self.about = About("hf", name, " ".join(filter(None, [note, self._licence()])))

    def __len__(self) -> int:
        return len(self._rows)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of the rows."""
        own_id = self._reader.plan.works.get("id", "")
        page = f"{self._data_set.endpoint}/datasets/{self._data_set.repository}/viewer/default/{self._split}?row="
        for row in self._rows:
            facts = self._reader.facts(row.facts)
            facts["source_url"] = facts.get("source_url") or f"{page}{row.number}"
            work = row.facts.get(own_id) or f"{self._split}-{row.number}"
            yield SourceWork(id=work, read=row.read, origin=row.origin, size=row.size, **facts)

    def remarks(self) -> list[str]:
        """The revision, and what reading costs."""
        return [*self._remarks, *self._reader.remarks()]

    def columns(self) -> list[ColumnUse]:
        """What became of each column."""
        used = self._reader.columns(dict.fromkeys(self._pictures_in, "picture"))
        named = {use.name.partition(".")[0] for use in used}
        others = [name for name in self._schema.names if name not in named]
        return used + [ColumnUse(name, "picture" if name in self._pictures_in else None, "") for name in others]

    def close(self) -> None:
        """Close the connections; threads that wait for a picture stop."""
        self._client.close()

    def _read(self, image: str | None, chosen: Mapping[str, str], limit: int | None, report: Report) -> None:
        self._schema = read_schema(self._data_set, self._files[0])
        column = self._picture_column(image)
        labels = labels_of(self._schema, self._data_set.card)
        stage = Stage(f"Reading the texts of {self._data_set.repository}", limit or 0, report)
        groups: list[tuple[RowGroup, list[dict[str, str]]]] = []
        for group in read_groups(self._data_set, self._files, limit):
            groups.append((group, [flat(cleaned(record, labels)) for record in group.rows]))
            stage.advance(len(group.rows))
        rows = [row for _, texts in groups for row in texts]
        table = Table(list(dict.fromkeys(name for row in rows for name in row)), rows, [])
        if column is not None:
            self._pictures_in = [column]
            self._rows = list(self._with_bytes(groups, column))
            read_bytes = sum(group.sizes.get(column, 0) for group, _ in groups)
            empty = sum(group.empty.get(column, 0) * len(group.rows) // group.total for group, _ in groups)
        else:
            self._rows = self._with_addresses(table, image)
            read_bytes = empty = 0
        self._reader = WorkReader(table, chosen, self._pictures_in, lambda _row: self._licence())
        files = len({group.file for group, _ in groups})
        cost = f", {len(groups):,} row groups, up to {read_bytes / 1e6:,.1f} MB" if column is not None else ""
        self._remarks = [
            f"Revision {self._data_set.sha[:12]} of {self._data_set.repository}: {len(rows):,} rows from {files} of "
            f"{len(self._files)} files{cost}.",
            *(["The hub has converted a part of the data set; only this part is read."] if self._is_part() else []),
            *([f"About {empty:,} of the rows have no picture."] if empty else []),
        ]

    def _picture_column(self, image: str | None) -> str | None:
        """The column with the bytes of the pictures; None if they are at addresses.

        Raises:
            SourceError: there is no such column, or there are several.
        """
        structs = picture_columns(self._schema)
        if image is not None:
            if image not in {*structs, *text_columns(self._schema)}:
                raise SourceError(
                    f"{self._data_set.repository} has no column {image!r} with pictures or their addresses. "
                    f"It has: {', '.join(self._schema.names)}."
                )
            return image if image in structs else None
        if len(structs) > 1:
            raise SourceError(
                f"{self._data_set.repository} has several columns with pictures: {', '.join(structs)}. "
                "Choose one with --image."
            )
        return structs[0] if structs else None

    def _with_bytes(self, groups: list[tuple[RowGroup, list[dict[str, str]]]], column: str) -> Iterator[_Row]:
        number = 0
        for group, texts in groups:
            pictures = GroupPictures(self._data_set, group, column, self._kept)
            size = group.picture_size(column)
            for index, facts in enumerate(texts):
                yield _Row(number, facts, pictures.address(index), partial(pictures.read, index), size)
                number += 1

    def _with_addresses(self, table: Table, image: str | None) -> list[_Row]:
        columns = [PictureColumn(image, True)] if image else address_columns(table)
        if not columns:
            raise SourceError(
                f"{self._data_set.repository} has no column with pictures or their addresses. "
                f"It has: {', '.join(self._schema.names)}."
            )
        self._pictures_in = [column.name for column in columns]
        pictures = TablePictures(self._kept, SIZE, self._data_set.address(self._files[0]))
        found = [pictures.placed(best_picture(row, columns)) for row in table.rows]
        return [
            _Row(number, row, picture.name, pictures.reader(picture), None)
            for number, (row, picture) in enumerate(zip(table.rows, found, strict=True))
        ]

    def _is_part(self) -> bool:
        return any("/partial-" in file for file in self._files)

    def _licence(self) -> str | None:
        """The licence on the card. It is that of the data set, not of the pictures."""
        stated = self._data_set.card.get("license")
        words = ", ".join(map(str, stated)) if isinstance(stated, list) else stated
        return f"Data set: {words}" if words else None


def _with_parquet(repository: str) -> DataSet:
    """A data set with Parquet files: its own, else those that the hub has converted.

    Raises:
        SourceError: there is no such data set, or it has no Parquet files.
    """
    data_set = DataSet(repository)
    if data_set.has_parquet:
        return data_set
    with suppress(FetchError):
        converted = DataSet(repository, CONVERTED)
        if converted.has_parquet:
            return converted
    raise SourceError(
        f"The data set {data_set.repository} has no Parquet files. Download its pictures, and collect them as a folder."
    )
