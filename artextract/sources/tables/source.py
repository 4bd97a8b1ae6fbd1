"""Works from a table whose pictures are on the web, or in files beside it."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from urllib.parse import urlsplit

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import user_path
from artextract.progress import Report, Stage, silent
from artextract.settings import cache_dir
from artextract.sources.base import ColumnUse, Source, SourceWork, closed_on_error, file_size
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.pictures import picture_at
from artextract.sources.tables.columns import column_pairs, find_column
from artextract.sources.tables.matching import file_columns
from artextract.sources.tables.picture_column import (
    Kind,
    PictureColumn,
    PictureName,
    best_picture,
    picture_columns,
    picture_in,
)
from artextract.sources.tables.pictures import TablePictures
from artextract.sources.tables.preset import choose_preset, present
from artextract.sources.tables.reading import read_table
from artextract.sources.tables.text_files import LARGEST
from artextract.sources.tables.works import WorkReader, work_ids
from artextract.work_table import TERM_SEPARATOR

_NONE = frozenset({Kind.NOTHING, Kind.OTHER, Kind.FILE})  # What is no picture
_NAMES_NONE = (
    "{name} names no pictures: no column has their addresses, paths or file names. If one does, choose it as the "
    "column with the pictures (--picture). Some museums publish the pictures elsewhere: the Metropolitan Museum by "
    "its API (--preset met), the Art Institute of Chicago in its JSON files (image_id)."
)


class TableSource(Source):
    """The works of a table."""

    def __init__(
        self,
        file: str,
        picture: str | None = None,
        column: Sequence[str] = (),
        preset: str | None = None,
        limit: int | None = None,
        size: int = 640,
        report: Report = silent,
    ) -> None:
        """Read the table and find out what its columns mean; no picture is fetched yet.

        The arguments are the options of `[table]` in `sources.toml`; `report` receives the progress of fetching the
        table. Raises SourceError if the table cannot be read, names no pictures, or has no such column.
        """
        is_web = file.lower().startswith(("http://", "https://"))
        self._client = PoliteClient(any_public=True)
        with closed_on_error(self._client):
            path = _fetch(file, self._client, report) if is_web else user_path(file)
            table = read_table(path)
            self._preset = choose_preset(table, preset)
            self._table = self._preset.cleaned(table)
            name = path.name.removesuffix(".gz")
            self.about = About("table", self._preset.name or name, f"Works from the table {name}.")
            place = file if is_web else path
            self._pictures = TablePictures(KeptPictures(self._client), size, place, self._preset.api_picture)
            for host in self._preset.hosts:
                self._client.keep_pause(host, self._preset.pause)
            self._columns = self._picture_columns(picture, path.name)
            chosen = self._preset.chosen_columns(self._table) | column_pairs(column)
            naming = [column.name for column in self._columns]
            self._reader = WorkReader(self._table, chosen, naming, partial(self._preset.licence_of, self._table))
            named = [self._picture_of(row) for row in self._table.rows]
            ids, doubled = work_ids(self._table.rows, self._reader.plan.works.get("id"), named)
            self._works = list(zip(ids, self._table.rows, named, strict=True))
            if limit is not None:
                with_picture = (at for at, picture in enumerate(named, start=1) if picture.kind not in _NONE)
                self._works = self._works[: next(islice(with_picture, limit - 1, None), None)]
            self._remarks = list(self._said(doubled))

    def __len__(self) -> int:
        return len(self._works)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of the rows; a row without a picture is a work that cannot be read."""
        for work, row, picture in self._works:
            facts = self._reader.facts(row)
            image = picture_at(picture.name, is_base=True) if picture.kind == Kind.IIIF else None
            if image is not None and image.service is not None:
                facts["extra"]["iiif"] = image.service.base
            if picture.more:
                facts["extra"]["more_pictures"] = TERM_SEPARATOR.join(picture.more)
            size = file_size(Path(picture.name)) if picture.kind == Kind.BESIDE else None
            yield SourceWork(id=work, read=self._pictures.reader(picture), origin=picture.name, size=size, **facts)

    def remarks(self) -> list[str]:
        """How the table was recognised, and what was not used."""
        return [*self._table.remarks, *self._remarks, *self._reader.remarks()]

    def columns(self) -> list[ColumnUse]:
        """How each column of the table is used."""
        pictures = {column.name: "picture, where the first column has none" for column in self._columns}
        return self._reader.columns(pictures | {column.name: "picture" for column in self._columns[:1]})

    def _picture_columns(self, wanted: str | None, name: str) -> list[PictureColumn]:
        """The columns that name pictures: the user's, the preset's, or found by values; [] with a template."""
        if wanted:
            return [PictureColumn(find_column(self._table, wanted), True)]
        if known := present(self._table, self._preset.picture):
            by_values = {column.name: column for column in picture_columns(self._table)}
            return [by_values.get(column, PictureColumn(column, False)) for column in known]
        if self._preset.template or self._preset.api:
            return []
        if found := picture_columns(self._table):
            return found
        if beside := file_columns(self._table, self._pictures.matcher):
            return [PictureColumn(beside[0], True)]
        raise SourceError(" ".join([_NAMES_NONE.format(name=name), *self._table.remarks]))

    def _picture_of(self, row: Mapping[str, str]) -> PictureName:
        address = self._preset.address(self._table, row)
        if address and self._preset.template:
            return picture_in(address)
        picture = best_picture(row, self._columns)
        if picture.kind == Kind.NOTHING and address:
            return PictureName(Kind.API, address)
        if picture.kind == Kind.NOTHING and self._columns:
            name = row.get(self._columns[0].name, "")  # ids beside files: the name has no suffix
            picture = PictureName(Kind.FILE, name) if name and self._pictures.matcher.find(name) else picture
        return self._pictures.placed(picture)

    def _said(self, doubled: Sequence[str]) -> Iterator[str]:
        if self._preset.name:
            yield f"Recognised as {self._preset.name} (preset of {self._preset.written}). {self._preset.note}".rstrip()
        if doubled:
            yield f"Rows with the id of an earlier row, which were numbered: {len(doubled):,} (first: {doubled[0]!r})."
        kinds = Counter(picture.kind for *_, picture in self._works)
        if kinds[Kind.OTHER]:
            yield f"Rows that name a film, a sound or a document, and no picture: {kinds[Kind.OTHER]:,}."
        if lost := [picture.name for *_, picture in self._works if picture.kind == Kind.FILE]:
            yield f"Rows that name files which are not beside the table: {len(lost):,} (first: {lost[0]!r})."
        if beyond := len(self._table.rows) - len(self._works):
            yield f"Rows beyond the limit: {beyond:,}."


def _fetch(address: str, client: PoliteClient, report: Report) -> Path:
    """The file of a table on the web, fetched again only if it changed."""
    name = re.sub(r"[^\w.-]+", "_", urlsplit(address).path.rstrip("/").rpartition("/")[2])[-80:] or "table"
    folder = cache_dir() / "sources" / "tables" / hashlib.sha256(address.encode()).hexdigest()[:16]
    file = folder / f"{name}.gz"
    stage = Stage(f"Fetching {name}", 1, report)
    client.follow_robots(address)
    client.download(address, file, LARGEST, lambda size: stage.advance(0, f"{size / 1e6:.0f} MB"))
    stage.advance()
    return file
