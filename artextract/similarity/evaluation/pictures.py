"""The forerunner's own table: how alike the nearest works' pixels are.

It showed for fifty queries the mean SSIM, RMSE, LPIPS and cosine of the nearest works, and reached
a mean SSIM of 0.2045.
"""

from collections.abc import Mapping

import numpy as np

from artextract.collection import Collection
from artextract.errors import BadImageError
from artextract.progress import Report, Stage
from artextract.similarity.evaluation.figures import means
from artextract.similarity.evaluation.trial import SEED, Trial
from artextract.similarity.metrics.pixels import COMPARISON_SIZE, comparison_picture
from artextract.similarity.metrics.registry import score_pictures
from artextract.vision.images import open_picture

ASKED = 50
FORERUNNER_SSIM = 0.2045
SENTENCE = (
    "SSIM and RMSE say whether light, dark and colour lie in the same places, LPIPS whether the "
    "pictures look alike part by part: they can tell a copy from another painting. They can’t tell "
    "whether two works are of one hand, style or subject: a portrait and its mirror image get low "
    "figures, two grey seas high ones, and what chooses by pixels leads at them, however wrong its "
    "answers; so read them beside the random works. A cosine is measured by the very embedding "
    "that chose the works: it says how close together that embedding puts its works, and cosines "
    "of different embeddings don’t compare."
)


def picture_table(
    collection: Collection,
    trial: Trial,
    neighbours: Mapping[str, np.ndarray],
    cosines: Mapping[str, np.ndarray],
    report: Report,
) -> dict[str, dict[str, float | None]]:
    """Mean `ssim`, `rmse`, `lpips` and `cosine` of the neighbours of 50 queries, fixed by a seed.

    Args:
        collection: whose pictures they are.
        trial: the queries.
        neighbours: of each rival, int [q, k], rows of `trial.works`, -1 where there is none.
        cosines: of the rivals that go by one embedding, float32 [q, k], in that embedding.
        report: told of the progress.

    Returns:
        By rival. LPIPS is None where its network can't be had, cosine where no one embedding chose.
    """
    count = min(ASKED, len(trial.queries))
    asked = np.sort(np.random.default_rng(SEED).choice(len(trial.queries), count, replace=False))
    stage = Stage("Comparing pixels", count, report)
    columns: dict[str, dict[str, list[float | None]]] = {
        name: {"ssim": [], "rmse": [], "lpips": []} for name in neighbours
    }
    for place in asked.tolist():
        found = {name: [row for row in of[place] if row >= 0] for name, of in neighbours.items()}
        rows = sorted({int(row) for of in found.values() for row in of})
        query = _picture(collection, trial, int(trial.queries[place]))
        others = [_picture(collection, trial, row) for row in rows]
        scores = dict(zip(rows, score_pictures(query, others), strict=True))
        for name, of in found.items():
            for row in of:
                for metric, value in zip(("ssim", "rmse", "lpips"), scores[int(row)], strict=True):
                    columns[name][metric].append(value)
        stage.advance()
    return {
        name: means(of) | {"cosine": _mean(cosines[name][asked]) if name in cosines else None}
        for name, of in columns.items()
    }


def _mean(values: np.ndarray) -> float | None:
    return None if np.isnan(values).all() else float(np.nanmean(values))


def _picture(collection: Collection, trial: Trial, row: int) -> np.ndarray | None:
    try:
        path = collection.image_path(str(trial.works["image"].iloc[row]))
        return comparison_picture(open_picture(path, at_least=2 * COMPARISON_SIZE).image)
    except BadImageError:
        return None
