"""The app as it is served: its routes, the guard before them, the settings of a public server."""

import os

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from artextract import settings
from artextract.ui.public import UPLOAD_MEGABYTES
from artextract.ui.server.guard import Guard
from artextract.ui.server.routes import routes

_PUBLIC = {
    "server.maxUploadSize": UPLOAD_MEGABYTES,
    "server.maxWidgetStateSize": 8,  # MB of a message: a lasso around a million works
    "client.showErrorDetails": "none",  # a traceback names files
    "server.enableAgentApi": False,
}


def server(script: str) -> st.App:
    """The app of the script at that path, as an ASGI application."""
    if settings.public():
        for name, value in _PUBLIC.items():
            config.set_option(name, value)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a visitor starts no download
    return st.App(script, routes=routes(), middleware=[Middleware(Guard)])
