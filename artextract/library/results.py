"""Works that a search found: a list that a notebook shows with pictures."""

import base64
import html
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from artextract.errors import ArtExtractError
from artextract.vision.images import encode_jpeg, open_picture, thumbnail

SIDE = 128  # Longer side of a picture in a notebook or an answer, pixels: about 5 kB


@dataclass(frozen=True)
class Result:
    """A work that a search found."""

    id: str
    title: str | None
    artist: str | None
    scores: dict[str, float | None]
    """Of similar works: cosine, SSIM, RMSE and LPIPS. Of words: bm25, meaning and picture, as in `TextMatch`."""
    why: str  # The matching words, or the passage near in meaning; empty for similar works
    thumbnail: Path

    @property
    def label(self) -> str:
        """Title and artist."""
        return f"{self.title or 'untitled'} · {self.artist or 'unknown'}"


class Results(list[Result]):
    """The works that a search found, the best first. A notebook shows their pictures."""

    def to_pandas(self) -> pd.DataFrame:
        """A row for each work: id, title, artist, a column for each score, why."""
        rows = [{"id": one.id, "title": one.title, "artist": one.artist, **one.scores, "why": one.why} for one in self]
        return pd.DataFrame(rows)

    def _repr_html_(self) -> str:
        figures = "".join(map(_figure, self)) or "Nothing similar found."
        return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{figures}</div>'


def small_picture(file: Path) -> bytes | None:
    """A picture file as a JPEG of at most `SIDE` pixels a side; None if the file is missing or damaged."""
    try:
        return encode_jpeg(thumbnail(open_picture(file, at_least=SIDE).image, SIDE))
    except ArtExtractError:
        return None


def _figure(work: Result) -> str:
    jpeg, score = small_picture(work.thumbnail), next(iter(work.scores.values()), None)
    data = base64.b64encode(jpeg or b"").decode()
    picture = f'<img alt="" src="data:image/jpeg;base64,{data}">' if jpeg else "No picture"
    lines = [work.label, work.why or ("" if score is None else f"{score:.2f}"), work.id]
    caption = "<br>".join(html.escape(line) for line in lines if line)
    return f'<figure style="width:{SIDE}px;margin:0">{picture}<figcaption>{caption}</figcaption></figure>'
