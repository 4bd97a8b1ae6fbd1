"""`artextract words …` and `search --words`: what was written of the works, searched."""

from dataclasses import asdict

from artextract.cli.common import Json, Name, errors_as_sentences, print_json, progress


@errors_as_sentences
def index_texts(name: Name, as_json: Json = False) -> None:
    """Read what was written of a collection's works, so that it can be searched by words."""
    from artextract.collection import Collection
    from artextract.words.index import index_words

    with progress() as report:
        done = index_words(Collection.open(name), report)
    if as_json:
        print_json(done)
        return
    rate = f", {done.works_per_second:,.0f} a second" if done.works_per_second else ""
    print(
        f"{done.works:,} works, {done.described:,} with a description: {done.computed:,} read"
        f"{rate}, {done.reused:,} had been."
    )


def search_words(name: str, words: str, k: int, as_json: bool) -> None:
    """Print the works nearest to the words; their texts are read first where need be.

    Raises:
        ArtExtractError: there is no such collection, or nothing to look for.
    """
    from artextract.collection import Collection
    from artextract.words.index import index_words, is_ready
    from artextract.words.search import WordSearcher, words_of

    words_of(words)  # says what is wrong with them before anything is read
    collection = Collection.open(name)
    if not is_ready(collection):
        with progress() as report:
            index_words(collection, report)
    found = WordSearcher(collection).search(words, k)
    if as_json:
        print_json({"query": {"words": words}, "found": [asdict(one) for one in found]})
        return
    titles = collection.works().set_index("id")[["title", "artist"]].fillna("")
    print(" score ↑  BM25 ↑  meaning ↑   work")
    for one in found:
        numbers = "  ".join("     –" if s is None else f"{s:6.3f}" for s in (one.word, one.meaning))
        title, artist = titles.loc[one.id]
        work = f"{title or 'untitled'} · {artist or 'unknown'} [{one.id}]"
        print(f"{one.score:8.4f}  {numbers}      {work}")
        for line in one.why:
            print(f"{'':32}{line}")
