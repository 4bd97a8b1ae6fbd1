"""Works from IIIF manifests and Collections of any server as a source of a collection."""

from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from functools import partial

from artextract.collection import About
from artextract.errors import SourceError
from artextract.progress import Report, Stage, silent
from artextract.sources.base import ColumnUse, Source, SourceWork, closed_on_error
from artextract.sources.fetching.http_responses import host_of
from artextract.sources.fetching.kept_pictures import KeptPictures
from artextract.sources.fetching.polite_client import PoliteClient
from artextract.sources.iiif.pictures import IiifPictures
from artextract.sources.iiif.walking import MOST_WITHOUT_LIMIT, FailedDocument, Walk
from artextract.sources.iiif.works import IiifWork, Uses, finished, readable_id, works_of

EACH = ("canvas", "manifest")
NOTE = "From IIIF manifests; each work has the licence and the credit that its manifest states."
_KINDS = {"canvas": "empty", "canvas Video": "with a film", "canvas Sound": "with sound", "canvas Audio": "with sound"}


class IiifSource(Source):
    """The works of IIIF manifests, Collections, and images."""

    def __init__(
        self,
        addresses: list[str],
        each: str | None = None,
        limit: int | None = None,
        size: int = 640,
        report: Report = silent,
    ) -> None:
        """Read the manifests; pictures are fetched when the works are read.

        The arguments are the options of `[iiif]` in `sources.toml`; `addresses` may also be addresses of viewers with a
        manifest in them, and `report` receives the number of manifests that were read. Raises SourceError if nothing
        could be read, the works are too many, or a value is not allowed.
        """
        if each is not None and each not in EACH:
            raise SourceError(f"--each must be canvas or manifest, not {each!r}.")
        self._client = PoliteClient(any_public=True)
        self._failed: list[FailedDocument] = []
        self._works: list[IiifWork] = []
        self._left_out: Counter[str] = Counter()
        self._uses: Uses = {}
        self._manifests = 0
        self._limit = limit
        self._stopped = False
        with closed_on_error(self._client):
            kept = KeptPictures(self._client)
            self._pictures = IiifPictures(kept, size)
            walk = Walk(kept, limit)
            self._read(walk, addresses, each, Stage("Reading manifests", 0, report))
        hosts = {host_of(work.address) for work in self._works}
        self.about = About("iiif", walk.title or ", ".join(sorted(hosts - {""})[:3]) or "IIIF", NOTE)

    def __len__(self) -> int:
        return len(self._works) + len(self._failed)

    def works(self) -> Iterator[SourceWork]:
        """The works in the order of their manifests, then the documents that could not be read."""
        for unique, work, facts in finished(self._works):
            origin = work.image.address or (work.image.service.base if work.image.service else work.address)
            yield SourceWork(id=unique, read=partial(self._pictures.get, work.image), origin=origin, **facts)
        for failed in self._failed:
            yield SourceWork(readable_id(failed.address), partial(_fail, failed.error), failed.address)

    def remarks(self) -> list[str]:
        """How many works were found, and what was not taken."""
        out = self._left_out
        kinds = sorted((kind, count) for kind, count in out.items() if kind.startswith("canvas"))
        without = ", ".join(f"{n:,} {_KINDS.get(kind, kind.replace('canvas', 'with'))}" for kind, n in kinds)
        first = next((f"{failed.address}: {failed.error}" for failed in self._failed), "")
        sentences = {
            f"Read {_count(self._manifests, 'manifest')} with {_count(len(self._works), 'work')}.": True,
            f"Stopped at the limit of {self._limit or 0:,} works.": self._stopped,
            f"{_count(out['views'], 'further picture')} of the manifests were not taken: one work per manifest. "
            "Use --each canvas to take all.": out["views"],
            f"{_count(out['manifests'], 'manifest')} had no picture.": out["manifests"] and self._works,
            f"{_count(len(self._failed), 'document')} could not be read, such as {first}": self._failed,
            f"Canvases without a picture: {without}.": without,
            f"{_count(out['layered'], 'canvas', 'es')} had several pictures laid on each other; the one that covers "
            "most was taken.": out["layered"],
            f"{_count(out['repeated'], 'work')} came more than once; each was taken once.": out["repeated"],
        }
        return [sentence for sentence, is_so in sentences.items() if is_so]

    def columns(self) -> list[ColumnUse]:
        """How each label of the manifests' metadata is used."""
        return list(self._uses.values())

    def _read(self, walk: Walk, addresses: list[str], each: str | None, stage: Stage) -> None:
        """Read the manifests. Raises SourceError if they have no work, or too many."""
        most = MOST_WITHOUT_LIMIT if self._limit is None else self._limit
        works: dict[tuple[str, str], IiifWork] = {}
        with closing(walk.manifests(addresses)) as manifests:
            for found in manifests:
                stage.advance(note=f"{len(works):,} works")
                if isinstance(found, FailedDocument):
                    self._failed.append(found)
                    continue
                self._manifests += 1
                for work in works_of(found, each, self._uses, self._left_out):
                    key = (work.address, work.image.address or str(work.image.service))
                    self._left_out["repeated"] += key in works
                    works.setdefault(key, work)
                if self._limit is None and len(works) > most:
                    raise SourceError(f"The manifests have more than {most:,} works. Set a maximum number (--limit).")
                self._stopped = self._limit is not None and len(works) >= most
                if self._stopped:
                    break
        self._works = list(works.values())[:most]
        if not self._works and self._failed:
            raise self._failed[0].error
        if not self._works:
            raise SourceError(" ".join(["There is no picture to collect.", *self.remarks()]))


def _fail(error: SourceError) -> bytes:
    raise error


def _count(number: int, noun: str, plural: str = "s") -> str:
    return f"{number:,} {noun if number == 1 else noun + plural}"
