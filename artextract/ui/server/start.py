"""How the app is served: its middleware, the settings of a public server, and errors that no screen shows."""

import os

import streamlit as st
from starlette.middleware import Middleware
from streamlit import config

from artextract import settings
from artextract.errors import ArtExtractError
from artextract.ui.redaction import NOT_AVAILABLE, redact
from artextract.ui.server import rate_limits
from artextract.ui.server.middleware import ServerMiddleware
from artextract.ui.server.visitors import VisitorCookie


def configure() -> None:
    """Apply the settings of a public server if this is one. Call it before the app is made."""
    if settings.public():
        limits = rate_limits.LIMITER.limits
        config.set_option("server.maxUploadSize", limits.upload_size)
        config.set_option("server.maxWidgetStateSize", limits.message_size)
        config.set_option("client.showErrorDetails", "none")  # a traceback names files
        config.set_option("server.enableAgentApi", False)
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # a visitor starts no download


def middleware() -> list[Middleware]:
    """What every request passes before it is answered."""
    return [Middleware(ServerMiddleware), Middleware(VisitorCookie)]


def show_error(error: Exception) -> bool:
    """Show an error that no screen caught (Streamlit's `on_script_error`); False leaves it to Streamlit."""
    if isinstance(error, ArtExtractError):
        st.error(redact(error), icon=":material/error:")
    elif settings.public():
        st.error(NOT_AVAILABLE, icon=":material/error:")  # Streamlit has logged the traceback
    else:
        return False
    return True
