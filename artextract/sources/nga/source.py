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
from artextract.progress import Report, silent
from artextract.sources.base import SourceWork
from artextract.sources.nga.joining import CLOSED, OPEN, UNKNOWN, Joined, join_tables
from artextract.sources.nga.pictures import LARGEST_SIDE, Pictures, Wanted
from artextract.sources.nga.starter import choose_starter
from artextract.sources.nga.tables import OPENDATA, fetch_tables, tables_folder
from artextract.sources.polite_client import PoliteClient

NGA_NAME = "nga"
NOTE = (
    "Works of the National Gallery of Art, Washington, from its open data. Its tables are CC0; "
    "each work says whether its picture is."
)
LICENCES = {
    OPEN: "CC0: the gallery's open-access image",
    CLOSED: "Not open access: for private study, all rights with their holders",
    UNKNOWN: "Rights unknown: the gallery's tables don't say whether the image is open access",
}
PAGE = "https://www.nga.gov/artworks/"


@dataclass(frozen=True)
class NgaChoice:
    """Which of the gallery's works, and how large."""

    classification: str = "Painting"
    """As the gallery has it, in any case."""
    limit: int | None = None
    """Works at the most, the lowest object ids first."""
    size: int = 640
    """Long side of the pictures, px."""
    opendata: str | None = None
    """A folder of the tables, or an http(s) address; None is the gallery's own."""
    all_rights: bool = False
    """Also the works that are not open access, or of which the tables don't say."""
    starter: bool = False
    """Only the starter set."""


class NgaSource:
    """The works of one classification, or the starter set."""

    def __init__(self, choice: NgaChoice, report: Report = silent) -> None:
        """Read the tables, fetched where they are not on this computer, and choose the works.

        Args:
            choice: which works.
            report: told of the progress.

        Raises:
            SourceError: the tables can't be had or used, or no work is left.
        """
        if not 64 <= choice.size <= LARGEST_SIDE:
            raise SourceError(f"Pictures have a long side of 64 to {LARGEST_SIDE} px, not {choice.size}.")
        self.about = About(NGA_NAME, "National Gallery of Art", NOTE)
        self._client = PoliteClient()
        self._pictures = Pictures(self._client, choice.size)
        try:
            folder = _folder_of(choice.opendata or OPENDATA, self._client, report)
            joined = join_tables(folder, choice.classification)
            self._works, self._remarks = _choose(joined, choice)
        except BaseException:
            self._client.close()
            raise

    def __len__(self) -> int:
        return len(self._works)

    def works(self) -> Iterator[SourceWork]:
        """The works by object id."""
        for row in self._works.astype(object).to_dict("records"):
            yield _work({str(k): None if pd.isna(v) else v for k, v in row.items()}, self._pictures)

    def remarks(self) -> list[str]:
        """What was chosen, and why the rest was not."""
        return self._remarks

    def close(self) -> None:
        """Let go of the connections; who waits for a picture stops waiting."""
        self._client.close()


def _folder_of(opendata: str, client: PoliteClient, report: Report) -> Path:
    if urlsplit(opendata).scheme in ("http", "https"):
        return fetch_tables(opendata, client, report)
    folder = Path(opendata).expanduser()
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}, and it isn't an http(s) address.")
    return tables_folder(folder)


def _choose(joined: Joined, choice: NgaChoice) -> tuple[pd.DataFrame, list[str]]:
    works, left_out = joined.works, dict(joined.left_out)
    name = str(works["classification"].iloc[0])
    remarks = []
    if choice.starter:
        chosen = choose_starter(works)
        left_out["open access, but not in the starter set"] = int((works["rights"] == OPEN).sum()) - len(chosen)
    elif choice.all_rights:
        chosen = works
    else:
        chosen = works[works["rights"] == OPEN]
    if choice.starter or not choice.all_rights:
        for rights in (CLOSED, UNKNOWN):
            left_out[rights] = int((works["rights"] == rights).sum())
    if chosen.empty:
        raise SourceError(
            f"None of the {len(works):,} works of the classification {name} is open access by "
            "these tables; --all-rights takes them for private study."
        )
    if choice.limit is not None and len(chosen) > choice.limit:
        left_out["beyond the limit"] = len(chosen) - choice.limit
        chosen = chosen.iloc[: choice.limit]
    remarks.append(f"Of {joined.objects:,} objects, {len(chosen):,} works of the classification {name} were chosen.")
    if why := ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count):
        remarks.append(f"Not chosen: {why}.")
    if joined.broken:
        remarks.append(f"{joined.broken:,} lines of the tables can't be read and were passed over.")
    return chosen.reset_index(drop=True), remarks


def _work(row: dict[str, Any], pictures: Pictures) -> SourceWork:
    wanted = Wanted(
        iiif=row["iiif"],
        width=row["image_width"],
        height=row["image_height"],
        largest_side=row["largest_side"],
        version=row["version"],
    )
    return SourceWork(
        id=row["id"],
        read=partial(pictures.get, wanted),
        origin=row["iiif"],
        title=row["title"],
        artist=row["artist"],
        date_text=row["date_text"],
        year_begin=row["year_begin"],
        year_end=row["year_end"],
        medium=row["medium"],
        classification=row["classification"],
        source_url=f"{PAGE}{row['id']}",
        licence=LICENCES[row["rights"]],
        credit=row["credit"],
        style=row["style"],
        school=row["school"],
        theme=row["theme"],
        description=row["description"],
        extra={
            "nationality": row["nationality"],
            "part_of": row["part_of"],
            "iiif": row["iiif"],
            "iiif_width": _text(row["image_width"]),
            "iiif_height": _text(row["image_height"]),
        },
    )


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)
