"""The lightbox, which shows a picture over the whole page; `ui/page.js` opens it. See `ui/server/scripts.py`."""
