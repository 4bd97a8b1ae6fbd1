"""Timeline: a collection by year, its periods by their embeddings, how its styles move."""

import numpy as np
import streamlit as st

from artextract.timeline import groups_by, period_width
from artextract.ui import gallery_picker, layout, navigation, work_columns
from artextract.ui.timeline import charts
from artextract.ui.timeline.choices import choose_by, choose_view
from artextract.ui.timeline.panels import show_periods, show_ways, show_works, show_years
from artextract.work_table import middle_years

survey = layout.page(navigation.TIMELINE)
gallery = gallery_picker.pick_gallery(survey)
if gallery is None:
    st.stop()
st.title(f"{gallery.collection.about.title} in time")
work_years = middle_years(gallery.works)
known = work_years[np.isfinite(work_years)]
if len(np.unique(known)) < 2:
    st.info("Fewer than two works of this collection have a year, so there is no timeline.")
    st.stop()
years_of_all = (int(np.floor(known.min())), int(np.floor(known.max())))
by = choose_by(gallery)
st.caption(
    f"{len(known):,} of {len(work_years):,} works have a year; a work of several years stands in "
    "the middle of them. Draw across the chart, or move the slider, to choose years."
)
values_of_all = work_columns.values_by(gallery.works, by)
commonest = list(groups_by(values_of_all, charts.MOST_GROUPS))
chosen_years = show_years(work_years, values_of_all, commonest, years_of_all)
view = choose_view()
if view == "works":
    show_works(gallery, work_years, *chosen_years)
elif view == "periods":
    show_periods(gallery, period_width(work_years))
else:
    show_ways(gallery, commonest, by, period_width(work_years))
