"""What the commands share: options, progress bars, errors as sentences."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from artextract.errors import ArtExtractError, Stopped
from artextract.features.ray_engine import RayEngine
from artextract.progress import Report, Step
from artextract.settings import DEVICE_VARIABLE

if TYPE_CHECKING:
    import pandas as pd

    from artextract.collection import Collection
    from artextract.features.compute_missing import JobResult
    from artextract.vision.embedding import Embeddings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Name = Annotated[str, typer.Argument(help="The collection's name.")]
Backbone = Annotated[
    str | None,
    typer.Option(help="The backbone, by its name; else the best that the collection has."),
]
WeightsFile = Annotated[Path | None, typer.Option(help="A weights file instead of the usual one.")]
ModelFolder = Annotated[Path | None, typer.Option("--model", help="A trained model's folder instead of the shipped.")]
DeviceName = Annotated[
    str | None,
    typer.Option(
        "--device",
        help=f"auto, cpu, cuda or mps; if not given what {DEVICE_VARIABLE} says, else auto.",
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(help="ray: the work is spread over the workers of Ray; else it is done here."),
]
Address = Annotated[
    str | None,
    typer.Option(help="Of the Ray cluster, with --engine ray; else a Ray is started here."),
]
P = ParamSpec("P")


def errors_as_sentences(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what a person can act on into one sentence on stderr and an exit status."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except ArtExtractError as error:
            print(error, file=sys.stderr)
            if kwargs.get("as_json"):
                print(json.dumps({"error": str(error)}, ensure_ascii=False))
            raise typer.Exit(1) from error
        except (Stopped, KeyboardInterrupt) as stop:
            print("Stopped; what was finished is kept.", file=sys.stderr)
            raise typer.Exit(130) from stop

    return run


def engine_called(name: str | None, address: str | None) -> RayEngine | None:
    """What `--engine` and `--address` name; None does the work in this process."""
    if name is None and address is None:
        return None
    if name != "ray":
        raise typer.BadParameter("--engine is ray, and --address goes with it")
    return RayEngine(address)


@contextmanager
def progress() -> Iterator[Report]:
    """A progress bar on stderr with rate and time left; a line a tenth where it's no terminal."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_report()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(step.stage, total=step.total or None, rate="")
            rate = " ".join(part for part in (_per_second(step.rate), step.note) if part)
            bars.update(tasks[step.stage], completed=step.done, rate=rate)

        yield report


def _plain_report() -> Report:
    reported: dict[str, int] = {}

    def report(step: Step) -> None:
        tenth = step.done * 10 // step.total if step.total else 0
        if reported.get(step.stage) == tenth:
            return
        reported[step.stage] = tenth
        left = step.seconds_left
        rest = f", {_per_second(step.rate)}, {left:.0f} s left" if step.rate and left else ""
        note = f" ({step.note})" if step.note else ""
        line = f"{step.stage}: {step.done:,} of {step.total:,}{note}{rest}"
        print(line, file=sys.stderr, flush=True)

    return report


def with_predictions(collection: "Collection", embeddings: "Embeddings") -> "pd.DataFrame":
    """The embedded works of a collection, with columns for the predictions and custom labels."""
    from artextract.attributes.collection_readings import as_columns, stored_readings
    from artextract.attributes.custom_labels.linear_head import heads_for, with_custom_labels
    from artextract.attributes.model_bundle import Bundle

    works = collection.works().set_index("id", drop=False).loc[embeddings.ids]
    works = as_columns(works, stored_readings(collection, Bundle.open()))
    return with_custom_labels(works, heads_for(collection, str(embeddings.key)), embeddings.vectors)


def _per_second(rate: float | None) -> str:
    if not rate:
        return ""
    return f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second"


def print_result(result: "JobResult") -> None:
    """What a job did, and why it skipped works, a line each."""
    print(result.sentence())
    if len(result.failed) > 1:
        print_failures(result.failed)


def print_failures(failed: Mapping[str, str]) -> None:
    """The works that a run skipped, with the reasons; a line each."""
    for work, why in failed.items():
        print(f"Skipped {work}: {why}")


def print_json(content: Any) -> None:
    """One JSON object on stdout."""
    plain = asdict(content) if is_dataclass(content) and not isinstance(content, type) else content
    print(json.dumps(plain, ensure_ascii=False, allow_nan=False, default=str))
