"""Registration of components with their own scripts and styles."""

from collections.abc import Callable
from functools import cache
from typing import Any

import streamlit as st

from artextract.ui.server import scripts

# Streamlit sends this script with every change of the component, and imports it from a blob, where only whole
# addresses work. A style stays in the document, for what components add to the body, and so its rules must name
# their own component.
_LOADER = """
const [style, script] = ["{style}", "{script}"].map((path) => new URL(path, location.href).href);
await ((window.artextractStyles ??= {{}})[style] ??= new Promise((loaded) => {{
  const link = Object.assign(document.createElement("link"), {{ rel: "stylesheet", href: style }});
  link.onload = link.onerror = loaded;
  document.head.append(link);
}}));
export default (await import(script)).default;
"""


@cache
def component(name: str, html: str) -> Any:
    """A component of `scripts.FILES`, registered once: the return value of `st.components.v2.component`.

    `html` is its initial content. The browser loads the script and the style by address, and keeps them.
    """
    loader = _LOADER.format(style=scripts.url(f"{name}.css"), script=scripts.url(f"{name}.js"))
    return st.components.v2.component(name, html=html, js=loader, isolate_styles=False)


def triggers(key: str, **calls: Callable[[Any], object] | None) -> dict[str, Callable[[], None]]:
    """The callbacks of the component with this key: each takes the value that the browser sends by its name.

    Streamlit calls them before the rerun that the value causes.
    """

    def callback(name: str, call: Callable[[Any], object] | None) -> Callable[[], None]:
        def arrived() -> None:
            if call is not None and (value := getattr(st.session_state[key], name)) is not None:
                call(value)

        return arrived

    return {f"on_{name}_change": callback(name, call) for name, call in calls.items()}
