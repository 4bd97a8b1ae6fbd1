"""Pasting pictures: Streamlit's uploader takes files that are dropped or chosen, not pasted."""

from pathlib import Path

from artextract.ui.components.registration import component


def accept_pasted(key: str) -> None:
    """Give pictures pasted on this screen to its file uploader."""
    script = Path(__file__).parent / "paste.js"
    component("paste_pictures", "<span></span>", script)(key=key, height=0)
