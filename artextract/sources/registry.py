"""The sources of works, one row each.

The commands `artextract collect …`, the forms of the Collections screen and their jobs are made from
this table. To add a source, write a class as in `artextract.sources.base`, add a row, and describe the
source in `docs/collections.md`. A new host for downloads also belongs in
`settings.GALLERY_HOSTS`, and a new name of a free licence in `artextract/metadata/rights.py`.
"""

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artextract.errors import SourceError
from artextract.progress import Report, silent

if TYPE_CHECKING:
    from artextract.sources.base import Source


@dataclass(frozen=True)
class SourceOption:
    """A value that a source needs."""

    name: str  # On the command line
    label: str  # In the form
    help: str
    kind: type = str  # `Path`, `str`, `int` or `bool`
    default: Any = None
    required: bool = False
    positional: bool = False  # Whether the command takes the value without the option's name
    many: bool = False  # Whether the value is a list of texts: one per line in a form
    least: int | None = None
    choices: tuple[Any, ...] = ()  # Values that the form offers; the command line takes others too
    example: str = ""  # What the form shows in an empty field
    shortcut: str = ""  # Label of a button that adds the source with this switch alone; the form has no field for it


@dataclass(frozen=True)
class SourceEntry:
    """A source: its names, the values it needs, and how to open it."""

    name: str  # On the command line
    label: str
    help: str
    collection: str  # The usual name of the collection; empty if the person must choose one
    options: tuple[SourceOption, ...]
    factory: str  # The class or function that opens the source with the values by name: "module:name"
    fetches: bool = False
    """Whether opening the source fetches files: only a job may open it, and the factory takes a `report`."""

    def open(self, values: Mapping[str, Any], report: Report = silent) -> "Source":
        """Open the source.

        Args:
            values: by the name of the option; text may be empty or surrounded by spaces.
            report: receives the progress of what is fetched.

        Raises:
            SourceError: a required value is missing, or the source cannot be read.
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
            complete[option.name] = Path(value).expanduser() if option.kind is Path and value else value
        if self.fetches:
            complete["report"] = report
        source: Source = pkgutil.resolve_name(self.factory)(**complete)
        return source


_CLASSIFICATIONS = ("Painting", "Drawing", "Print", "Photograph", "Sculpture", "Decorative Art")
_NGA_OPTIONS = (
    SourceOption("classification", "Classification", "The kind of works.", str, "Painting", choices=_CLASSIFICATIONS),
    SourceOption(
        "limit",
        "Maximum number of works",
        "Works with the lowest object IDs are collected first.",
        int,
        least=1,
        example="all",
    ),
    SourceOption("size", "Picture size, px", "Long side of the pictures.", int, 640, choices=(320, 640, 1024, 2048)),
    SourceOption(
        "opendata",
        "Tables (optional)",
        "Folder or web address of the gallery's CSV tables.",
        example="default: the gallery's published tables",
    ),
    SourceOption(
        "all_rights",
        "Include works that are not open access (private study only)",
        "Include works that are not open access, or whose rights are unknown (private study only).",
        bool,
        False,
    ),
    SourceOption(
        "starter",
        "Starter set",
        "Collect 200 open-access works from many periods, schools and subjects. Takes a few minutes.",
        bool,
        False,
        shortcut="Get the starter set: 200 paintings",
    ),
)
_COLUMN = SourceOption(
    "column",
    "Meaning of columns (optional)",
    "Which column of the table becomes a column of works, such as style=keywords. “style=” leaves style empty.",
    many=True,
    default=(),
    example="style=keywords",
)
_FOLDER_OPTIONS = (
    SourceOption(
        "folder",
        "Folder",
        "A folder on the computer that runs ArtExtract. Subfolders are included.",
        Path,
        required=True,
        positional=True,
        example="/home/me/pictures/gallery",
    ),
    SourceOption(
        "metadata",
        "Metadata table (optional)",
        "A table (CSV, XLSX, JSON, Parquet …) with a column of file names.",
        Path,
        example="/home/me/pictures/gallery.csv",
    ),
    _COLUMN,
)
_TABLE_OPTIONS = (
    SourceOption(
        "file",
        "Table",
        "A table of works: the path or the web address of a CSV, TSV, XLSX, ODS, JSON, JSON Lines or Parquet file, "
        "or a folder with one JSON per work.",
        required=True,
        positional=True,
        example="/home/me/artworks.csv",
    ),
    SourceOption(
        "picture",
        "Column with the pictures (optional)",
        "The column with the addresses, paths or file names of the pictures. Default: detected from the values.",
        example="detected from the values",
    ),
    _COLUMN,
    SourceOption(
        "preset",
        "Preset (optional)",
        "The museum or tool that made the table. Default: detected from the header; “none” turns this off.",
        example="detected from the header",
    ),
    SourceOption(
        "limit", "Maximum number of works", "The first works with a picture are collected.", int, least=1, example="all"
    ),
    SourceOption(
        "size",
        "Picture size, px",
        "Long side of the pictures, for servers that can scale. Other pictures keep their size.",
        int,
        640,
        choices=(320, 640, 1024, 2048),
    ),
)
_WIKIART_OPTIONS = (
    SourceOption("images", "Images", "Folder that contains <Style>/<artist>_<title>.jpg.", Path, required=True),
    SourceOption("labels", "Label lists", "Folder that contains Style, Genre and Artist.", Path, required=True),
)
_IIIF_OPTIONS = (
    SourceOption(
        "addresses",
        "Addresses",
        "Addresses or files of IIIF manifests, Collections or images, or of lists of addresses.",
        required=True,
        positional=True,
        many=True,
        example="https://iiif.harvardartmuseums.org/manifests/object/299843",
    ),
    SourceOption(
        "each",
        "What is a work",
        "canvas: each picture of a manifest is a work. manifest: only its first picture is. Default: canvas for a "
        "manifest given alone, manifest for those in a Collection or list.",
        example="canvas or manifest; default: depends on what you give",
    ),
    SourceOption(
        "limit",
        "Maximum number of works",
        "Required for more than 5,000 works. The first works are collected.",
        int,
        least=1,
        example="all",
    ),
    SourceOption("size", "Picture size, px", "Long side of the pictures.", int, 640, choices=(320, 640, 1024, 2048)),
)
_HUGGING_FACE_OPTIONS = (
    SourceOption(
        "repository",
        "Data set",
        "Owner and name of the data set on the hub, or its address. HF_TOKEN gives access to gated data sets.",
        required=True,
        positional=True,
        example="huggan/wikiart",
    ),
    SourceOption(
        "split", "Split", "The part of the data set.", default="train", choices=("train", "validation", "test")
    ),
    SourceOption("image", "Picture column (optional)", "The column with the pictures, or with their addresses."),
    _COLUMN,
    SourceOption("limit", "Maximum number of works", "The first rows are collected.", int, 2000, least=1),
)
_ENTRIES = (
    SourceEntry(
        "nga",
        "National Gallery of Art",
        "Works of the National Gallery of Art, Washington, from its open data and image server.",
        "nga",
        _NGA_OPTIONS,
        "artextract.sources.nga.source:open_nga",
        fetches=True,
    ),
    SourceEntry(
        "folder",
        "Folder of pictures",
        "The pictures in a folder and its subfolders, with an optional table of metadata.",
        "",
        _FOLDER_OPTIONS,
        "artextract.sources.folder:FolderSource",
    ),
    SourceEntry(
        "table",
        "Table of works",
        "The works of a table whose pictures are on the web, or in files beside the table.",
        "",
        _TABLE_OPTIONS,
        "artextract.sources.tables.source:TableSource",
        fetches=True,
    ),
    SourceEntry(
        "iiif",
        "IIIF manifest or Collection",
        "Works of IIIF manifests and Collections of any museum or library.",
        "",
        _IIIF_OPTIONS,
        "artextract.sources.iiif.source:IiifSource",
        fetches=True,
    ),
    SourceEntry(
        "wikiart",
        "WikiArt (ArtGAN)",
        "A copy of the ArtGAN WikiArt data set, complete or partial, for non-commercial research only.",
        "wikiart",
        _WIKIART_OPTIONS,
        "artextract.sources.wikiart:WikiArtSource",
    ),
    SourceEntry(
        "hf",
        "Hugging Face data set",
        "The first works of a data set of the Hugging Face hub.",
        "",
        _HUGGING_FACE_OPTIONS,
        "artextract.sources.hugging_face.source:HuggingFaceSource",
        fetches=True,
    ),
    SourceEntry(
        "demo",
        "Demo",
        "300 generated pictures in five styles, to try the program.",
        "demo",
        (),
        "artextract.sources.demo:DemoSource",
    ),
)
SOURCES = {entry.name: entry for entry in _ENTRIES}  # The sources by name, in the order of the Collections screen
