"""The command reference in Markdown, from the help of the commands: `python -m tests.support.command_reference`."""

from collections.abc import Iterator
from typing import Any

import typer

from artextract.cli import app

INTRODUCTION = """# Commands

Every command takes `--json`, which prints one JSON object on stdout (`artextract app` does not, and
`artextract export-manifest` always prints JSON). Progress and errors go to stderr.

Exit status: 0 done, 1 not done (a sentence says why), 2 wrong usage, 130 stopped (finished work is kept).

<!-- This page is generated: make docs -->
"""


def reference() -> str:
    """The page `docs/commands.md`."""
    return "\n".join([INTRODUCTION, *_described(typer.main.get_command(app), "artextract")])


def _described(command: Any, name: str) -> Iterator[str]:
    """The lines on a command, or on all commands of a group."""
    for part, child in getattr(command, "commands", {}).items():
        yield from _described(child, f"{name} {part}")
    if not hasattr(command, "commands"):
        options = [parameter for parameter in command.params if parameter.name != "as_json"]
        arguments = [_name(parameter) for parameter in options if parameter.param_type_name == "argument"]
        yield f"## {' '.join([name, *arguments])}\n\n{command.help}\n"
        if options:
            yield "| option | meaning |\n| --- | --- |"
            yield from (f"| `{_name(parameter)}` | {_meaning(parameter)} |" for parameter in options)
            yield ""


def _name(parameter: Any) -> str:
    """`NAME` of an argument (with an ellipsis if it repeats), `--name` of an option."""
    if parameter.param_type_name == "option":
        return str(parameter.opts[0])
    name = (parameter.metavar or parameter.name).upper()
    return f"{name}{'' if parameter.nargs == 1 else '…'}" if parameter.required else f"[{name}]"


def _meaning(parameter: Any) -> str:
    shown = parameter.default not in (None, False, [])
    required = " Required." if parameter.required and parameter.param_type_name == "option" else ""
    default = f" Default: {parameter.default}." if shown else ""
    return f"{parameter.help.replace('|', '/').replace('<', '&lt;')}{required}{default}"


if __name__ == "__main__":
    print(reference(), end="")
