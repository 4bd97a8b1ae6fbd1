"""`artextract collect …`: one command for each source of the registry."""

import inspect
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import typer

from artextract.cli.common import Output, command, progress
from artextract.sources.registry import FREE_ONLY, SOURCES, SourceEntry, SourceOption

collect_app = typer.Typer(help="Collect works from a source.", no_args_is_help=True)
Look = Annotated[bool, typer.Option("--look", help="Show what would be collected, and collect nothing.")]
Open = Annotated[bool, typer.Option("--open", help="Collect only works that are CC0 or in the public domain.")]


def _command(entry: SourceEntry) -> Any:
    """The command that collects from a source; its signature has the options of the source."""

    def run(*, name: str | None, look: bool, **values: Any) -> Output:
        from artextract.collecting import collect
        from artextract.sources.preview import preview

        if name is None and not look:
            raise typer.BadParameter("Name the collection.", param_hint="--name")
        with progress() as report:
            source = entry.open(values, report)
            if look:
                with closing(source):
                    seen = preview(source)
                return Output(seen, seen.lines())
            result = collect(source, name or "", report)
        return Output(result, [result.sentence(), *result.causes])

    named = Annotated[str | None, typer.Option(help="Name of the collection. Not needed with --look.")]
    name = _keyword("name", named, entry.collection or None)
    parameters = [
        *map(_parameter, entry.options),
        name,
        _keyword("look", Look, False),
        _keyword(FREE_ONLY, Open, False),
    ]
    run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command(run)


def _parameter(option: SourceOption) -> inspect.Parameter:
    one: Any = {"str": str, "int": int, "bool": bool, "path": Path}[option.kind]
    one = list[one] if option.many else one
    kind = one if option.required or option.default is not None else one | None
    flag = f"--{option.name.replace('_', '-')}"  # a switch has no "--no-…"
    info = (
        typer.Argument(help=option.help)
        if option.positional
        else typer.Option(flag, help=option.help, min=1 if option.kind == "int" else None)
    )
    default = inspect.Parameter.empty if option.required else option.default
    return _keyword(option.name, Annotated[kind, info], default)


def _keyword(name: str, annotation: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


for _entry in SOURCES.values():
    collect_app.command(_entry.name, help=_entry.help)(_command(_entry))
