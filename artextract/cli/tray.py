"""The command that exports a tray."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from artextract.cli.common import Output, command

if TYPE_CHECKING:
    from artextract.trays.resolve import ResolvedItem
    from artextract.trays.store import Tray

_KINDS = (".csv", ".xlsx", ".json", ".html", ".zip")


@command
def export_tray(
    link: Annotated[str, typer.Argument(help="The tray's link, or the token in it.")],
    files: Annotated[
        list[Path],
        typer.Argument(
            help="Files to write: .csv or .xlsx a table, .json a IIIF manifest, .html a page for print, "
            ".zip the pictures with a free licence."
        ),
    ],
    app: Annotated[str | None, typer.Option(help="The app's address, for the IIIF manifest.")] = None,
) -> Output:
    """Export a tray that was made in the app."""
    from urllib.parse import parse_qs, urlsplit

    from artextract.manifest import APP
    from artextract.trays.resolve import resolve
    from artextract.trays.store import TrayStore

    for file in files:
        if file.suffix.lower() not in _KINDS:
            raise typer.BadParameter(f"{file.name} must end in one of {', '.join(_KINDS)}")
    address = urlsplit(link)
    tray = TrayStore().shared(parse_qs(address.query).get("shared", [link])[0])
    app = app or (f"{address.scheme}://{address.netloc}" if address.netloc else APP)
    works = resolve(tray.items)
    for file in files:
        _write(file, tray, works, app)
    written = [str(file) for file in files]
    line = f"Exported {tray.name} ({len(works)} works) to {', '.join(written)}."
    return Output({"name": tray.name, "works": len(works), "files": written}, [line])


def _write(file: Path, tray: "Tray", works: "list[ResolvedItem]", app: str) -> None:
    import json

    from artextract.files import write_atomic, write_bytes
    from artextract.trays.exports import pictures_zip, tray_csv, tray_manifest, tray_page, tray_xlsx

    kind = file.suffix.lower()
    if kind == ".zip":
        with write_atomic(file) as temporary, temporary.open("wb") as archive:
            archive.writelines(pictures_zip(tray, works))
    elif kind == ".csv":
        write_bytes(file, tray_csv(works))
    elif kind == ".xlsx":
        write_bytes(file, tray_xlsx(works))
    elif kind == ".html":
        write_bytes(file, tray_page(tray, works).encode())
    else:
        manifest = tray_manifest(tray, works, app)
        write_bytes(file, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
