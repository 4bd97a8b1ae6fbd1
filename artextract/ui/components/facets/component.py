"""Facets in the browser: the most common values of a column as bars, years as upright bars."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from artextract.ui.components.registration import component, triggers

_HTML = '<div class="ax-facets" data-testid="facets"></div>'


@dataclass(frozen=True)
class Bar:
    """A value of a column."""

    value: str  # Passed to `on_click`
    label: str
    count: int  # Number of works with the value
    chosen: bool  # Whether works are filtered by the value


@dataclass(frozen=True)
class Facet:
    """A column of the work table."""

    name: str
    label: str
    bars: Sequence[Bar]
    more: int = 0  # Number of values without a bar
    upright: bool = False  # Whether the bars are upright, side by side


def facets(facets: Sequence[Facet], *, key: str, on_click: Callable[[str, str], None]) -> None:
    """Draw facets; `on_click` takes the facet's name and the value of the clicked bar."""
    component("facets", _HTML)(
        key=key,
        data={"facets": [asdict(facet) for facet in facets]},
        **triggers(key, bar=lambda bar: on_click(str(bar["name"]), str(bar["value"]))),
    )
