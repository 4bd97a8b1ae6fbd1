"""Only works that may be given away."""

import pytest

from artextract.collecting import collect
from artextract.collection import Collection
from artextract.errors import SourceError
from artextract.sources.base import FreeWorks, SourceWork
from artextract.sources.preview import preview
from tests.support.listed_source import ListedSource
from tests.support.made import jpeg, made_picture

LICENCES = (
    "CC0",
    "CC BY 4.0",
    "https://creativecommons.org/publicdomain/mark/1.0/",
    None,
    "Data set: cc0-1.0",
    "CC0 requested - not yet cleared",
)


def works(licences: tuple[str | None, ...]) -> list[SourceWork]:
    picture = jpeg(made_picture(1))
    return [SourceWork(str(n), lambda: picture, f"{n}.jpg", licence=one) for n, one in enumerate(licences)]


def test_works_without_a_free_licence_are_left_out_and_counted() -> None:
    done = collect(FreeWorks(ListedSource(works(LICENCES))), "c")
    assert Collection.open("c").works()["id"].tolist() == ["0", "2"]
    assert "Left out because their licence is not free: 4" in done.sentence()
    assert preview(FreeWorks(ListedSource(works(LICENCES)))).works == 2


def test_none_is_one_sentence_and_closes_the_source() -> None:
    source = ListedSource(works(("CC BY 4.0", None)))
    with pytest.raises(SourceError, match="None of the 2 works of A list"):
        FreeWorks(source)
    assert source.closed
