"""Works from a table whose pictures are on the web, or in files beside it."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import write_bytes
from artextract.progress import Report, Stage, silent
from artextract.settings import cache_dir
from artextract.sources.base import ColumnUse, SourceWork, file_size
from artextract.sources.fetching.http_responses import Stamp
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.pictures import picture_at
from artextract.sources.tables.columns import column_pairs, find_column, is_heading
from artextract.sources.tables.ids import work_ids
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
from artextract.sources.tables.works import WorkReader
from artextract.work_table import TERM_SEPARATOR

_NAMES_NONE = (
    "{name} names no pictures: no column has their addresses, paths or file names. If one does, choose it as the "
    "column with the pictures (--picture). Some museums publish the pictures elsewhere: the Metropolitan Museum by "
    "its API (--preset met), the Art Institute of Chicago in its JSON files (image_id)."
)


class TableSource:
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

        Args:
            file: the path or the http(s) address of a table, as `read_table` reads it.
            picture: the column that names the pictures; found by its values if None.
            column: `ours=theirs`: a column of works, and the column of the table that it is; nothing after the sign
                leaves the column of works empty.
            preset: the name of a preset, or "none"; recognised by the table's header if None.
            limit: maximum number of works with a picture, from the first row on.
            size: long side of pictures, px, for servers that can scale.
            report: receives the progress of fetching the table.

        Raises:
            SourceError: the table cannot be read, names no pictures, or has no such column.
        """
        self._size = size
        self._client = PoliteClient(any_public=True)
        try:
            self._open(file, picture, column, preset, limit, size, report)
        except BaseException:
            self._client.close()
            raise

    def _open(
        self,
        file: str,
        picture: str | None,
        column: Sequence[str],
        preset: str | None,
        limit: int | None,
        size: int,
        report: Report,
    ) -> None:
        is_web = urlsplit(file).scheme in ("http", "https")
        path = _fetch(file, self._client, report) if is_web else Path(file).expanduser()
        table = read_table(path, is_heading)
        self._preset = choose_preset(table, preset)
        self._table = self._preset.cleaned(table) if self._preset else table
        title = self._preset.name if self._preset else path.name.removesuffix(".gz")
        self.about = About("table", title, f"Works from the table {path.name.removesuffix('.gz')}.")
        fields = self._preset.api_picture if self._preset else []
        self._pictures = TablePictures(KeptPictures(self._client), size, file if is_web else path, fields)
        if self._preset:
            for host in self._preset.hosts:
                self._client.keep_pause(host, self._preset.pause)
        self._columns = self._picture_columns(picture, path.name)
        chosen = self._preset.chosen_columns(self._table) if self._preset else {}
        naming = [name.name for name in self._columns]
        self._reader = WorkReader(self._table, {**chosen, **column_pairs(column)}, naming, self._licence)
        named = [self._picture_of(row) for row in self._table.rows]
        ids, doubled = work_ids(self._table.rows, self._reader.plan.works.get("id"), named)
        rows = list(zip(ids, self._table.rows, named, strict=True))
        self._works = rows if limit is None else list(_limited(rows, limit))
        self._remarks = list(self._said(doubled, len(rows)))

    def __len__(self) -> int:
        return len(self._works)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of the rows; a row without a picture is a work that cannot be read."""
        for work, row, picture in self._works:
            yield self._work(work, row, picture)

    def remarks(self) -> list[str]:
        """How the table was recognised, and what was not used."""
        return [*self._table.remarks, *self._remarks, *self._reader.remarks()]

    def columns(self) -> list[ColumnUse]:
        """How each column of the table is used."""
        others = "picture, where the first column has none"
        pictures = {column.name: "picture" if not number else others for number, column in enumerate(self._columns)}
        return self._reader.columns(pictures)

    def close(self) -> None:
        """Close the connections; threads that wait for a picture stop."""
        self._client.close()

    def _picture_columns(self, wanted: str | None, name: str) -> list[PictureColumn]:
        """The columns that name pictures: the person's, the preset's, or found by values; [] with a template."""
        if wanted:
            return [PictureColumn(find_column(self._table, wanted), True)]
        if self._preset and (known := present(self._table, self._preset.picture)):
            by_values = {column.name: column for column in picture_columns(self._table)}
            return [by_values.get(column, PictureColumn(column, False)) for column in known]
        if self._preset and (self._preset.template or self._preset.api):
            return []
        if found := picture_columns(self._table):
            return found
        if beside := file_columns(self._table, self._pictures.matcher):
            return [PictureColumn(beside[0], True)]
        raise SourceError(" ".join([_NAMES_NONE.format(name=name), *self._table.remarks]))

    def _picture_of(self, row: Mapping[str, str]) -> PictureName:
        address = self._preset.address(self._table, row) if self._preset else ""
        if address and self._preset and self._preset.template:
            return picture_in(address)
        picture = best_picture(row, self._columns)
        if picture.kind == Kind.NOTHING and address:
            return PictureName(Kind.API, address)
        if picture.kind == Kind.NOTHING and self._columns:
            name = row.get(self._columns[0].name, "")  # ids beside files: the name has no suffix
            picture = PictureName(Kind.FILE, name) if name and self._pictures.matcher.find(name) else picture
        if picture.name and self._preset and self._preset.sized:
            picture = replace(picture, name=picture.name + self._preset.sized.format(size=self._size))
        return self._pictures.placed(picture)

    def _licence(self, row: Mapping[str, str]) -> str | None:
        return self._preset.licence_of(self._table, row) if self._preset else None

    def _work(self, work: str, row: Mapping[str, str], picture: PictureName) -> SourceWork:
        facts = self._reader.facts(row)
        image = picture_at(picture.name, is_base=True) if picture.kind == Kind.IIIF else None
        if image is not None and image.service is not None:
            facts["extra"]["iiif"] = image.service.base
        if picture.more:
            facts["extra"]["more_pictures"] = TERM_SEPARATOR.join(picture.more)
        size = file_size(Path(picture.name)) if picture.kind == Kind.BESIDE else None
        return SourceWork(id=work, read=self._pictures.reader(picture), origin=picture.name, size=size, **facts)

    def _said(self, doubled: Sequence[str], rows: int) -> Iterator[str]:
        if self._preset:
            note = f" {self._preset.note}" if self._preset.note else ""
            yield f"Recognised as {self._preset.name} (as of {self._preset.checked}).{note}"
        if doubled:
            yield f"Rows with the id of an earlier row, which were numbered: {len(doubled):,} (first: {doubled[0]!r})."
        kinds = Counter(picture.kind for *_, picture in self._works)
        if kinds[Kind.NOTHING]:
            yield f"Rows that name no picture: {kinds[Kind.NOTHING]:,} of {len(self._works):,}."
        if kinds[Kind.OTHER]:
            yield f"Rows that name a film, a sound or a document, and no picture: {kinds[Kind.OTHER]:,}."
        if lost := [picture.name for *_, picture in self._works if picture.kind == Kind.FILE]:
            yield f"Rows that name files which are not beside the table: {len(lost):,} (first: {lost[0]!r})."
        if len(self._works) < rows:
            yield f"Rows beyond the limit: {rows - len(self._works):,}."


def _limited(
    rows: Sequence[tuple[str, dict[str, str], PictureName]], limit: int
) -> Iterator[tuple[str, dict[str, str], PictureName]]:
    """The first rows, until `limit` of them have a picture."""
    found = count(1)
    for row in rows:
        yield row
        if row[2].kind not in {Kind.NOTHING, Kind.OTHER, Kind.FILE} and next(found) >= limit:
            return


def _fetch(address: str, client: PoliteClient, report: Report) -> Path:
    """The file of a table on the web, fetched again only if it changed."""
    name = re.sub(r"[^\w.-]+", "_", urlsplit(address).path.rstrip("/").rpartition("/")[2])[-80:] or "table"
    folder = cache_dir() / "sources" / "tables" / hashlib.sha256(address.encode()).hexdigest()[:16]
    file, stamp_file = folder / f"{name}.gz", folder / "stamp.json"
    stage = Stage(f"Fetching {name}", 1, report)
    try:
        stamp = Stamp(**json.loads(stamp_file.read_text())) if file.exists() else None
    except (OSError, ValueError, TypeError):
        stamp = None
    client.follow_robots(address)
    fresh = client.download(address, file, LARGEST, stamp, lambda size: stage.advance(0, f"{size / 1e6:.0f} MB"))
    if fresh is not None:
        write_bytes(stamp_file, json.dumps(asdict(fresh)).encode())
    stage.advance()
    return file
