"""What the commands share: options, opening a collection, progress bars, output and errors."""

import inspect
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, is_dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec, TextIO

import typer

from artextract.errors import ArtExtractError, Stopped
from artextract.features.ray_engine import RayEngine
from artextract.progress import Report, Step
from artextract.settings import DEVICE_VARIABLE

if TYPE_CHECKING:
    import pandas as pd

    from artextract.collection import Collection
    from artextract.similarity.search import Searcher
    from artextract.vision.embedding import Embeddings

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Name = Annotated[str, typer.Argument(help="Name of the collection.")]
Backbone = Annotated[
    str | None, typer.Option(help="Name of the backbone. Default: the best one that the collection is embedded with.")
]
WeightsFile = Annotated[Path | None, typer.Option(help="Use this weights file.")]
ModelFolder = Annotated[
    Path | None, typer.Option("--model", help="Use the model in this folder instead of the one that is included.")
]
DeviceName = Annotated[
    str | None, typer.Option("--device", help=f"auto, cpu, cuda or mps. Default: {DEVICE_VARIABLE}, or auto.")
]
Engine = Annotated[str | None, typer.Option(help="ray: spread the work over the workers of a Ray cluster.")]
Address = Annotated[str | None, typer.Option(help="Address of the Ray cluster. Default: start Ray on this machine.")]
P = ParamSpec("P")
_BYTES = 0xDC00  # Python reads the byte 0xE9 of a file name that is not UTF-8 as U+DCE9
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True)
class Output:
    """What a command prints."""

    content: Any  # A dataclass or plain values, for `--json`
    lines: Iterable[str]  # The content as text


def command(function: Callable[..., Output]) -> Callable[..., None]:
    """A command from a function that returns its output: adds `--json`, and prints errors as sentences."""

    @errors_as_sentences
    @wraps(function)
    def run(*, as_json: bool, **values: Any) -> None:
        output = function(**values)
        if as_json:
            print_json(output.content)
            return
        for line in output.lines:
            print_line(line)

    signature = inspect.signature(function)
    json_option = inspect.Parameter("as_json", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Json)
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), json_option]
    )
    return run


def errors_as_sentences(function: Callable[P, None]) -> Callable[P, None]:
    """Print an error that a person can act on as one sentence on stderr, and exit with a status."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except ArtExtractError as error:
            print_line(str(error), sys.stderr)
            if kwargs.get("as_json"):
                print_json({"error": str(error)})
            raise typer.Exit(1) from error
        except (Stopped, KeyboardInterrupt) as stop:
            print_line("Stopped. Finished work is kept.", sys.stderr)
            raise typer.Exit(130) from stop

    return run


def engine_option(name: str | None, address: str | None) -> RayEngine | None:
    """The engine that `--engine` and `--address` name; None does the work in this process."""
    if name is None and address is None:
        return None
    if name != "ray":
        raise typer.BadParameter("--engine must be ray; --address needs --engine ray")
    return RayEngine(address)


def open_embeddings(
    name: str, backbone: str | None = None, device: str | None = None
) -> "tuple[Collection, Embeddings]":
    """A collection and its stored embeddings."""
    from artextract.collection import Collection
    from artextract.vision.device import find_device
    from artextract.vision.embedding import load_embeddings

    collection = Collection.open(name)
    return collection, load_embeddings(collection, backbone, find_device(device))


def open_searcher(name: str, backbone: str | None = None, device: str | None = None) -> "Searcher":
    """A search of a collection by its stored embeddings."""
    from artextract.similarity.search import Searcher
    from artextract.vision.device import find_device
    from artextract.vision.embedding import embedder_like

    collection, embeddings = open_embeddings(name, backbone, device)
    return Searcher(collection, embeddings, lambda: embedder_like(embeddings, find_device(device)))


@contextmanager
def progress() -> Iterator[Report]:
    """A progress bar on stderr with rate and time left; without a terminal, a line for each tenth."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _plain_report()
        return
    description, rates = (TextColumn(f"{{{what}}}", markup=False) for what in ("task.description", "task.fields[rate]"))
    columns = (description, BarColumn(), MofNCompleteColumn(), rates, TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def report(step: Step) -> None:
            if step.stage not in tasks:
                tasks[step.stage] = bars.add_task(_printable(step.stage), total=step.total or None, rate="")
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
        line = f"{step.stage}: {step.done:,} of {step.total:,}{note}{rest}" if step.total else f"{step.stage}…"
        print_line(line, sys.stderr)

    return report


def with_predictions(collection: "Collection", embeddings: "Embeddings") -> "pd.DataFrame":
    """The embedded works of a collection, with columns for the predictions and custom labels."""
    from artextract.attributes.collection_readings import stored_readings, with_readings
    from artextract.attributes.custom_labels.linear_head import heads_for, with_custom_labels
    from artextract.attributes.model_bundle import Bundle

    works = collection.works().set_index("id", drop=False).loc[embeddings.ids]
    works = with_readings(works, stored_readings(collection, Bundle.open()))
    return with_custom_labels(works, heads_for(collection, str(embeddings.key)), embeddings.vectors)


def _per_second(rate: float | None) -> str:
    if not rate:
        return ""
    return f"{rate:.0f} a second" if rate >= 10 else f"{rate:.1f} a second"


def job_output(result: Any) -> Output:
    """The output of a job: its summary, and a line per skipped work if there are several."""
    skipped = result.failed if len(result.failed) > 1 else {}
    return Output(result, [result.sentence(), *(f"Skipped {work}: {why}" for work, why in skipped.items())])


def print_json(content: Any) -> None:
    """One JSON object on stdout, in UTF-8 whatever the locale."""
    plain = asdict(content) if is_dataclass(content) and not isinstance(content, type) else content
    text = json.dumps(plain, ensure_ascii=False, allow_nan=False, default=str)
    text = _SURROGATE.sub(lambda found: "\\" + _escaped(found), text)
    _print(_CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text), sys.stdout, "utf-8")


def print_line(text: str, to: TextIO | None = None) -> None:
    """Print a line of text, by default on stdout. It cannot control the terminal, whatever names it has."""
    _print(_printable(text), to or sys.stdout)


def _print(text: str, to: TextIO, encoding: str | None = None) -> None:
    if isinstance(to, io.TextIOWrapper):
        to.reconfigure(encoding=encoding, errors="backslashreplace")
    print(text, file=to, flush=True)


def _printable(text: str) -> str:
    """A text without control characters, and without bytes of a file name that are not UTF-8."""
    return _CONTROL.sub(_escaped, _SURROGATE.sub(_escaped, text))


def _escaped(found: re.Match[str]) -> str:
    """Such a character or byte as an escape: `\\x1b`, or `\\u2028` above U+00FF."""
    code = ord(found[0])
    code -= _BYTES if code in range(_BYTES + 0x80, _BYTES + 0x100) else 0
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
