"""How the picture of a row is read: from a server, or from a file beside the table."""

import json
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import urljoin

from artextract.errors import SourceError
from artextract.files import read_regular
from artextract.sources.base import no_picture, path_text
from artextract.sources.fetching.causes import Cause
from artextract.sources.fetching.host_rules import wikimedia_pictures
from artextract.sources.fetching.http_responses import FetchError, host_of
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.folder_walk import FolderWalk
from artextract.sources.iiif.canvases import CanvasImage
from artextract.sources.iiif.pictures import IiifPictures, picture_at
from artextract.sources.iiif.reader import Manifest, read_document
from artextract.sources.tables.matching import FileMatcher
from artextract.sources.tables.nested import flat
from artextract.sources.tables.picture_column import Kind, PictureName

_SIZE_REFUSED = frozenset({400, 404, 410, 429})  # Answers of Wikimedia to a width that a file does not have


class TablePictures:
    """The pictures that a table names. Safe to share between threads."""

    def __init__(self, kept: KeptPictures, size: int, place: Path | str, fields: Sequence[str] = ()) -> None:
        """Nothing is fetched or listed yet. `size` is the long side in px, for servers that can scale.

        `place` is the table's file, or its address, which completes relative names; `fields` are those of the records
        of a museum's API that name the picture, the best first.
        """
        self._kept, self._size, self._place, self._fields = kept, size, place, fields
        self._iiif = IiifPictures(kept, size)

    @cached_property
    def _files(self) -> dict[str, Path]:
        """The pictures below the table's folder; those of CollectionBuilder are beside its folder `_data`."""
        if isinstance(self._place, str):
            return {}
        folder = self._place if self._place.is_dir() else self._place.resolve().parent
        folder = folder.parent if folder.name == "_data" else folder
        return {path_text(path.relative_to(folder).as_posix()): path for path in FolderWalk(folder).pictures}

    @cached_property
    def matcher(self) -> FileMatcher:
        """Finds the pictures beside the table."""
        return FileMatcher(self._files)

    def placed(self, picture: PictureName) -> PictureName:
        """A picture with its complete address, or a file beside the table with its full path."""
        if picture.kind != Kind.FILE:
            return picture
        if isinstance(self._place, str):
            return PictureName(Kind.PICTURE, urljoin(self._place, picture.name), picture.more)
        match = self.matcher.find(picture.name)
        return picture if match is None else PictureName(Kind.BESIDE, str(self._files[match.file]), picture.more)

    def reader(self, picture: PictureName) -> Callable[[], bytes]:
        """The `SourceWork.read` of a picture."""
        readers: dict[Kind, Callable[[str], bytes]] = {
            Kind.PICTURE: self._kept.get,
            Kind.ADDRESS: self._kept.get,
            Kind.IIIF: lambda address: self._iiif.get(picture_at(address, is_base=True) or CanvasImage(address, None)),
            Kind.MANIFEST: self._from_manifest,
            Kind.COMMONS: self._from_commons,
            Kind.API: self._from_api,
            Kind.BESIDE: lambda name: read_regular(Path(name)),
        }
        if picture.kind in readers:
            return partial(readers[picture.kind], picture.name)
        return no_picture if picture.kind == Kind.NOTHING else partial(_refuse, picture)

    def _from_manifest(self, address: str) -> bytes:
        document = read_document(self._kept.get_document(address, check=_wrong_manifest), address)
        canvases = document.canvases if isinstance(document, Manifest) else ()
        if image := next((canvas.image for canvas in canvases if canvas.image), None):
            return self._iiif.get(image)
        raise FetchError(f"{address} has no picture.", Cause.NOT_NAMED, host_of(address))

    def _from_commons(self, address: str) -> bytes:
        *smaller, whole = wikimedia_pictures(address, self._size) or [address]
        for url in smaller:
            try:
                return self._kept.get(url)
            except FetchError as error:
                if error.status not in _SIZE_REFUSED:
                    raise
        return self._kept.get(whole)

    def _from_api(self, address: str) -> bytes:
        record = flat(json.loads(self._kept.get_document(address, check=_wrong_json)))
        if url := next((record[field] for field in self._fields if field in record), None):
            return self._kept.get(url)
        raise FetchError(f"{address} names no picture.", Cause.NOT_NAMED, host_of(address))


def _refuse(picture: PictureName) -> bytes:
    if picture.kind == Kind.OTHER:
        raise FetchError(f"{picture.name} is a film, a sound or a document, not a picture.", Cause.FILM)
    raise FetchError(
        f"{picture.name} is not beside the table. Put the pictures into the table's folder.", Cause.NO_FILE
    )


def _wrong_manifest(content: bytes) -> str | None:
    try:
        read_document(content, "")
    except SourceError:
        return "this is not a IIIF manifest."
    return None


def _wrong_json(content: bytes) -> str | None:
    try:
        return None if isinstance(json.loads(content), dict) else "this is not the description of a work."
    except ValueError:
        return "this is not JSON."
