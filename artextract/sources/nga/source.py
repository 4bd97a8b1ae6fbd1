"""Works of the National Gallery of Art as a source of a collection."""

import hashlib
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pandas as pd

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import user_path
from artextract.progress import Report, silent
from artextract.sources.base import Source, SourceWork, closed_on_error
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.canvases import CanvasImage
from artextract.sources.iiif.pictures import IiifPictures
from artextract.sources.iiif.services import ImageService
from artextract.sources.nga.joining import CLOSED, OPEN, UNKNOWN, join_tables
from artextract.sources.nga.tables import OPENDATA, fetch_tables, tables_folder
from artextract.work_table import first_term

NOTE = (
    "Works of the National Gallery of Art, Washington, from its open data. The tables are CC0; "
    "each work has the licence of its picture."
)
LICENCES = {
    OPEN: "CC0: the gallery's open-access image",
    CLOSED: "Not open access: for private study, all rights with their holders",
    UNKNOWN: "Rights unknown: the gallery's tables do not say whether the image is open access",
}
STARTER_COUNT = 200
PERIOD = 50  # Years
OF_ONE_ARTIST = 3  # Maximum number of works in the starter set
_SAME_COLUMNS = (
    *("id", "title", "artist", "date_text", "year_begin", "year_end", "medium", "classification"),
    *("credit", "style", "school", "theme", "description"),
)


class NgaSource(Source):
    """The works of one classification, or the starter set."""

    def __init__(
        self,
        classification: str = "Painting",
        limit: int | None = None,
        size: int = 640,
        opendata: str | None = None,
        all_rights: bool = False,
        starter: bool = False,
        report: Report = silent,
    ) -> None:
        """Fetch the tables if they are not on this computer, read them, and choose the works.

        The arguments are the options of `[nga]` in `sources.toml`; `report` receives the progress of fetching the
        tables. Raises SourceError if the tables are not available or not usable, or no work remains.
        """
        self.about = About("nga", "National Gallery of Art", NOTE)
        self._client = PoliteClient()
        with closed_on_error(self._client):
            self._pictures = IiifPictures(KeptPictures(self._client), size)
            place = opendata or OPENDATA
            if urlsplit(place).scheme in ("http", "https"):
                folder = fetch_tables(place, self._client, report)
            else:
                folder = tables_folder(user_path(place))
            self._choose(folder, classification, limit, all_rights and not starter, starter)

    def __len__(self) -> int:
        return len(self._works)

    def works(self) -> Iterator[SourceWork]:
        """The works by object id."""
        for values in self._works.astype(object).to_dict("records"):
            row: dict[str, Any] = {str(name): None if pd.isna(value) else value for name, value in values.items()}
            sides, iiif = (row["image_width"], row["image_height"]), row["iiif"]
            size = sides if all(sides) else None
            service = ImageService(iiif, version=2, level=2, size=size, largest=row["largest_side"])
            image = CanvasImage("", size, shown=size, service=service)
            extra = {"nationality": row["nationality"], "part_of": row["part_of"], "iiif": iiif}
            widths = zip(("iiif_width", "iiif_height"), sides, strict=True)
            yield SourceWork(
                read=partial(self._pictures.get, image, row["version"]),
                origin=iiif,
                source_url=f"https://www.nga.gov/artworks/{row['id']}",
                licence=LICENCES[row["rights"]],
                extra=extra | {name: None if side is None else str(side) for name, side in widths},
                **{name: row[name] for name in _SAME_COLUMNS},
            )

    def remarks(self) -> list[str]:
        """How many works were chosen, and why others were not."""
        return self._remarks

    def _choose(self, folder: Path, classification: str, limit: int | None, all_rights: bool, starter: bool) -> None:
        joined = join_tables(folder, classification)
        works, left_out = joined.works, dict(joined.left_out)
        rights = works["rights"].value_counts()
        chosen = choose_starter(works) if starter else works if all_rights else works[works["rights"] == OPEN]
        if starter:
            left_out["open access, but not in the starter set"] = int(rights.get(OPEN, 0)) - len(chosen)
        if not all_rights:
            left_out |= {right: int(rights.get(right, 0)) for right in (CLOSED, UNKNOWN)}
        name = works["classification"].iloc[0]
        if chosen.empty:
            raise SourceError(
                f"None of the {len(works):,} works of the classification {name} is open access. "
                "Use --all-rights to collect them for private study."
            )
        if limit is not None:
            left_out["beyond the limit"] = max(len(chosen) - limit, 0)
        self._works = chosen.iloc[:limit].reset_index(drop=True)
        self._remarks = [
            f"The tables have {joined.objects:,} objects; {len(self._works):,} of the classification {name} were "
            "chosen."
        ]
        if why := ", ".join(f"{count:,} {reason}" for reason, count in left_out.items() if count):
            self._remarks.append(f"Not chosen: {why}.")
        if joined.broken:
            self._remarks.append(f"{joined.broken:,} damaged lines of the tables were skipped.")


def choose_starter(works: pd.DataFrame, count: int = STARTER_COUNT) -> pd.DataFrame:
    """`count` works of `JoinedTables.works` that are open access, or all, in the order of the table.

    The works are from many periods, schools and subjects: each time, the work is chosen whose period, school and
    subject were chosen least so far. A fixed hash of the id breaks ties, so the same tables give the same works.
    """
    able = works[works["rights"] == OPEN].reset_index(drop=True)
    school = first_term(able["school"]).where(able["school"].notna(), able["nationality"])
    columns = (able["year_end"] // PERIOD, school, first_term(able["theme"]))
    groups = [pd.factorize(column, sort=True)[0] + 1 for column in columns]  # 0 for a missing value
    artist = pd.factorize(able["artist"].where(able["artist"].notna(), able["id"]))[0]
    digests = (hashlib.sha256(work.encode()).digest() for work in able["id"])
    tie = np.array([int.from_bytes(digest[:6], "big") / 2**48 for digest in digests])
    taken = np.zeros(len(able), dtype=bool)
    counts = [np.zeros(codes.max(initial=0) + 1) for codes in groups]
    of_artist = np.zeros(artist.max(initial=0) + 1)
    for _ in range(min(count, len(able))):
        # A missing value adds no variety: it counts as a crowded group.
        load = sum(
            np.where(codes > 0, seen[codes] / max(seen.mean(), 1.0), 2.0)
            for codes, seen in zip(groups, counts, strict=True)
        )
        load = load + 100.0 * (of_artist[artist] >= OF_ONE_ARTIST) + tie * 0.5
        load[taken] = np.inf
        chosen = int(np.argmin(load))
        taken[chosen] = True
        of_artist[artist[chosen]] += 1
        for codes, seen in zip(groups, counts, strict=True):
            seen[codes[chosen]] += 1
    return able[taken].reset_index(drop=True)
