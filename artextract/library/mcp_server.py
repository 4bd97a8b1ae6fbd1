"""The collections as tools for an AI assistant, over the Model Context Protocol (modelcontextprotocol.io)."""

from collections.abc import Callable
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

from artextract.collection import Collection, survey
from artextract.errors import ArtExtractError, missing_package
from artextract.library.open_collection import OpenCollection
from artextract.library.results import Results, small_picture

P = ParamSpec("P")
MOST = 50  # Works in an answer: each has a picture of about 5 kB
INSTRUCTIONS = (
    "Paintings of local collections, with their pictures. Begin with list_collections. Higher cosine and SSIM, lower "
    "RMSE and LPIPS: more similar. No tool changes a collection."
)


def make_server() -> Any:
    """An `mcp.server.MCPServer` with the tools. Raises ArtExtractError if the package `mcp` is not installed."""
    try:
        from mcp.server import MCPServer
        from mcp.server.mcpserver.exceptions import ToolError
        from mcp.types import ToolAnnotations
    except ImportError as error:
        raise missing_package("The server for AI assistants", "mcp", "mcp") from error

    def with_sentences(tool: Callable[P, list[Any]]) -> Callable[P, list[Any]]:
        """The tool; the assistant reads its errors, which are not traced as crashes."""

        @wraps(tool)
        def run(*args: P.args, **kwargs: P.kwargs) -> list[Any]:
            try:
                return tool(*args, **kwargs)
            except ArtExtractError as error:
                raise ToolError(str(error)) from error

        return run

    server = MCPServer("artextract", instructions=INSTRUCTIONS, log_level="WARNING")
    for tool in (list_collections, search_words, find_similar, read_painting, describe_work):
        server.add_tool(with_sentences(tool), annotations=ToolAnnotations(read_only_hint=True), structured_output=False)
    return server


def list_collections() -> list[Any]:
    """List the collections: name, title and number of works."""
    listing = survey()
    rows = [{"name": one.name, "title": one.about.title, "works": one.count()} for one in listing.collections]
    return [*rows, *listing.damaged.values()] or ["There are no collections yet."]


def search_words(collection: str, words: str, k: int = 5) -> list[Any]:
    """Find works by words, such as "a ship in a storm": in titles and texts, by meaning, and in the pictures."""
    return _answer(_opened(collection).search(words, _checked(k)))


def find_similar(collection: str, query: str, k: int = 5) -> list[Any]:
    """Find works that look similar to a work of the collection (its id) or to a picture file on this computer."""
    return _answer(_opened(collection).similar(query, _checked(k)))


def read_painting(collection: str, query: str) -> list[Any]:
    """Predict style, genre, artist and date of a work (its id) or of a picture file on this computer."""
    reading = _opened(collection).read(query)
    labels = {name: reading.answer(name).labels[:3] for name in ("style", "genre", "artist")}
    return [reading.summary(), {**labels, "date": reading.date}]


def describe_work(collection: str, work: str) -> list[Any]:
    """Everything that is recorded about a work of the collection (its id), and its picture."""
    opened = _opened(collection)
    picture = _picture(opened.picture(work))
    facts = opened.to_pandas().loc[work].dropna()
    return [{str(name): str(value) for name, value in facts.items()}, picture]


def _answer(works: Results) -> list[Any]:
    """The facts and the picture of each work."""
    answer: list[Any] = []
    for work in works:
        scores = {name: round(score, 3) for name, score in work.scores.items() if score is not None}
        facts = {"id": work.id, "title": work.title, "artist": work.artist, "why": work.why, **scores}
        answer += [facts, _picture(work.thumbnail)]
    return answer or ["Nothing similar found."]


def _picture(file: Path) -> Any:
    from mcp.server.mcpserver import Image

    jpeg = small_picture(file)
    return Image(data=jpeg, format="jpeg") if jpeg else "The picture is missing."


def _checked(k: int) -> int:
    if not 1 <= k <= MOST:
        raise ArtExtractError(f"k must be between 1 and {MOST}, not {k}.")
    return k


def _opened(name: str) -> OpenCollection:
    return _open(name, Collection.open(name).version())


@lru_cache(maxsize=4)
def _open(name: str, version: str) -> OpenCollection:
    """`version` is in the key because the works may change."""
    return OpenCollection(Collection.open(name))
