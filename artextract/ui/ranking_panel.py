"""The works most similar to a query. The address holds their number and the criterion."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from artextract.similarity.descriptors.criteria import CRITERIA, DescriptorIndex
from artextract.similarity.descriptors.visual_descriptors import (
    VisualDescriptor,
    describe_file,
    descriptor_store,
    stored_descriptors,
)
from artextract.similarity.filters import Filters
from artextract.similarity.metrics.registry import METRICS, Measure
from artextract.similarity.ranking import (
    DescriptorRanking,
    EmbeddingRanking,
    PictureRanking,
    RankedWork,
    Ranking,
    WorkRanking,
)
from artextract.similarity.search import Neighbour
from artextract.ui import address, cached_search
from artextract.ui.components.grid.cards import ranked_cards
from artextract.ui.components.grid.component import Action, picture_grid
from artextract.ui.galleries import BY_GALLERY, Gallery
from artextract.ui.jobs.panel import job_button, show_jobs
from artextract.ui.jobs.start import start_descriptors
from artextract.ui.server.public_limits import LIMITER
from artextract.ui.server.request_costs import charge

LABELS = {"embedding": "Subject and style"} | {criterion.name: criterion.title for criterion in CRITERIA.values()}

COUNTS = (6, 10, 20, 50)
DEFAULT_COUNT = 10


def choose_count() -> int:
    """A choice of the number of similar works."""
    return address.choice(st.select_slider, "Similar works", COUNTS, name="count", default=DEFAULT_COUNT)


def more_button(count: int) -> None:
    """A button that shows more works than `count`, up to the largest choice."""
    more = next((larger for larger in COUNTS if larger > count), None)
    if more is not None:
        wanted = None if more == DEFAULT_COUNT else more
        st.button(
            f"Show {more}", icon=":material/expand_more:", key="_more", on_click=lambda: address.put(count=wanted)
        )


def choose_criterion() -> str:
    """A choice of the similarity criterion, kept in the address."""
    return address.switch("Compare by", LABELS, name="criterion")


def work_ranking(gallery: Gallery, row: int, criterion: str = "") -> WorkRanking | None:
    """The ranking for a work as query; None if its descriptor has not been computed.

    `criterion` is a key of `LABELS`, by default the chosen one.
    """
    criterion, work = criterion or address.get("criterion"), str(gallery.works["id"].iloc[row])
    if criterion not in CRITERIA:
        return EmbeddingRanking(
            gallery.searcher, lambda k, filters: cached_search.neighbours_of(gallery, work, k, filters), row=row
        )
    descriptors, index = _descriptors(gallery, descriptor_store(gallery.collection).version())
    query = descriptors[row]
    return None if query is None else DescriptorRanking(gallery.searcher, descriptors, index, criterion, query, row)


def picture_ranking(
    gallery: Gallery, content: bytes, name: str, criterion: str = "", without: int | None = None
) -> Ranking | None:
    """The ranking for any picture as query; None if no descriptors have been computed.

    A picture of the collection is ranked as its work, which is not similar to itself. `without` is the row of a work
    that is left out. For `criterion` see `work_ranking`. Raises ArtExtractError if the picture cannot be read, or the
    visitor made too many requests.
    """
    if (row := gallery.searcher.find_picture(content)) is not None:
        return work_ranking(gallery, row, criterion)
    criterion = criterion or address.get("criterion")
    if criterion not in CRITERIA:

        def neighbours(k: int, filters: Filters) -> list[Neighbour]:
            found = cached_search.neighbours_of_picture(gallery, content, k + (without is not None), filters, name)
            return [one for one in found if gallery.find(one.id) != without][:k]

        return PictureRanking(gallery.searcher, neighbours)
    descriptors, index = _descriptors(gallery, descriptor_store(gallery.collection).version())
    if not any(descriptors):
        return None
    return DescriptorRanking(gallery.searcher, descriptors, index, criterion, _described(content, name), without)


def show_ranking(
    gallery: Gallery,
    ranking: Ranking | None,
    k: int,
    filters: Filters,
    *,
    key: str,
    on_open: Callable[[str], None],
    actions: Sequence[Action] = (),
    on_action: Callable[[str, str], None] | None = None,
    column_width: int = 150,
    sortable: bool = False,
    explained: bool = True,
    query_row: int | None = None,
) -> None:
    """The `k` most similar works as cards, or a button that computes what the ranking needs (if it is None).

    A `sortable` ranking offers to sort the works by a measure. An `explained` one has its sentence above. `query_row`
    is the work of the query, with which the lightbox compares the others; None for another picture or for words. For
    the other arguments see `picture_grid`. Raises ArtExtractError if the query cannot be compared.
    """
    if ranking is None:
        offer_descriptors(gallery)
        return
    works, sentence = ranking.nearest(k, filters), ranking.sentence
    if sortable and len(ranking.measures) > 1:
        measure = _choose_measure(ranking.measures)
        works, sentence = sorted_by(works, ranking.measures, measure), measure.sentence
    if not works:
        st.info("No other works match the filters.", icon=":material/search_off:")
        return
    if explained and sentence:
        st.caption(sentence)
    picture_grid(
        key=key,
        cards=ranked_cards(gallery, works, ranking.measures),
        scores=ranking.measures,
        on_open=on_open,
        actions=actions,
        on_action=on_action,
        column_width=column_width,
        query=None if query_row is None else (gallery.collection.name, str(gallery.works["id"].iloc[query_row])),
    )


def show_metrics() -> None:
    """An expander that explains the metrics."""
    with st.expander("What the numbers mean"):
        for metric in METRICS.values():
            st.markdown(f"**{metric.label}** — {metric.sentence}")


def sorted_by(works: Sequence[RankedWork], measures: Sequence[Measure], measure: Measure) -> list[RankedWork]:
    """The works sorted by one of the measures, closest first, works without a number last."""
    place, sign = measures.index(measure), -1.0 if measure.higher_is_closer else 1.0

    def order(work: RankedWork) -> tuple[bool, float]:
        number = work.scores[place]
        return number is None, sign * (number or 0.0)

    return sorted(works, key=order)


def _choose_measure(measures: Sequence[Measure]) -> Measure:
    labels = [measure.label for measure in measures]
    label = st.segmented_control("Sort by", labels, default=labels[0], required=True, key="_sort")
    return measures[labels.index(label or labels[0])]


def offer_descriptors(gallery: Gallery) -> None:
    """A button that computes the colours and textures of the works."""
    st.info("The colours and textures of these works have not been computed yet.")
    start = partial(start_descriptors, gallery.collection)
    job_button("Compute them", start, icon=":material/palette:", help="About 20 works a second.")
    show_jobs()


@st.cache_resource(show_spinner=False, max_entries=LIMITER.limits.results_per_tab, scope="session")
def _described(content: bytes, name: str) -> VisualDescriptor:
    """The descriptor of an uploaded picture, cached for its visitor."""
    with charge("look"):
        return describe_file(content, name)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs=BY_GALLERY)
def _descriptors(gallery: Gallery, version: tuple[str, ...]) -> tuple[list[VisualDescriptor | None], DescriptorIndex]:
    """The descriptor of each row; `version` is in the key because more descriptors may have been computed."""
    stored = stored_descriptors(gallery.collection)
    descriptors = [stored.get(sha256) for sha256 in gallery.works["image_sha256"]]
    return descriptors, DescriptorIndex(descriptors)
