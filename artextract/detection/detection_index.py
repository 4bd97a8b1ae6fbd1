"""The detections of a collection by work."""

from dataclasses import dataclass

from artextract.collection import Collection
from artextract.detection.detection_store import DetectionStore
from artextract.detection.detectors import Detector


@dataclass(frozen=True)
class Detection:
    """A face or a pose in a work. Works that share a picture have the same detections."""

    work: str  # The work's id
    sha256: str  # SHA-256 of the work's picture
    number: int  # Index among the work's detections, the most certain first
    row: int  # Row of the stored arrays
    aspect: float  # The picture's width over its height


class DetectionIndex:
    """The detections of one detector in a collection's works."""

    def __init__(self, collection: Collection, detector: Detector) -> None:
        """Read the store. Raises WeightsError if a network of the detector is not available."""
        store = DetectionStore(collection, detector.name, detector.load(None).key)
        stored, reasons, works = store.joined(), store.unreadable(), collection.works()
        self.arrays, rows = {} if stored is None else stored.arrays, dict[str, range]()
        if stored is not None:
            counts, ends = self.arrays["count"].tolist(), self.arrays["count"].cumsum().tolist()
            pictures = zip(stored.hashes, counts, ends, strict=True)
            rows = {sha256: range(end - count, end) for sha256, count, end in pictures}
        self.works = len(works)
        self.searched = 0
        """Works whose picture was searched."""
        self.unreadable: dict[str, str] = {}
        """ID of each work whose picture could not be used → why."""
        self.detections: list[Detection] = []
        self._of_work: dict[str, list[int]] = {}
        self._of_picture: dict[str, list[int]] = {}
        columns = ("id", "image_sha256", "width", "height")
        for work, sha256, width, height in zip(*(works[name] for name in columns), strict=True):
            if sha256 not in rows:
                if sha256 in reasons:
                    self.unreadable[work] = reasons[sha256]
                continue
            self.searched += 1
            for number, row in enumerate(rows[sha256]):
                self._of_work.setdefault(work, []).append(len(self.detections))
                self._of_picture.setdefault(sha256, []).append(len(self.detections))
                self.detections.append(Detection(work, sha256, number, row, float(width) / float(height)))

    def of_work(self, work: str) -> list[int]:
        """Positions of a work's detections in `detections`."""
        return self._of_work.get(work, [])

    def in_same_picture(self, position: int) -> list[int]:
        """Positions of the detections in the same picture as the one at `position`, itself included."""
        return self._of_picture[self.detections[position].sha256]
