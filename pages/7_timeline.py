"""Timeline: a collection by year, and the most typical work of each period."""

from dataclasses import replace

import numpy as np
import streamlit as st

from artextract.timeline import period_width
from artextract.ui import address, gallery_picker, layout, navigation, work_columns
from artextract.ui.filter_panel import show_filters
from artextract.ui.timeline import panels
from artextract.ui.timeline.charts import MAX_GROUPS
from artextract.ui.work_text import escaped
from artextract.work_table import middle_years

VIEWS = {"works": "Works", "periods": "Periods"}

gallery = gallery_picker.pick_gallery(layout.page(navigation.TIMELINE)) or st.stop()
st.title(f"Timeline of {escaped(gallery.collection.about.title, '')}")
passing = gallery.searcher.allowed(replace(show_filters(gallery), year_from=None, year_to=None))
years = np.where(passing, middle_years(gallery.works), np.nan)
known = years[np.isfinite(years)]
if len(np.unique(known)) < 2:
    st.info("There is no timeline: fewer than two works have a year.")
    st.stop()
by = panels.choose_grouping(gallery)
st.caption(
    f"{len(known):,} of {np.count_nonzero(passing):,} works have a year. "
    "Works dated to a period count at its middle year. Drag across the chart or move the slider to choose years."
)
values = work_columns.values_by(gallery.works, by)
groups = [str(name) for name in values.value_counts().index[:MAX_GROUPS]]
chosen = panels.show_years(years, values, groups, (int(np.floor(known.min())), int(np.floor(known.max()))))
view = address.switch("View", VIEWS, name="view", label_visibility="collapsed")
if view == "works":
    panels.show_works(gallery, years, *chosen)
else:
    panels.show_periods(gallery, period_width(years))
