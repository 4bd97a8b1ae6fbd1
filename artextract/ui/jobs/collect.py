"""The jobs that bring works in: each collects from a source, embeds, and lays out a map."""

from pathlib import Path

from artextract.collecting import CollectReport, collect
from artextract.collection import Collection, check_name
from artextract.errors import SourceError
from artextract.progress import Report
from artextract.sources.base import Source
from artextract.sources.demo import DEMO_NAME, DemoSource
from artextract.sources.folder import FolderSource
from artextract.sources.nga.source import NGA_NAME, Choice, NgaSource
from artextract.sources.wikiart import WikiArtSource
from artextract.ui.jobs.job_queue import Job, board
from artextract.ui.jobs.start import embed_and_map
from artextract.vision.backbones import DEFAULT_BACKBONE


def start_demo() -> Job:
    """Make the demo collection, embed it and lay out its map."""
    return board().start(
        "demo",
        "Preparing the demo collection",
        lambda report: _from_source(DemoSource(), DEMO_NAME, report),
    )


def start_folder(folder: str, name: str, metadata: str) -> Job:
    """Collect a folder of pictures, embed it and lay out its map.

    Raises:
        ArtExtractError: the folder, its table or the name isn't what it should be.
    """
    source = FolderSource(_path(folder, "folder of pictures"), _path(metadata) if metadata else None)
    return _start_source(source, name)


def start_wikiart(images: str, labels: str, name: str) -> Job:
    """Collect a copy of the ArtGAN WikiArt data set, embed it and lay out its map.

    Raises:
        ArtExtractError: a folder or the name isn't what it should be.
    """
    source = WikiArtSource(_path(images, "folder of images"), _path(labels, "folder of label lists"))
    return _start_source(source, name)


def start_nga(choice: Choice, name: str = NGA_NAME) -> Job:
    """Collect from the National Gallery of Art, embed it and lay out its map.

    Raises:
        CollectionError: a collection can't be called `name`.
    """
    check_name(name)

    def work(report: Report) -> str:
        return _from_source(NgaSource(choice, report), name, report)

    what = "Starter set" if choice.starter else "Collection"
    return board().start(f"collect:{name}", f"{what} of the National Gallery of Art", work)


def sentences_on(report: CollectReport) -> str:
    """What a collecting run did, in sentences."""
    sentences = (
        f"{report.collection} has {report.works:,} works: {report.new:,} new, "
        f"{report.updated:,} updated, {report.unchanged:,} unchanged."
    )
    if report.skipped:
        sentences += (
            f" {report.skipped:,} pictures can't be had or read and were left out; "
            f"{report.report_file} says why, and running it again tries them again."
        )
    return " ".join([sentences, *report.remarks])


def _start_source(source: Source, name: str) -> Job:
    check_name(name)
    return board().start(
        f"collect:{name}",
        f"Adding {source.about.title} as {name}",
        lambda report: _from_source(source, name, report),
    )


def _from_source(source: Source, name: str, report: Report) -> str:
    done = collect(source, name, report)
    embedded = embed_and_map(Collection.open(name), DEFAULT_BACKBONE, report)
    return f"{sentences_on(done)} {embedded}"


def _path(text: str, what: str = "file") -> Path:
    if not text.strip():
        raise SourceError(f"Name the {what} first.")
    return Path(text.strip()).expanduser()
