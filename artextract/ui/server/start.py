"""How the app is served: the guard before it, the settings of a public server."""

import os

from starlette.middleware import Middleware
from streamlit import config

from artextract import settings
from artextract.ui.public import UPLOAD_MEGABYTES
from artextract.ui.server.middleware import Guard
from artextract.ui.server.visitors import VisitorCookie

_PUBLIC = {
    "server.maxUploadSize": UPLOAD_MEGABYTES,
    "server.maxWidgetStateSize": 8,  # MB of a message: a lasso around a million works
    "client.showErrorDetails": "none",  # a traceback names files
    "server.enableAgentApi": False,
}


def settle() -> None:
    """Set what a public server needs, where this is one. Call it before the app is made."""
    if settings.public():
        for name, value in _PUBLIC.items():
            config.set_option(name, value)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a visitor starts no download


def middleware() -> list[Middleware]:
    """What stands before all that the server answers."""
    return [Middleware(Guard), Middleware(VisitorCookie)]
