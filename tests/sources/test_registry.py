"""The registry of sources: each row is a command, a form, and a part of the documentation."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from artextract.cli import app
from artextract.errors import SourceError
from artextract.sources.folder import FolderSource
from artextract.sources.registry import SOURCES, SourceEntry
from tests.support.made import SMALL_COUNT

PAGE = Path(__file__).parents[2] / "docs" / "collections.md"


@pytest.mark.parametrize("entry", SOURCES.values(), ids=list(SOURCES))
def test_a_source_is_documented_with_its_options(entry: SourceEntry) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"artextract collect {entry.name}" in page
    for option in entry.options:
        written = option.name.upper() if option.positional else f"--{option.name.replace('_', '-')}"
        assert f"`{written}`" in page, written


@pytest.mark.parametrize("entry", SOURCES.values(), ids=list(SOURCES))
def test_a_source_is_a_command_with_its_options(entry: SourceEntry) -> None:
    shown = CliRunner().invoke(app, ["collect", entry.name, "--help"], env={"COLUMNS": "200"})
    assert shown.exit_code == 0
    words = " ".join(shown.stdout.split())
    assert entry.help in words
    for option in entry.options:
        assert option.help in words


def test_text_from_a_form_is_trimmed_and_empty_text_is_the_default(folder: Path) -> None:
    source = SOURCES["folder"].open({"folder": f" {folder} ", "metadata": "  "})
    assert isinstance(source, FolderSource)
    assert len(source) == SMALL_COUNT


def test_a_missing_value_is_one_sentence() -> None:
    with pytest.raises(SourceError, match="Enter a value for “Images”"):
        SOURCES["wikiart"].open({"images": "", "labels": "x"})
