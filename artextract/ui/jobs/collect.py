"""The jobs that bring works in: each collects from a source and prepares the collection."""

from collections.abc import Callable
from pathlib import Path

from artextract.collecting import collect
from artextract.collection import Collection, check_name
from artextract.errors import SourceError
from artextract.prepare import prepare_collection
from artextract.progress import Report
from artextract.sources.base import Source
from artextract.sources.demo import DEMO_NAME, DemoSource
from artextract.sources.folder import FolderSource
from artextract.sources.nga.source import NGA_NAME, Choice, NgaSource
from artextract.sources.wikiart import WikiArtSource
from artextract.ui.jobs.job_queue import Job, job_queue


def start_demo() -> Job:
    """Make and prepare the demo collection."""
    return _start(DEMO_NAME, "Preparing the demo collection", lambda _report: DemoSource())


def start_folder(folder: str, name: str, metadata: str) -> Job:
    """Collect and prepare a folder of pictures.

    Raises:
        ArtExtractError: the folder, its table or the name is not usable.
    """
    table = _path(metadata, "metadata table") if metadata else None
    source = FolderSource(_path(folder, "folder of pictures"), table)
    return _start(name, f"Adding {source.about.title} as {name}", lambda _report: source)


def start_wikiart(images: str, labels: str, name: str) -> Job:
    """Collect and prepare a copy of the ArtGAN WikiArt data set.

    Raises:
        ArtExtractError: a folder or the name is not usable.
    """
    source = WikiArtSource(_path(images, "folder of images"), _path(labels, "folder of label lists"))
    return _start(name, f"Adding {source.about.title} as {name}", lambda _report: source)


def start_nga(choice: Choice, name: str = NGA_NAME) -> Job:
    """Collect and prepare works of the National Gallery of Art.

    Raises:
        CollectionError: a collection can't be called `name`.
    """
    what = "starter set" if choice.starter else "collection"
    label = f"Adding a {what} of the National Gallery of Art"
    return _start(name, label, lambda report: NgaSource(choice, report))


def _start(name: str, label: str, open_source: Callable[[Report], Source]) -> Job:
    check_name(name)

    def work(report: Report) -> str:
        collected = collect(open_source(report), name, report)
        prepared = prepare_collection(Collection.open(name), report=report)
        return f"{collected.sentence()} {prepared.sentence()}"

    return job_queue().start(f"collect:{name}", label, work)


def _path(text: str, what: str) -> Path:
    if not text.strip():
        raise SourceError(f"Name the {what} first.")
    return Path(text.strip()).expanduser()
