"""Presets: how to read the tables of particular museums, as dated data files in the folder `presets`."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

from artextract.errors import SourceError
from artextract.sources.tables.cells import Table
from artextract.sources.tables.columns import fold

NO_PRESET = "none"  # The choice of no preset
_FIELD = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Preset:
    """How to read the tables of a museum."""

    name: str = ""
    written: date = date.min  # From the museum's documentation and sample rows; its servers may have changed since
    known_by: list[list[str]] = field(default_factory=list)  # A table with all columns of one of these is recognised
    picture: list[str] = field(default_factory=list)  # Columns that name the picture, the best first
    template: str = ""  # Otherwise the address of the picture, with {column}
    api: str = ""  # Otherwise the address of a JSON document for each work, with {column}
    api_picture: list[str] = field(default_factory=list)  # Fields of that JSON that name the picture, the best first
    only: dict[str, str] = field(default_factory=dict)  # Column → value of the works that have a picture
    unknown: str = ""  # Pattern of values that mean unknown
    hosts: list[str] = field(default_factory=list)  # Hosts of the pictures
    pause: float = 0.0  # Seconds between two requests to one of the hosts
    note: str = ""  # What the user must know before anything is fetched
    columns: dict[str, list[str]] = field(default_factory=dict)  # Works' column → table's, best first; [] is none
    licence: dict[str, Any] = field(default_factory=dict)
    """`from`: the column; `map`: its values → licences (without a map, all values are kept);
    `otherwise`: the licence of other works."""

    def fits(self, table: Table) -> bool:
        """Whether a table comes from this museum."""
        has = set(map(fold, table.columns))
        return any(has.issuperset(map(fold, names)) for names in self.known_by)

    def cleaned(self, table: Table) -> Table:
        """The table without the values that mean unknown."""
        if not self.unknown:
            return table
        is_unknown = re.compile(self.unknown).fullmatch
        rows = [{name: value for name, value in row.items() if not is_unknown(value)} for row in table.rows]
        return Table(table.columns, rows, table.remarks)

    def chosen_columns(self, table: Table) -> dict[str, str]:
        """Column of works → column of the table; "" where works have none."""
        chosen = {"licence": ""} if self.licence else {}
        for ours, names in self.columns.items():
            if (found := present(table, names)) or not names:
                chosen[ours] = found[0] if found else ""
        return chosen

    def licence_of(self, table: Table, row: Mapping[str, str]) -> str | None:
        """The licence of the picture of a row; None if the preset does not say."""
        source = present(table, [self.licence.get("from", "")])
        value = row.get(source[0], "") if source else ""
        known: dict[str, str] = self.licence.get("map", {})
        if known:
            value = next((text for key, text in known.items() if key.casefold() == value.casefold()), "")
        return value or self.licence.get("otherwise")

    def address(self, table: Table, row: Mapping[str, str]) -> str:
        """The address that the template or the API has for a row; "" without one."""
        for name, value in self.only.items():
            if any(row.get(column, "").casefold() != value.casefold() for column in present(table, [name])):
                return ""
        pattern = self.template or self.api
        values = {name: row.get(column, "") for name in _FIELD.findall(pattern) for column in present(table, [name])}
        complete = all(values.get(name) for name in _FIELD.findall(pattern))
        return _FIELD.sub(lambda match: values[match[1]], pattern) if pattern and complete else ""


def present(table: Table, names: Sequence[str]) -> list[str]:
    """The columns of a table that have one of the names, in any spelling, in the order of the names."""
    by_fold = {fold(column): column for column in reversed(table.columns)}
    return [by_fold[fold(name)] for name in names if name and fold(name) in by_fold]


def read_presets() -> dict[str, Preset]:
    """All presets by their ids."""
    found = sorted((files(__package__) / "presets").iterdir(), key=lambda file: file.name)
    return {file.name.removesuffix(".toml"): Preset(**tomllib.loads(file.read_text("utf-8"))) for file in found}


def choose_preset(table: Table, wanted: str | None) -> Preset:
    """The preset that a person named, or the one that recognises the table; an empty one if there is none.

    Raises SourceError if there is no preset of that name.
    """
    presets = read_presets()
    if wanted and wanted not in {*presets, NO_PRESET}:
        raise SourceError(f"There is no preset {wanted!r}. Choose one of {', '.join(presets)}, or {NO_PRESET}.")
    if wanted:
        return presets.get(wanted, Preset())
    return next((preset for preset in presets.values() if preset.fits(table)), Preset())
