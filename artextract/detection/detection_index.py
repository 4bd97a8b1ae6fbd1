"""What was found in the pictures of a collection, brought to the works that show them."""

from dataclasses import dataclass

from artextract.collection import Collection
from artextract.detection.detect import Finder, store_of


@dataclass(frozen=True)
class Place:
    """Where one of the things found stands."""

    work: str
    """The work's id."""
    sha256: str
    """Of its picture."""
    number: int
    """Which of the work's, from 0, the surest first."""
    row: int
    """Which of all that was found."""
    aspect: float
    """The picture's width over its height."""


class FoundIndex:
    """What a finder found in a collection's works. Several works may share a picture."""

    def __init__(self, collection: Collection, finder: Finder) -> None:
        """Read it."""
        store = store_of(collection, finder)
        self.found = store.read()
        works = collection.works()
        looked_at = works["image_sha256"].isin(self.found.hashes)
        why = store.unreadable()
        unreadable = works[~looked_at & works["image_sha256"].isin(list(why))]
        self.works = len(works)
        self.looked_at = int(looked_at.sum())
        self.unreadable = {
            str(work): why[sha256] for work, sha256 in zip(unreadable["id"], unreadable["image_sha256"], strict=True)
        }
        """Id of each work whose picture could not be read, and why."""
        self.places: list[Place] = []
        self._of_work: dict[str, list[int]] = {}
        self._of_picture: dict[str, list[int]] = {}
        ends = self.found.counts.cumsum().tolist()
        starts = dict(zip(self.found.hashes, [0, *ends], strict=False))
        counts = dict(zip(self.found.hashes, self.found.counts.tolist(), strict=True))
        columns = (works.loc[looked_at, name] for name in ("id", "image_sha256", "width", "height"))
        for work, sha256, width, height in zip(*columns, strict=True):
            for number in range(counts[sha256]):
                self._of_work.setdefault(str(work), []).append(len(self.places))
                self._of_picture.setdefault(str(sha256), []).append(len(self.places))
                row, aspect = starts[sha256] + number, float(width) / float(height)
                self.places.append(Place(str(work), str(sha256), number, row, aspect))

    def of_work(self, work: str) -> list[int]:
        """Which of `places` are in a work."""
        return self._of_work.get(work, [])

    def in_the_same_picture(self, place: int) -> list[int]:
        """Which of `places` are in the picture of one of them."""
        return self._of_picture[self.places[place].sha256]
