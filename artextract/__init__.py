"""ArtExtract: explore a painting collection by visual similarity.

    import artextract as ax
    museum = ax.open("museum")
    museum.similar("photo.jpg")

The public functions of the library. All else is described in the modules that they name. Networks
are imported when a function first needs them.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from artextract.library.open_collection import OpenCollection

__version__ = "0.1.0"
__all__ = ["collect_folder", "open"]


def open(name: str) -> "OpenCollection":
    """Open a collection to search it and to read its table. Raises CollectionError if no collection has this name."""
    from artextract.collection import Collection
    from artextract.library.open_collection import OpenCollection

    return OpenCollection(Collection.open(name))


def collect_folder(
    folder: str | Path, name: str, metadata: str | Path | None = None, backbone: str = "paintings"
) -> "OpenCollection":
    """Make a collection of the pictures of a folder, at every depth, or update it; embed new works, and open it.

    `name` has letters, digits, `-` and `_`; `metadata` is a CSV table with the pictures' file names and what is known
    of them; `backbone` is one of `artextract.vision.backbones.BACKBONES`. Raises ArtExtractError if the folder or the
    table cannot be read, the backbone or its weights do not exist, or the disk is full.
    """
    from artextract.collecting import collect
    from artextract.collection import Collection
    from artextract.files import user_path
    from artextract.sources.folder import FolderSource
    from artextract.vision.embedding import embed_collection

    collect(FolderSource(user_path(folder), user_path(metadata) if metadata else None), name)
    embed_collection(Collection.open(name), backbone)
    return open(name)
