"""Works from a copy of the ArtGAN "WikiArt refined" images, whole or partial, with their labels.

    Style/style_{train,val}.csv    Style/style_class.txt
    Genre/genre_{train,val}.csv    Genre/genre_class      (a class file's suffix varies)
    Artist/artist_{train,val}      Artist/artist_class

A line of a list is `path,class` or `path,,class`; the artist lists begin with a header line. A line
of a class file is `index name`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from artextract.collection import About
from artextract.errors import SourceError
from artextract.files import read_regular, read_regular_text
from artextract.sources.base import Source, SourceWork, path_text
from artextract.sources.names import person_from_slug, repair_letters, title_from_slug

ATTRIBUTES = ("style", "genre", "artist")
SPLITS = ("train", "val")

_LINE = re.compile(r"(?P<path>.*?),+\s*(?P<index>\d+)\s*")
_HEADER = "(Path to image)"
_LICENCE = "WikiArt: non-commercial research only"
_UNTITLED = re.compile(r"not[-_](detected|identified)[-_]?\d*(\(\d+\))?", re.IGNORECASE)
_COPY = re.compile(r"\(\d+\)$")
_YEAR = re.compile(r"-(1[0-9]{3}|20[01][0-9])(-\d{1,2})?(\(\d+\))?$")


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

    Raises SourceError if the folder has no lists, or a file is wrong; the sentence names file and line.
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
            path = match["path"].strip()
            path = path[1:-1].replace('""', '"') if len(path) > 1 and path[0] == path[-1] == '"' else path
            listed.setdefault(image_key(path), (split, index))
    return Labels(classes, listed)


def _only(folder: Path, stem: str) -> Path:
    if file := next((file for file in sorted(folder.glob(f"{stem}*")) if file.stem == stem), None):
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


def year_from_stem(stem: str) -> int | None:
    """The year at the end of a file's stem: `…-1885`, `…-1888(1)`, `…-1912-2`; None if missing."""
    match = _YEAR.search(stem)
    return int(match[1]) if match else None


def title_of(file: str) -> str | None:
    """The title in `Style/artist_title.jpg`, without year and copy number; None if missing."""
    slug = Path(repair_letters(file)).stem.partition("_")[2]
    if _UNTITLED.fullmatch(slug):
        return None
    return title_from_slug(_COPY.sub("", _YEAR.sub("", slug))) or None


class WikiArtSource(Source):
    """The images at `<images>/<Style>/<artist>_<title>.jpg` with their labels."""

    def __init__(self, images: Path, labels: Path) -> None:
        """Read the lists and list the images. Raises SourceError if a folder is missing or has other content."""
        self.about = About("wikiart", "WikiArt (ArtGAN lists)", "Labels from the ArtGAN lists.")
        self._labels = read_labels(labels)
        if not images.is_dir():
            raise SourceError(f"There is no folder {images}. Choose the folder of the images.")
        self._paths = sorted(images.glob("*/*.[jJ][pP][gG]"))
        if not self._paths:
            raise SourceError(
                f"{images} has no pictures <Style>/<artist>_<title>.jpg. Choose the folder of the style folders."
            )

    def __len__(self) -> int:
        return len(self._paths)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of their paths."""
        return map(self._work, self._paths)

    def remarks(self) -> list[str]:
        """How many listed paintings are missing, and how many images are not in a list."""
        here = {image_key(f"{path.parent.name}/{path_text(path.name)}") for path in self._paths}
        listed = {key for labels in self._labels.values() for key in labels.listed}
        unlisted = [f"{len(here - listed):,} pictures are not in the lists."] if here - listed else []
        return [f"{len(listed - here):,} paintings of the lists are not in this copy.", *unlisted]

    def _work(self, path: Path) -> SourceWork:
        style_folder, name = path.parent.name, path_text(path.name)
        stem = name.rpartition(".")[0]
        # In some copies the file name is only a number, not an artist.
        artist_slug, named, title_slug = repair_letters(stem).partition("_")
        year = year_from_stem(stem)
        untitled = _UNTITLED.fullmatch(title_slug) is not None
        key = image_key(f"{style_folder}/{name}")
        listed = {attribute: lists.listed[key] for attribute, lists in self._labels.items() if key in lists.listed}
        splits = {attribute: split for attribute, (split, _) in listed.items()}
        label = {attr: self._labels[attr].classes[index].replace("_", " ") for attr, (_, index) in listed.items()}
        # One list that keeps the image for validation is enough, so that no model trains on it.
        joint_split = "val" if "val" in splits.values() else "train" if splits else None
        address = f"https://www.wikiart.org/en/{artist_slug}/{_COPY.sub('', title_slug)}"
        return SourceWork(
            id=f"{style_folder}/{name}",
            read=partial(read_regular, path),
            origin=str(path),
            title=title_of(f"{style_folder}/{name}"),
            artist=(person_from_slug(artist_slug) or None) if named else None,
            date_text=None if year is None else str(year),
            year_begin=year,
            year_end=year,
            classification="Painting",
            source_url=None if untitled or not title_slug else address,
            licence=_LICENCE,
            credit="WikiArt, by way of the ArtGAN data set",
            style=label.get("style") or style_folder.replace("_", " "),
            genre=label.get("genre"),
            split=joint_split,
            extra={f"{attribute}_split": splits.get(attribute) for attribute in self._labels},
        )
