"""The label lists of the ArtGAN "WikiArt refined" data set.

    Style/style_{train,val}.csv    Style/style_class.txt
    Genre/genre_{train,val}.csv    Genre/genre_class      (a class file's suffix varies)
    Artist/artist_{train,val}      Artist/artist_class

A line of a list is `path,class` or `path,,class`; the artist lists begin with a header line. A line
of a class file is `index name`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from artextract.errors import SourceError
from artextract.files import read_regular_text
from artextract.sources.names import repair_letters

ATTRIBUTES = ("style", "genre", "artist")
SPLITS = ("train", "val")

_LINE = re.compile(r"(?P<path>.*?),+\s*(?P<index>\d+)\s*")
_HEADER = "(Path to image)"


@dataclass(frozen=True)
class Labels:
    """The lists of an attribute."""

    classes: tuple[str, ...]  # Names by class index, as in the class file ("Abstract_Expressionism")
    listed: dict[str, tuple[str, int]]  # `image_key` of an image → its split and class index


def image_key(path: str) -> str:
    """The key of an image's `Style/artist_title.jpg`: repaired letters, one case."""
    return repair_letters(path).casefold()


def read_labels(folder: Path) -> dict[str, Labels]:
    """The lists of each attribute that `folder` has.

    Raises:
        SourceError: the folder has no lists, or a file is wrong; the sentence names file and line.
    """
    if not folder.is_dir():
        raise SourceError(f"There is no folder {folder}. Choose the folder of the label lists.")
    folders = {attribute: folder / attribute.capitalize() for attribute in ATTRIBUTES}
    labels = {attribute: _read_attribute(lists, attribute) for attribute, lists in folders.items() if lists.is_dir()}
    if not labels:
        raise SourceError(f"{folder} has no folder Style, Genre or Artist. Choose the folder of the label lists.")
    return labels


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
                raise SourceError(f"{file}, line {number}: the class file has no class {index}.")
            listed.setdefault(image_key(_unquoted(match["path"].strip())), (split, index))
    return Labels(classes, listed)


def _only(folder: Path, stem: str) -> Path:
    """The file called `stem`, with any suffix."""
    for file in sorted(folder.glob(f"{stem}*")):
        if file.stem == stem:
            return file
    raise SourceError(f"{folder} has no file {stem}, which belongs to the ArtGAN label lists.")


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
        raise SourceError(f"{file}: the class numbers must count from 0 without a gap.")
    return tuple(names[index] for index in range(len(names)))


def _lines(file: Path) -> list[str]:
    try:
        return read_regular_text(file, "utf-8-sig", "surrogateescape").splitlines()
    except OSError as error:
        raise SourceError(f"{file} can't be read ({error.strerror}).") from error


def _unquoted(path: str) -> str:
    if len(path) > 1 and path[0] == path[-1] == '"':
        return path[1:-1].replace('""', '"')
    return path
