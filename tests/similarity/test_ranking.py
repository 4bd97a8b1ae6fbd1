"""One ranking for every similarity criterion."""

import numpy as np
import pytest

from artextract.collection import Collection
from artextract.similarity.descriptors.criteria import DescriptorIndex
from artextract.similarity.descriptors.visual_descriptors import VisualDescriptor, describe
from artextract.similarity.filters import NO_FILTERS, Filters
from artextract.similarity.metrics.registry import Measure
from artextract.similarity.ranking import DescriptorRanking, EmbeddingRanking, RankedWork, TextRanking, WorkRanking
from artextract.similarity.search import Searcher
from artextract.text.search import TextMatch
from artextract.ui.ranking_panel import sorted_by
from artextract.vision.embedding import embedder_like, load_embeddings
from artextract.vision.images import open_picture

ROW = 1


@pytest.fixture
def searcher(ready: Collection) -> Searcher:
    embeddings = load_embeddings(ready, "efficientnet_lite2")
    return Searcher(ready, embeddings, lambda: embedder_like(embeddings))


def described(searcher: Searcher) -> list[VisualDescriptor]:
    """The descriptors of all works, stored nowhere."""
    paths = [searcher.collection.image_path(str(image)) for image in searcher.works["image"]]
    return [describe(open_picture(path).image) for path in paths]


@pytest.fixture(params=["embedding", "palette", "texture"])
def ranking(request: pytest.FixtureRequest, searcher: Searcher) -> WorkRanking:
    if request.param == "embedding":
        work = searcher.embeddings.ids[ROW]
        return EmbeddingRanking(searcher, lambda k, filters: searcher.near_work(work, k, filters), row=ROW)
    descriptors = described(searcher)
    return DescriptorRanking(searcher, descriptors, DescriptorIndex(descriptors), request.param, descriptors[ROW], ROW)


def test_rows_cards_and_order_agree(ranking: WorkRanking) -> None:
    filters = Filters(style=("Rococo",))
    rows = ranking.rows(5, filters)
    assert len(rows) == 5
    assert ROW not in rows
    works = ranking.nearest(5, filters)
    assert [work.row for work in works] == rows
    assert all(len(work.scores) == len(ranking.measures) for work in works)
    in_order = ranking.in_order(np.array(sorted(rows)))
    assert in_order.tolist() == rows
    first = [work.scores[0] or 0.0 for work in works]
    assert first == sorted(first, reverse=ranking.measures[0].higher_is_closer)


def test_works_without_a_descriptor_come_last(searcher: Searcher) -> None:
    known = described(searcher)
    descriptors, query = [*known[:4], *[None] * (len(known) - 4)], known[ROW]
    ranking = DescriptorRanking(searcher, descriptors, DescriptorIndex(descriptors), "palette", query, ROW)
    assert sorted(ranking.rows(9, NO_FILTERS)) == [0, 2, 3]
    assert ranking.in_order(np.array([7, 3, 5, ROW])).tolist() == [ROW, 3, 7, 5]


def test_works_are_sorted_by_a_measure_and_missing_numbers_come_last() -> None:
    measures = [Measure("Up", True, ""), Measure("Down", False, "")]
    works = [RankedWork(0, (0.1, None)), RankedWork(1, (0.9, 2.0)), RankedWork(2, (None, 1.0))]
    assert [work.row for work in sorted_by(works, measures, measures[0])] == [1, 0, 2]
    assert [work.row for work in sorted_by(works, measures, measures[1])] == [2, 1, 0]


def test_a_text_search_shows_the_rankings_that_found_something(searcher: Searcher) -> None:
    def match(meaning: float | None, picture: float | None) -> TextMatch:
        return TextMatch(searcher.embeddings.ids[2], 1.0, meaning, picture, None, {"title": ("sea",)}, "", "")

    both = TextRanking(searcher, [match(0.5, None), match(0.4, 0.2)], "")
    assert [measure.label for measure in both.measures] == ["Meaning", "Picture"]
    assert [work.scores for work in both.nearest(5, NO_FILTERS)] == [(0.5, None), (0.4, 0.2)]
    alone = TextRanking(searcher, [match(0.4, None)], "")
    assert [measure.label for measure in alone.measures] == ["Meaning"]
    assert alone.nearest(5, NO_FILTERS) == [RankedWork(2, (0.4,), ("sea (title)",))]
