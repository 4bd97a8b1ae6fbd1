"""Where things are kept."""

import os
from pathlib import Path

CACHE_VARIABLE = "ARTEXTRACT_CACHE"


def cache_dir() -> Path:
    """The folder for all that is computed or downloaded.

    The environment variable ``ARTEXTRACT_CACHE`` names another; otherwise it is ``cache/`` of the
    checkout, and of the working folder when the package is installed without its checkout.
    """
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(named).expanduser().resolve()
    checkout = Path(__file__).resolve().parent.parent
    home = checkout if (checkout / "streamlit_app.py").exists() else Path.cwd()
    return home / "cache"


def collections_dir() -> Path:
    """The folder that holds one folder a collection."""
    return cache_dir() / "collections"
