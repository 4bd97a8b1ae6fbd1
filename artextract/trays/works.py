"""What lies in a tray, as its collections have it now; what has gone keeps its name."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError, CollectionError
from artextract.trays.tray import Item, Laid
from artextract.work_table import display_date


@dataclass(frozen=True)
class Held:
    """An item of a tray and its work."""

    item: Item
    row: dict[str, Any]
    """Of the collection's work table; {} if the work has gone."""
    picture: Path | None
    """The picture's file as it came; None if the work has gone."""
    gone: str = ""
    """A sentence where the work isn't to be had any more."""

    def told(self, column: str) -> str:
        """What the work table says; "" where it says nothing."""
        value = self.row.get(column)
        return "" if value is None or pd.isna(value) else str(value)

    @property
    def title(self) -> str:
        """As its collection has it now, or had it; "Untitled" without one."""
        return self.told("title") or self.item.title or "Untitled"

    @property
    def artist(self) -> str:
        """Likewise; "" if nobody is named."""
        return self.told("artist") if self.row else self.item.artist

    @property
    def date(self) -> str:
        """Likewise, in words."""
        return (display_date(self.row) or "") if self.row else self.item.date

    @property
    def label(self) -> str:
        """ "Title — artist, date", of which what is known."""
        made = ", ".join(part for part in (self.artist, self.date) if part)
        return f"{self.title} — {made}" if made else self.title

    @property
    def page(self) -> str:
        """The address of the source's page of the work; "" if there is none."""
        address = self.told("source_url")
        return address if address.startswith(("https://", "http://")) else ""


def to_lay(collection: str, works: Sequence[str]) -> list[Laid]:
    """Works of a collection, ready to be laid into a tray, in that order.

    Raises:
        CollectionError: there is no such collection, or it hasn't one of the works.
    """
    rows = _rows(Collection.open(collection), works)
    if absent := [work for work in works if work not in rows]:
        raise CollectionError(f"{collection} has no work {absent[0]!r}.")
    return [
        Laid(
            collection=collection,
            work=work,
            title=_text(rows[work]["title"]),
            artist=_text(rows[work]["artist"]),
            date=display_date(rows[work]) or "",
        )
        for work in works
    ]


def held(items: Iterable[Item]) -> list[Held]:
    """The items with their works, in the same order."""
    items = list(items)
    collections: dict[str, Collection] = {}
    rows: dict[str, dict[str, dict[str, Any]]] = {}
    sentences: dict[str, str] = {}
    for name in {item.collection for item in items}:
        try:
            collections[name] = Collection.open(name)
            works = [item.work for item in items if item.collection == name]
            rows[name] = _rows(collections[name], works)
        except ArtExtractError as error:
            sentences[name] = f"This work is not to be had here now. {error}"
    return [_held(item, collections.get(item.collection), rows, sentences.get(item.collection, "")) for item in items]


def _held(
    item: Item,
    collection: Collection | None,
    rows: dict[str, dict[str, dict[str, Any]]],
    sentence: str,
) -> Held:
    row = rows.get(item.collection, {}).get(item.work)
    if collection is None or row is None:
        gone = sentence or f"This work has gone from the collection {item.collection}."
        return Held(item, {}, None, gone)
    try:
        return Held(item, row, collection.image_path(str(row["image"])))
    except ArtExtractError as error:
        return Held(item, {}, None, f"This work is not to be had here now. {error}")


def _rows(collection: Collection, works: Sequence[str]) -> dict[str, dict[str, Any]]:
    table = collection.rows(works).astype(object).to_dict("records")
    return {str(row["id"]): {str(name): value for name, value in row.items()} for row in table}


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]
