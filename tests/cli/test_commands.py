"""The command line: a contract that other work builds on."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from artextract.cli import app
from artextract.collection import Collection
from tests.support.command_reference import reference
from tests.support.made import SMALL_COUNT


def run(*arguments: str) -> tuple[int, dict[str, Any], str]:
    """Run with --json: exit status, the one object on stdout, stderr."""
    done = CliRunner().invoke(app, [*arguments, "--json"])
    return done.exit_code, json.loads(done.stdout or "{}"), done.stderr


def test_from_a_folder_to_neighbours(folder: Path) -> None:
    status, said, _ = run("collect", "folder", str(folder), "--name", "mine", "--metadata", str(folder / "table.csv"))
    assert (status, said["works"], said["new"]) == (0, SMALL_COUNT, SMALL_COUNT)
    status, said, errors = run("embed", "mine")
    assert (status, said["works"], said["computed"], said["reused"]) == (0, SMALL_COUNT, SMALL_COUNT, 0)
    assert said["seconds"] > 0
    assert "Embedding with paintings" in errors  # progress, on stderr
    status, said, _ = run("map", "mine", "--method", "tsne")
    assert (status, said["works"]) == (0, SMALL_COUNT)
    status, by_work, _ = run("search", "mine", "--work", "a/work-01.jpg", "-k", "10")
    assert status == 0
    assert by_work["query"] == {"work": "a/work-01.jpg"}
    assert list(by_work["neighbours"][0]) == ["id", "title", "artist", "cosine", "ssim", "rmse", "lpips"]
    status, by_image, _ = run("search", "mine", "--image", str(folder / "a/work-01.jpg"), "-k", "10")
    assert by_image["query"]["work"] == "a/work-01.jpg"
    assert [n["id"] for n in by_image["neighbours"]] == [n["id"] for n in by_work["neighbours"]]
    status, said, _ = run("collections")
    assert [c["name"] for c in said["collections"]] == ["mine"]
    assert len(said["collections"][0]["maps"]) == 1


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["embed", "nothing"], "There is no collection called nothing"),
        (["embed", "../x"], "can't be a collection's name"),
        (["embed", "small", "--backbone", "resnet"], "Unknown backbone 'resnet'"),
        (["map", "small"], "has no paintings embedding yet"),
        (["search", "small", "--work", "x"], "has no paintings embedding yet"),
        (["search", "small", "--image", "/nowhere.jpg"], "There is no file /nowhere.jpg"),
        (["collect", "folder", "/nowhere", "--name", "x"], "There is no folder /nowhere"),
        (["collect", "wikiart", "--images", "/n", "--labels", "/n"], "There is no folder /n"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(
    collection: Collection, arguments: list[str], sentence: str
) -> None:
    status, said, errors = run(*arguments)
    assert status == 1
    assert sentence in said["error"]
    assert errors.strip().splitlines()[-1] == said["error"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["search", "small"],
        ["search", "small", "--work", "a", "--image", "b"],
        ["embed"],
        ["nonsense"],
        ["search", "small", "--work", "a", "-k", "0"],
    ],
)
def test_a_command_given_wrongly_is_status_2(arguments: list[str]) -> None:
    assert CliRunner().invoke(app, arguments).exit_code == 2


def test_one_command_prepares_a_collection_for_the_screens(few: Collection) -> None:
    done = CliRunner().invoke(app, ["prepare", "small", "--backbone", "efficientnet_lite2"])
    assert done.exit_code == 0, done.stderr
    assert "Embedded 6 pictures of small (" in done.stdout
    assert "0 were already embedded)." in done.stdout
    assert "Compared 15 pairs of pictures" in done.stdout
    status, again, _ = run("prepare", "small", "--backbone", "efficientnet_lite2")
    assert (status, again["placed"]) == (0, 0)
    assert (again["embedding"]["computed"], again["scores"]["computed"]) == (0, 0)


def test_people_get_text(ready: Collection) -> None:
    done = CliRunner().invoke(app, ["search", "small", "--work", "a/work-01.jpg", "-k", "3"])
    assert done.exit_code == 0
    assert len(done.stdout.strip().splitlines()) == 4
    assert "cosine ↑" in done.stdout
    assert "small: pictures, 24 works" in CliRunner().invoke(app, ["collections"]).stdout


def test_an_interrupt_is_status_130_and_keeps_what_is_finished(collection: Collection, cache: Path) -> None:
    lite = ["--backbone", "efficientnet_lite2"]
    command = [sys.executable, "-m", "artextract.cli", "embed", "small", *lite]
    process = subprocess.Popen(command, env=os.environ | {"PYTHONUNBUFFERED": "1"}, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    process.stderr.readline()  # the first line of progress: it is at work
    time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130)  # it may just have ended
    if process.returncode == 130:
        assert errors.strip().splitlines()[-1] == "Stopped. Finished work is kept."
    assert run("embed", "small", *lite)[1]["works"] == SMALL_COUNT


def test_help_comes_without_the_heavy_libraries() -> None:
    code = "import sys, artextract.cli; sys.exit('torch' in sys.modules or 'pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_command_reference_is_up_to_date() -> None:
    page = Path(__file__).parents[2] / "docs" / "commands.md"
    assert page.read_text(encoding="utf-8") == reference(), "run make docs"


def test_the_app_lets_no_other_computer_in_unless_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda _program, command: started.append(command))
    CliRunner().invoke(app, ["app"])
    CliRunner().invoke(app, ["app", "--host", "0.0.0.0"])
    CliRunner().invoke(app, ["app", "--name", "studio.local"])

    def values(command: list[str], option: str) -> list[str]:
        return [command[place + 1] for place, word in enumerate(command) if word == option]

    assert [values(command, "--server.address") for command in started] == [["127.0.0.1"], ["0.0.0.0"], ["127.0.0.1"]]
    own = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    names = [values(command, "--server.allowedHosts") for command in started]
    assert names == [[], [*own, "0.0.0.0"], [*own, "studio.local"]]  # without, those of .streamlit/config.toml
