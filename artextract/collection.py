"""A collection: works of one source in one folder, with their images and everything computed from them.

    cache/collections/<name>/
        collection.json   what it is and where it came from
        works.parquet     the work table, one row per work (artextract.work_table)
        works.arrow       a copy of the table that is mapped into memory
        images/ab/…       the original files, named by the SHA-256 of their bytes
        thumbs/ab/…       JPEG thumbnails, 320 px on the long side, with the same names
        features/…        embeddings (artextract.vision.feature_store)
        index/…           search graphs above 100,000 works; the neighbour graph for paths
        text/…            the index for text search (artextract.text.index)
        scores/…          SSIM, RMSE and LPIPS of neighbours (artextract.similarity.pair_scores)
        descriptors/…     small pictures, palettes, textures (artextract.similarity.descriptors)
        duplicates/…      compared pairs of pictures (artextract.similarity.duplicates)
        evaluations/…     accuracy of neighbours (artextract.similarity.evaluation)
        readings/…        a model's predictions for the works
        detections/…      faces and poses (artextract.detection.detection_store)
        custom_labels/…   linear heads fitted to the works' own labels
        maps/…            2-D maps (artextract.maps.gallery_map)
        regions/…         their regions (artextract.regions)
        reports/…         what the last `collect` skipped, and why

Images are written before the table that names them, and the table is replaced in one step, so the
collection is always complete, even after a kill.
"""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from artextract.errors import CollectionError
from artextract.files import only_writer, write_bytes
from artextract.settings import collections_dir
from artextract.work_table import read_table, table_version, typed, write_table

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


def check_name(name: str) -> str:
    """Return `name` if it is valid for a collection; raises CollectionError if it is not.

    Other names could lead out of the cache folder, or be no valid folder name on some systems.
    """
    if not _NAME.fullmatch(name):
        raise CollectionError(
            f"{name!r} can't be a collection's name. Use 1 to 64 letters, digits, hyphens and "
            "underscores, and begin with a letter or a digit."
        )
    return name


@dataclass(frozen=True)
class About:
    """The description of a collection, stored in `collection.json`."""

    source: str  # The kind of source: demo, folder, wikiart
    title: str  # Display name
    note: str = ""  # A remark for people, such as that the pictures are generated


