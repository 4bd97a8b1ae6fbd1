"""What lies in the visitor's tray, for the screens that show works."""

from artextract.errors import ArtExtractError
from artextract.trays.store import TrayStore
from artextract.ui.server.visitors import visitor


def tray_works() -> frozenset[tuple[str, str]]:
    """Collection and id of each work in the tray that the visitor opened last.

    Empty where that can't be known: a screen does without it, and who lays a work into the tray is
    told why that can't be done.
    """
    if not (who := visitor()):
        return frozenset()
    try:
        tray = TrayStore().current(who)
    except ArtExtractError:
        return frozenset()
    return frozenset((item.collection, item.work) for item in tray.items) if tray else frozenset()
