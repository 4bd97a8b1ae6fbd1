"""Find works of a collection that show the same picture, a detail of it, or its mirror image.

    duplicates/shard-<random>.safetensors

A shard (`artextract.features.shards`) holds `verdicts` float32 [n, 4] of pairs: agreement (0: different
pictures), mirrored, and the shares of the first and of the second picture that the other covers.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import combinations, product

import numpy as np
import pandas as pd
from PIL import Image

from artextract.collection import Collection
from artextract.errors import BadImageError
from artextract.features.compute_missing import compare_missing
from artextract.features.decoding_ahead import batches_ahead
from artextract.features.shards import Shard, ShardStore
from artextract.features.workers import JobResult, PairWorker
from artextract.progress import Report, Stage, silent
from artextract.similarity.duplicates.alignment import SIDE, Alignment, AlignmentFeatures, align, alignment_features
from artextract.similarity.index.faiss_index import FaissIndex
from artextract.similarity.neighbour_scores import neighbourly_order
from artextract.vision.embedding import Embeddings, load_embeddings
from artextract.vision.images import open_picture
from artextract.work_table import display_date

NEAREST = 10  # Nearest works in the embedding that each work is compared with
SMALL_CORRELATION = 0.58  # Works whose small pictures correlate at least this much, mirrored or not, are compared too
SMALL_SIDE = 32  # Side of the square that thumbnails are squeezed to, pixels
BLOCK = 1024


@dataclass(frozen=True)
class DuplicatesResult(JobResult):
    """What the job did."""

    pairs: int  # Pairs of works that show the same painting

    def sentence(self) -> str:
        """What the job did, for a person."""
        return f"{super().sentence()} {self.pairs:,} pairs of works show the same picture or a part of it."


def find_duplicates(collection: Collection, report: Report = silent) -> DuplicatesResult:
    """Compare pairs that may show the same painting and were not compared yet, as `compare_missing` does.

    Candidates are the nearest works in the collection's usual embedding, and works whose small pictures
    correlate. Raises NotReadyError if there is no embedding yet, StorageError if the disk is full.
    """
    embeddings = load_embeddings(collection)
    candidates = _candidates(collection, embeddings, report)
    result = compare_missing(collection, duplicates_store(collection), DuplicatesWorker(), candidates, report)
    return DuplicatesResult(**vars(result), pairs=len(list_duplicates(collection)))


def duplicates_store(collection: Collection) -> ShardStore:
    """The verdicts on a collection's pairs."""
    return ShardStore(collection.root / "duplicates", f"duplicates of {collection.name}", {"verdicts": (4,)})


def list_duplicates(collection: Collection) -> pd.DataFrame:
    """The compared pairs of works that show the same painting, the highest agreement first.

    Columns: `kind` ("same file", "same picture", "detail": the first is a detail of the other, "overlap": each shows
    something that the other does not), `mirrored` (bool), `agreement` (0…1), `share` (of the other that the first
    shows, 0…1), and `work`, `title`, `artist`, `date` of the first, and with the prefix `other_` of the other.
    """
    works = collection.works()
    rows_of = works.groupby("image_sha256").groups
    pairs = [("same file", False, 1.0, 1.0, *pair) for rows in rows_of.values() for pair in combinations(rows, 2)]
    stored = duplicates_store(collection).joined()
    if stored is not None:
        same = stored.arrays["verdicts"][:, 0] > 0
        verdicts = stored.arrays["verdicts"][same].tolist()
        for key, (agreement, mirrored, *shares) in zip(Shard(stored.keys[same], {}).hashes, verdicts, strict=True):
            kind, share = Alignment(bool(mirrored), agreement, *shares).kind, shares[1]
            both = [*product(rows_of.get(key[:64], ()), rows_of.get(key[64:], ()))]
            if kind == "whole":  # a detail comes before the picture that it is from
                share, both = shares[0], [(right, left) for left, right in both]
            kind = {"same": "same picture", "whole": "detail"}.get(kind, kind)
            pairs += [(kind, bool(mirrored), agreement, share, *rows) for rows in both]
    pairs.sort(key=lambda pair: -pair[2])
    table = pd.DataFrame(pairs, columns=["kind", "mirrored", "agreement", "share", "left", "right"])
    left, right = _facts(works, table.pop("left"), ""), _facts(works, table.pop("right"), "other_")
    return table.join(left).join(right)


