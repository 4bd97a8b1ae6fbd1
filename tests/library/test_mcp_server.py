"""The tools for AI assistants, called with the client of the official package."""

import asyncio
import base64
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters
from PIL import Image
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from artextract.library.mcp_server import make_server
from artextract.settings import CACHE_VARIABLE
from tests.support.made import jpeg, made_picture


def call(tool: str, **arguments: object) -> Any:
    async def answer() -> Any:
        async with Client(make_server()) as client:
            return await client.call_tool(tool, arguments)

    return asyncio.run(answer())


def facts(answer: Any) -> list[dict[str, Any]]:
    assert not answer.is_error, answer.content[0].text
    return [json.loads(block.text) for block in answer.content if block.type == "text"]


def pictures(answer: Any) -> list[tuple[int, int]]:
    files = [base64.b64decode(block.data) for block in answer.content if block.type == "image"]
    return [Image.open(io.BytesIO(file)).size for file in files]


def test_search_by_work_picture_and_words_answers_with_pictures(ready: Collection, tmp_path: Path) -> None:
    assert [(one["name"], one["works"]) for one in facts(call("list_collections"))] == [("small", 24)]
    work = ready.works()["id"].iloc[5]
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(jpeg(Image.open(ready.image_path(ready.works()["image"].iloc[5])).resize((80, 60))))
    near = call("find_similar", collection="small", query=work, k=3)
    assert work not in [one["id"] for one in facts(near)]
    assert pictures(near) == [(96, 72)] * 3
    assert facts(call("find_similar", collection="small", query=str(copy), k=1))[0]["id"] == work
    assert facts(call("search_words", collection="small", words="Picture 7", k=1))[0]["title"] == "Picture 7"
    described = call("describe_work", collection="small", work=work)
    assert [facts(described)[0]["artist"], pictures(described)] == [ready.works()["artist"].iloc[5], [(96, 72)]]


def test_a_painting_is_read(few: Collection, tmp_path: Path) -> None:
    file = tmp_path / "painting.jpg"
    file.write_bytes(jpeg(made_picture(50)))
    summary, predicted = call("read_painting", collection="small", query=str(file)).content
    assert summary.text
    assert len(json.loads(predicted.text)["style"]) == 3


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("find_similar", {"collection": "none", "query": "x"}, "no collection called none"),
        ("find_similar", {"collection": "small", "query": "x"}, "no work 'x', and there is no such file"),
        ("find_similar", {"collection": "small", "query": "x", "k": 500}, "between 1 and 50"),
        ("describe_work", {"collection": "small", "work": "x"}, "no work 'x'"),
        ("search_words", {"collection": "small", "words": " "}, "word"),
    ],
)
def test_errors_are_sentences(few: Collection, tool: str, arguments: dict[str, Any], sentence: str) -> None:
    answer = call(tool, **arguments)
    assert answer.is_error
    assert sentence in answer.content[0].text


def test_the_command_serves_read_only_tools(cache: Path) -> None:
    async def answers() -> tuple[Any, Any]:
        environment = {**os.environ, CACHE_VARIABLE: str(cache)}
        server = StdioServerParameters(command=sys.executable, args=["-m", "artextract.cli", "mcp"], env=environment)
        async with Client(server) as client:
            return await client.list_tools(), await client.call_tool("list_collections", {})

    listed, empty = asyncio.run(answers())
    assert len(listed.tools) == 5
    assert all(tool.annotations.read_only_hint and tool.description for tool in listed.tools)
    assert empty.content[0].text == "There are no collections yet."


def test_a_sentence_says_which_package_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    answer = CliRunner().invoke(app, ["mcp"])
    assert answer.exit_code == 1
    assert "pip install 'artextract[mcp]'" in answer.stderr
