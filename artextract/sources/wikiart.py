"""Works from a copy of the ArtGAN "WikiArt refined" images, whole or partial, with their labels."""

import re
from collections.abc import Iterator
from pathlib import Path

from artextract.collection import About
from artextract.errors import SourceError
from artextract.sources.artgan import Labels, image_key, read_labels
from artextract.sources.base import Source, SourceWork, file_reader, path_text
from artextract.sources.names import person_from_slug, repair_letters, title_from_slug

_LICENCE = "WikiArt: non-commercial research only"
_UNTITLED = re.compile(r"not[-_](detected|identified)[-_]?\d*(\(\d+\))?", re.IGNORECASE)
_COPY = re.compile(r"\(\d+\)$")
_YEAR = re.compile(r"-(1[0-9]{3}|20[01][0-9])(-\d{1,2})?(\(\d+\))?$")


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
        """Read the lists and list the images.

        Raises:
            SourceError: a folder is missing or has other content.
        """
        self.about = About("wikiart", "WikiArt (ArtGAN lists)", "Labels from the ArtGAN lists.")
        self._labels = read_labels(labels)
        self._images = images
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
        remarks = [f"{len(listed - here):,} paintings of the lists are not in this copy."]
        if unlisted := len(here - listed):
            remarks.append(f"{unlisted:,} pictures are not in the lists.")
        return remarks

    def _work(self, path: Path) -> SourceWork:
        style_folder, name = path.parent.name, path_text(path.name)
        stem = name.rpartition(".")[0]
        # In some copies the file name is only a number, not an artist.
        artist_slug, named, title_slug = repair_letters(stem).partition("_")
        year = year_from_stem(stem)
        untitled = _UNTITLED.fullmatch(title_slug) is not None
        label, splits = _look_up(self._labels, f"{style_folder}/{name}")
        address = f"https://www.wikiart.org/en/{artist_slug}/{_COPY.sub('', title_slug)}"
        return SourceWork(
            id=f"{style_folder}/{name}",
            read=file_reader(path),
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
            split=_joint_split(splits),
            extra={f"{attribute}_split": splits.get(attribute) for attribute in self._labels},
        )


def _look_up(all_labels: dict[str, Labels], path: str) -> tuple[dict[str, str], dict[str, str]]:
    """Class names and splits of an image, by attribute, as far as the lists have them."""
    names, splits = {}, {}
    for attribute, labels in all_labels.items():
        if listed := labels.listed.get(image_key(path)):
            splits[attribute], index = listed
            names[attribute] = labels.classes[index].replace("_", " ")
    return names, splits


def _joint_split(splits: dict[str, str]) -> str | None:
    """ "val" if any list keeps the image for validation, so that no model trains on it."""
    if not splits:
        return None
    return "val" if "val" in splits.values() else "train"
