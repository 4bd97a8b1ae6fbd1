"""The works of a tray as their collections have them now. A work that is gone keeps its title."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from artextract.collection import Collection
from artextract.errors import ArtExtractError, CollectionError
from artextract.sources.fetching.addresses import is_link
from artextract.trays.store import TrayItem, WorkRef
from artextract.work_table import display_date


@dataclass(frozen=True)
class ResolvedItem:
    """An item of a tray and its work."""

    item: TrayItem
    row: dict[Any, Any]  # The work's row in the collection's table; {} if the work is gone
    picture: Path | None  # The original picture file; None if the work is gone
    gone: str = ""  # A sentence that says why the work is not available; "" if it is

    def value(self, column: str) -> str:
        """A value of the work's row; "" if it is missing."""
        value = self.row.get(column)
        return "" if value is None or pd.isna(value) else str(value)

    @property
    def title(self) -> str:
        """The title now, or the one when the work was added; "Untitled" without one."""
        return self.value("title") or self.item.title or "Untitled"

    @property
    def artist(self) -> str:
        """The artist now, or the one when the work was added; "" if unknown."""
        return self.value("artist") if self.row else self.item.artist

    @property
    def date(self) -> str:
        """The date in words, now or when the work was added; "" if unknown."""
        return (display_date(self.row) or "") if self.row else self.item.date

    @property
    def artist_and_date(self) -> str:
        """ "Artist, date", as far as they are known."""
        return ", ".join(part for part in (self.artist, self.date) if part)

    @property
    def label(self) -> str:
        """ "Title — artist, date", as far as they are known."""
        return f"{self.title} — {self.artist_and_date}" if self.artist_and_date else self.title

    @property
    def page(self) -> str:
        """The web address of the work at its source; "" if it is unknown or not public."""
        address = self.value("source_url")
        return address if is_link(address) else ""


def tray_items(collection: str, works: Sequence[str]) -> list[TrayItem]:
    """Works of a collection as items for a tray, in the same order; CollectionError if it lacks one of them."""
    resolved = resolve([TrayItem(collection, work, "") for work in works])
    if gone := [item.gone for item in resolved if item.gone]:
        raise CollectionError(gone[0])
    return [TrayItem(*item.item.ref, item.value("title"), item.artist, item.date) for item in resolved]


def resolve(items: Sequence[TrayItem]) -> list[ResolvedItem]:
    """The items with their works, in the same order."""
    resolved: dict[WorkRef, ResolvedItem] = {}
    for name in {item.collection for item in items}:
        members = [item for item in items if item.collection == name]
        try:
            collection = Collection.open(name)
            table = collection.rows([item.work for item in members]).astype(object)
            rows: dict[str, dict[Any, Any]] = {str(row["id"]): row for row in table.to_dict("records")}
        except ArtExtractError as error:
            resolved |= {item.ref: ResolvedItem(item, {}, None, str(error)) for item in members}
        else:
            resolved |= {item.ref: _resolve(item, collection, rows.get(item.work)) for item in members}
    return [resolved[item.ref] for item in items]


def _resolve(item: TrayItem, collection: Collection, row: dict[Any, Any] | None) -> ResolvedItem:
    if row is None:
        return ResolvedItem(item, {}, None, f"The collection {collection.name} does not contain the work {item.work}.")
    try:
        return ResolvedItem(item, row, collection.image_path(str(row["image"])))
    except ArtExtractError as error:
        return ResolvedItem(item, {}, None, str(error))