class DuplicatesWorker(PairWorker[AlignmentFeatures]):
    """Aligns and compares pairs of pictures."""

    title = "Aligning works"
    done = "compared"
    batch = 8
    kept = 4000  # 140 kB each. SIFT is the slowest step: few pictures should be prepared twice.
    shard = 1024

    def prepare(self, content: bytes, name: str) -> AlignmentFeatures:
        """The features of a picture that the comparison needs."""
        return alignment_features(open_picture(content, name, at_least=2 * SIDE).image)

    def compare(
        self, left: str, rights: Sequence[str], pictures: Mapping[str, AlignmentFeatures]
    ) -> dict[str, np.ndarray]:
        """`verdicts`: float32 [n, 4]."""
        verdicts = []
        for right in rights:
            found = align(pictures[left], pictures[right]) or Alignment(False, 0.0, 0.0, 0.0)
            shares = (found.left_share, found.right_share)
            verdicts.append((found.agreement, found.mirrored, *(shares if left < right else shares[::-1])))
        return {"verdicts": np.array(verdicts, np.float32)}


def _facts(works: pd.DataFrame, rows: pd.Series, prefix: str) -> pd.DataFrame:
    chosen = works.iloc[rows.astype(int)]
    facts = chosen[["id", "title", "artist"]].rename(columns={"id": "work"})
    facts["date"] = [display_date(work) for work in chosen.to_dict("records")]
    return facts.add_prefix(prefix).set_axis(rows.index)


def _candidates(collection: Collection, embeddings: Embeddings, report: Report) -> Iterator[tuple[str, list[str]]]:
    """Each picture with the pictures to compare it with, in an order that keeps similar pictures together."""
    rows = {sha256: row for row, sha256 in reversed(list(enumerate(embeddings.hashes)))}
    hashes = list(dict.fromkeys(embeddings.hashes))
    if len(hashes) < 2:
        return
    vectors = embeddings.vectors[[rows[sha256] for sha256 in hashes]]
    near = FaissIndex(vectors).nearest_of_all(NEAREST)
    stage, small = Stage("Reading thumbnails", len(hashes), report), list[np.ndarray]()
    with closing(batches_ahead(partial(_small, collection), hashes, 64)) as batches:
        for batch in batches:
            small += batch
            stage.advance(len(batch))
    correlated = _correlated(np.stack(small), report)
    for row in neighbourly_order(vectors).tolist():
        yield hashes[row], [hashes[number] for number in sorted({*near[row].tolist(), *correlated[row]} - {row, -1})]


def _small(collection: Collection, sha256: str) -> np.ndarray:
    """A picture's thumbnail, uint8 [SMALL_SIDE, SMALL_SIDE, 3]; black, which correlates with none, if unreadable."""
    path = collection.thumbnail_path(sha256)
    try:
        image = open_picture(path.read_bytes(), path.name).image
    except (OSError, BadImageError):  # its nearest works in the embedding are still compared
        return np.zeros((SMALL_SIDE, SMALL_SIDE, 3), np.uint8)
    return np.asarray(image.resize((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0))


def _correlated(small: np.ndarray, report: Report) -> list[list[int]]:
    """For each small picture, uint8 [n, side, side, 3], those that correlate, mirrored or not."""
    from scipy.ndimage import gaussian_filter

    def detail(grey: np.ndarray) -> np.ndarray:
        """Each picture minus its blur, float32 [n, side²], at mean 0 and length 1."""
        fine: np.ndarray = grey - gaussian_filter(grey, sigma=(0, 3, 3))
        flat = (fine - fine.mean(axis=(1, 2), keepdims=True)).reshape(len(grey), -1)
        return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-6)

    grey = small.astype(np.float32).mean(axis=3)
    plain, mirrored = detail(grey), detail(grey[:, :, ::-1])
    stage = Stage("Comparing small pictures", len(small), report)
    rows = []
    for start in range(0, len(small), BLOCK):
        block = plain[start : start + BLOCK]
        correlation = np.maximum(block @ plain.T, block @ mirrored.T)
        rows += [np.flatnonzero(row >= SMALL_CORRELATION).tolist() for row in correlation]
        stage.advance(len(block))
    return rows