class Collection:
    """The folder of a collection. Opening reads only `collection.json`, not the tables."""

    def __init__(self, root: Path, about: About) -> None:
        self.root = root
        self.about = about

    @property
    def name(self) -> str:
        """The name of the folder."""
        return self.root.name

    @classmethod
    def open(cls, name: str) -> "Collection":
        """Open the collection called `name`. Raises CollectionError if it does not exist or is damaged."""
        root = collections_dir() / check_name(name)
        if not root.is_dir():
            raise CollectionError(
                f"There is no collection called {name}. `artextract collections` lists the collections, and "
                "`artextract collect` creates one."
            )
        try:
            return cls(root, About(**json.loads((root / "collection.json").read_text(encoding="utf-8"))))
        except (ValueError, TypeError, OSError) as error:
            reason = "is missing" if isinstance(error, FileNotFoundError) else "can't be read"
            raise CollectionError(
                f"The collection {name} is damaged: its collection.json {reason}. "
                "Collect it again, or delete its folder."
            ) from error

    @classmethod
    def create_or_open(cls, name: str, about: About) -> "Collection":
        """Open the collection `name`. Create it if it is missing; replace a damaged `collection.json`, and an old note.

        Raises CollectionError if the name belongs to a collection from another kind of source.
        """
        root = collections_dir() / check_name(name)
        collection = cls(root, about)
        try:
            collection = cls.open(name)
        except CollectionError:
            collection._write_about()
        if collection.about.source != about.source:
            raise CollectionError(
                f"The collection {name} holds works from the source {collection.about.source!r}; "
                f"works from {about.source!r} need a collection of another name."
            )
        if collection.about.title == about.title and collection.about.note != about.note:
            collection = cls(root, about)
            collection._write_about()
        return collection

    def _write_about(self) -> None:
        content = json.dumps(asdict(self.about), ensure_ascii=False, indent=1)
        with self.writing():  # another process that collects sweeps unfinished files
            write_bytes(self.root / "collection.json", content.encode())

    def works(self) -> pd.DataFrame:
        """The work table, in its stored order. Raises CollectionError if the table is missing or damaged.

        One row per work, with the columns `TEXT_COLUMNS` (str) and `INTEGER_COLUMNS` (Int32) of
        `artextract.work_table`, and the text columns that the source adds. A missing value is NA, never
        an empty string or 0.
        """
        try:
            return read_table(*self._table_files)
        except FileNotFoundError as error:
            raise CollectionError(f"The collection {self.name} has no works yet: collect it first.") from error
        except (pa.ArrowException, OSError, ValueError, KeyError) as error:
            reason = f"no column {error}" if isinstance(error, KeyError) else "works.parquet can't be read"
            raise CollectionError(
                f"The work table of {self.name} is damaged ({reason}). "
                "Collect it again; its images and embeddings are kept."
            ) from error

    def rows(self, ids: Sequence[str]) -> pd.DataFrame:
        """The rows of these works in the table's order, without reading the whole table; unknown ids are left out.

        Raises CollectionError if the table is missing or damaged.
        """
        chosen = [("id", "in", list(ids))]
        try:
            return typed(
                pq.read_table(self._table_files[0], filters=chosen, page_checksum_verification=True).to_pandas()
            )
        except (pa.ArrowException, OSError, ValueError):
            works = self.works()  # raises the right error
            return works[works["id"].isin(ids)]

    def write_works(self, frame: pd.DataFrame) -> None:
        """Replace the work table in one step. Raises ValueError if an id is missing or occurs twice.

        A StorageError (the table could not be written) leaves the old table unchanged.
        """
        frame = typed(frame)
        if frame["id"].isna().any() or frame["id"].duplicated().any():
            raise ValueError("every work needs a unique id")
        write_table(frame, *self._table_files)

    @property
    def _table_files(self) -> tuple[Path, Path]:
        return self.root / "works.parquet", self.root / "works.arrow"

    def version(self) -> str:
        """Changes with the work table; screens use it as a cache key. A copied collection has the same version."""
        return table_version(self.root / "works.parquet")

    def count(self) -> int:
        """How many works the table holds, without reading it; 0 if the table can't be read."""
        try:
            return int(pq.read_metadata(self.root / "works.parquet").num_rows)
        except (OSError, pa.ArrowException):
            return 0

    def image_path(self, image: str) -> Path:
        """The path of a picture in the `image` column. Raises CollectionError if it is outside of the collection."""
        path = (self.root / image).resolve()
        if not path.is_relative_to(self.root.resolve()):
            raise CollectionError(
                f"The work table of {self.name} is damaged: it names the image {image!r}, which "
                "is outside of the collection. Collect it again."
            )
        return path

    def thumbnail_path(self, sha256: str) -> Path:
        """The path of the thumbnail of the picture with that SHA-256, whether the file exists or not."""
        return self.root / "thumbs" / sha256[:2] / f"{sha256}.jpg"

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Lock the collection to change its works: one writer at a time, others wait."""
        with only_writer(self.root, f"collection {self.name}"):
            yield


@dataclass(frozen=True)
class Survey:
    """The collections in the cache."""

    collections: list[Collection]
    damaged: dict[str, str]  # Name of a folder that can't be opened → why


def survey() -> Survey:
    """All collections in the cache, sorted by name."""
    collections, damaged = [], {}
    folder = collections_dir()
    for root in sorted(folder.iterdir()) if folder.is_dir() else []:
        if not root.is_dir() or not _NAME.fullmatch(root.name):
            continue
        if not any((root / file).exists() for file in ("collection.json", "images")):
            continue  # another process is creating it
        try:
            collections.append(Collection.open(root.name))
        except CollectionError as error:
            damaged[root.name] = str(error)
    return Survey(collections, damaged)
