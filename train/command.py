"""What the training commands share: options, and errors as one sentence."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from artextract.errors import ArtExtractError

ConfigFile = Annotated[Path, typer.Option("--config", help="A YAML file; see train/configs.")]
Changes = Annotated[list[str] | None, typer.Argument(help="Changed values, such as data.copies.0.images=/my/images.")]
Images = Annotated[Path, typer.Option(help="The folder with <Style>/<artist>_<title>.jpg.")]
Labels = Annotated[Path, typer.Option(help="The folder with the Style, Genre and Artist lists.")]


def run(main: Callable[..., None]) -> None:
    """Run `main` as a command. An `ArtExtractError` is printed as one sentence; the exit status is then 1."""
    try:
        typer.run(main)
    except ArtExtractError as error:
        sys.exit(str(error))
