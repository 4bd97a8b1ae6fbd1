"""The label lists of the ArtGAN "WikiArt refined" data set, with the quirks of its real files.

    Style/style_{train,val}.csv    Style/style_class.txt
    Genre/genre_{train,val}.csv    Genre/genre_class      (a class file's suffix varies)
    Artist/artist_{train,val}      Artist/artist_class

A list's line is `path,class` or `path,,class`; the artist lists begin with a header line. A class
file's line is `index name`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.sources.names_and_years import repair_letters

ATTRIBUTES = ("style", "genre", "artist")
SPLITS = ("train", "val")

_LINE = re.compile(r"(?P<path>.*?),+\s*(?P<index>\d+)\s*")
_HEADER = "(Path to image)"


@dataclass(frozen=True)
class Labels:
    """One attribute's lists."""

    classes: tuple[str, ...]
    """Names by class index, as the class file has them ("Abstract_Expressionism")."""
    listed: dict[str, tuple[str, int]]
    """Key of an image (`image_key` of its `Style/file`) → its split and class index."""


def image_key(path: str) -> str:
    """What an image's `Style/artist_title.jpg` is matched by: mended letters, one case."""
    return repair_letters(path).casefold()


def read_labels(folder: Path) -> dict[str, Labels]:
    """The lists of each attribute that `folder` has.

    Raises:
        SourceError: it has none, or a list or class file isn't what it should be; the sentence
            names the file and the line.
    """
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}: name the folder of the label lists.")
    found = {}
    for attribute in ATTRIBUTES:
        lists = folder / attribute.capitalize()
        if lists.is_dir():
            found[attribute] = _read_attribute(lists, attribute)
    if not found:
        raise SourceError(
            f"{folder} has none of the folders Style, Genre and Artist: name the folder that "
            "holds the ArtGAN label lists."
        )
    return found


def _read_attribute(folder: Path, attribute: str) -> Labels:
    classes = _read_classes(_only(folder, f"{attribute}_class"))
    listed: dict[str, tuple[str, int]] = {}
    for split in SPLITS:
        file = _only(folder, f"{attribute}_{split}")
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip() or (number == 1 and line.startswith(_HEADER)):
                continue
            match = _LINE.fullmatch(line)
            if match is None:
                raise SourceError(f"{file}, line {number}: {line[:60]!r} is not `path,class`.")
            index = int(match["index"])
            if index >= len(classes):
                raise SourceError(
                    f"{file}, line {number}: class {index} is not in the class file, which has 0 to {len(classes) - 1}."
                )
            listed.setdefault(image_key(_unquoted(match["path"].strip())), (split, index))
    return Labels(classes, listed)


def _only(folder: Path, stem: str) -> Path:
    """The file called `stem`, with whatever suffix."""
    for file in sorted(folder.glob(f"{stem}*")):
        if file.stem == stem:
            return file
    raise SourceError(f"{folder} has no file {stem}: it belongs to the ArtGAN label lists.")


def _read_classes(file: Path) -> tuple[str, ...]:
    names: dict[int, str] = {}
    for number, line in enumerate(_lines(file), start=1):
        if not line.strip():
            continue
        index, _, name = line.strip().partition(" ")
        if not index.isdigit() or not name:
            raise SourceError(f"{file}, line {number}: {line[:60]!r} is not `index name`.")
        names[int(index)] = name.strip()
    if sorted(names) != list(range(len(names))) or not names:
        raise SourceError(f"{file}: the class numbers must run from 0 without a gap.")
    return tuple(names[index] for index in range(len(names)))


def _lines(file: Path) -> list[str]:
    try:
        return read_regular_text(file, "utf-8-sig", "surrogateescape").splitlines()
    except OSError as error:
        raise SourceError(f"{file} can't be read ({error.strerror}): check the file.") from error


def _unquoted(path: str) -> str:
    if len(path) > 1 and path[0] == path[-1] == '"':
        return path[1:-1].replace('""', '"')
    return path
