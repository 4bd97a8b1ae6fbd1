"""The ways to say how near two works are, and what each number means."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Metric:
    """A way to say how near two works are."""

    name: str
    label: str
    """What a screen calls it."""
    higher_is_closer: bool
    """True for a score, false for a distance."""
    low: float | None
    """The least value it can take; None if there is no such bound."""
    high: float | None
    """The greatest value it can take; None if there is no such bound."""
    sentence: str
    """What it means, for a curator. It begins with which way is closer."""


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            name="cosine",
            label="Cosine similarity",
            higher_is_closer=True,
            low=-1.0,
            high=1.0,
            sentence="Score: higher is closer. How much the network finds the same in both "
            "paintings; 1 means the same, 0 nothing in common.",
        ),
        Metric(
            name="ssim",
            label="SSIM",
            higher_is_closer=True,
            low=-1.0,
            high=1.0,
            sentence="Score: higher is closer. Whether light and dark lie in the same places; "
            "1 only for the same picture, and two different paintings rarely pass 0.4.",
        ),
        Metric(
            name="rmse",
            label="RMSE",
            higher_is_closer=False,
            low=0.0,
            high=1.0,
            sentence="Distance: lower is closer. How far the colours differ from pixel to pixel; "
            "0 means the same picture, 1 black against white.",
        ),
        Metric(
            name="lpips",
            label="LPIPS",
            higher_is_closer=False,
            low=0.0,
            high=None,
            sentence="Distance: lower is closer. How different the two look to a network that was "
            "fitted to people's judgement; 0 means the same, unrelated paintings are near 0.7.",
        ),
    )
}
