"""The sources of works, as `sources.toml` lists them.

The commands `artextract collect …`, the forms of the Collections screen and their jobs are made from
this list. To add a source, write a class as in `artextract.sources.base`, add it to the list, and describe the
source in `docs/collections.md`. A new host for downloads also belongs in
`settings.GALLERY_HOSTS`, and a new name of a free licence in `artextract/metadata/rights.py`.
"""

import pkgutil
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from artextract.errors import SourceError
from artextract.files import user_path
from artextract.progress import Report, silent

if TYPE_CHECKING:
    from artextract.sources.base import Source

FREE_ONLY = "free_only"  # A value that every source takes: whether only CC0 and public domain works are wanted


@dataclass(frozen=True)
class SourceOption:
    """A value that a source needs."""

    name: str  # On the command line
    label: str  # In the form
    help: str
    kind: Literal["str", "int", "bool", "path"] = "str"  # A number is 1 or more
    default: Any = None
    required: bool = False
    positional: bool = False  # Whether the command takes the value without the option's name
    many: bool = False  # Whether the value is a list of texts: one per line in a form
    choices: Sequence[Any] = ()  # Values that the form offers; the command line takes others too
    example: str = ""  # What the form shows in an empty field
    shortcut: str = ""  # Label of a button that adds the source with this switch alone; the form has no field for it


@dataclass(frozen=True)
class SourceEntry:
    """A source: its names, the values it needs, and how to open it."""

    name: str  # On the command line
    label: str
    help: str
    options: tuple[SourceOption, ...]
    factory: str  # The class or function that opens the source with the values by name: "module:name"
    collection: str = ""  # The usual name of the collection; empty if the user must choose one
    fetches: bool = False
    """Whether opening the source fetches files: only a job may open it, and the factory takes a `report`."""

    def open(self, values: Mapping[str, Any], report: Report = silent) -> "Source":
        """Open the source with values by the name of the option, or `FREE_ONLY`; `report` receives what is fetched.

        Raises SourceError if a required value is missing, or the source cannot be read.
        """
        complete: dict[str, Any] = {}
        for option in self.options:
            value = values.get(option.name, option.default)
            if option.many:
                lines = value.splitlines() if isinstance(value, str) else value or []
                value = [line.strip() for line in lines if line.strip()] or option.default
            elif isinstance(value, str):
                value = value.strip() or option.default
            if value is None and option.required:
                raise SourceError(f"Enter a value for “{option.label}”.")
            complete[option.name] = user_path(value) if option.kind == "path" and value else value
        if self.fetches:
            complete["report"] = report
        source: Source = pkgutil.resolve_name(self.factory)(**complete)
        if values.get(FREE_ONLY):
            from artextract.sources.base import FreeWorks

            return FreeWorks(source)
        return source


def _read_sources() -> Iterator[SourceEntry]:
    entries = tomllib.loads((files(__package__) / "sources.toml").read_text("utf-8"))
    common = entries.pop("common")
    for name, entry in entries.items():
        options = entry.pop("options", {}).items()
        entry["options"] = tuple(SourceOption(option, **common.get(option, {}) | said) for option, said in options)
        yield SourceEntry(name, **entry)


SOURCES = {entry.name: entry for entry in _read_sources()}  # By name, in the order of the Collections screen
