"""Works of the National Gallery of Art as a source of a collection."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pandas as pd

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import user_path
from artextract.progress import Report, silent
from artextract.sources.base import Source, SourceWork, closed_on_error
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.nga.joining import CLOSED, OPEN, UNKNOWN, JoinedTables, join_tables
from artextract.sources.nga.pictures import NgaPictures, WantedPicture
from artextract.sources.nga.starter import choose_starter
from artextract.sources.nga.tables import OPENDATA, fetch_tables, tables_folder

NOTE = (
    "Works of the National Gallery of Art, Washington, from its open data. The tables are CC0; "
    "each work has the licence of its picture."
)
LICENCES = {
    OPEN: "CC0: the gallery's open-access image",
    CLOSED: "Not open access: for private study, all rights with their holders",
    UNKNOWN: "Rights unknown: the gallery's tables do not say whether the image is open access",
}
PAGE = "https://www.nga.gov/artworks/"
_SAME_COLUMNS = (
    *("id", "title", "artist", "date_text", "year_begin", "year_end", "medium", "classification"),
    *("credit", "style", "school", "theme", "description"),
)


@dataclass(frozen=True)
class NgaChoice:
    """Which works of the gallery to collect, and how large."""

    classification: str = "Painting"  # As the gallery spells it, in any case
    limit: int | None = None  # Maximum number of works, the lowest object ids first
    size: int = 640  # Long side of the pictures, px
    opendata: str | None = None  # A folder of the tables, or an http(s) address; None is the gallery's own
    all_rights: bool = False  # Include works that are not open access or whose rights are unknown
    starter: bool = False  # Only the starter set


class NgaSource(Source):
    """The works of one classification, or the starter set."""

    def __init__(self, choice: NgaChoice, report: Report = silent) -> None:
        """Fetch the tables if they are not on this computer, read them, and choose the works.

        Raises:
            SourceError: the tables are not available or not usable, or no work remains.
        """
        self.about = About("nga", "National Gallery of Art", NOTE)
        self._client = PoliteClient()
        self._pictures = NgaPictures(self._client, choice.size)
        with closed_on_error(self._client):
            folder = _tables_in(choice.opendata or OPENDATA, self._client, report)
            self._works, self._remarks = _choose(join_tables(folder, choice.classification), choice)

    def __len__(self) -> int:
        return len(self._works)

    def works(self) -> Iterator[SourceWork]:
        """The works by object id."""
        for row in self._works.astype(object).to_dict("records"):
            yield _work({str(k): None if pd.isna(v) else v for k, v in row.items()}, self._pictures)

    def remarks(self) -> list[str]:
        """How many works were chosen, and why others were not."""
        return self._remarks

    def close(self) -> None:
        """Close the connections; threads that wait for a picture stop."""
        self._client.close()


def open_nga(report: Report, **values: Any) -> NgaSource:
    """Open the source from the values of `NgaChoice`."""
    return NgaSource(NgaChoice(**values), report)


def _tables_in(opendata: str, client: PoliteClient, report: Report) -> Path:
    if urlsplit(opendata).scheme in ("http", "https"):
        return fetch_tables(opendata, client, report)
    folder = user_path(opendata)
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}, and it is not an http(s) address.")
    return tables_folder(folder)


def _choose(joined: JoinedTables, choice: NgaChoice) -> tuple[pd.DataFrame, list[str]]:
    works, left_out = joined.works, dict(joined.left_out)
    is_open = works["rights"] == OPEN
    if choice.starter:
        chosen = choose_starter(works)
        left_out["open access, but not in the starter set"] = int(is_open.sum()) - len(chosen)
    else:
        chosen = works if choice.all_rights else works[is_open]
    if choice.starter or not choice.all_rights:
        left_out |= {rights: int((works["rights"] == rights).sum()) for rights in (CLOSED, UNKNOWN)}
    name = works["classification"].iloc[0]
    if chosen.empty:
        raise SourceError(
            f"None of the {len(works):,} works of the classification {name} is open access. "
            "Use --all-rights to collect them for private study."
        )
    if choice.limit is not None and len(chosen) > choice.limit:
        left_out["beyond the limit"] = len(chosen) - choice.limit
        chosen = chosen.iloc[: choice.limit]
    remarks = [f"The tables have {joined.objects:,} objects; {len(chosen):,} of the classification {name} were chosen."]
    if why := ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count):
        remarks.append(f"Not chosen: {why}.")
    if joined.broken:
        remarks.append(f"{joined.broken:,} damaged lines of the tables were skipped.")
    return chosen.reset_index(drop=True), remarks


def _work(row: dict[str, Any], pictures: NgaPictures) -> SourceWork:
    width, height, iiif = row["image_width"], row["image_height"], row["iiif"]
    wanted = WantedPicture(iiif, width, height, row["largest_side"], row["version"])
    extra = {"nationality": row["nationality"], "part_of": row["part_of"], "iiif": iiif}
    sizes = {"iiif_width": width, "iiif_height": height}
    return SourceWork(
        read=partial(pictures.get, wanted),
        origin=iiif,
        source_url=f"{PAGE}{row['id']}",
        licence=LICENCES[row["rights"]],
        extra=extra | {name: None if side is None else str(side) for name, side in sizes.items()},
        **{name: row[name] for name in _SAME_COLUMNS},
    )
