"""The front door: `streamlit run streamlit_app.py`.

Imported by the server, it gives the app with the routes for pictures and trays; run as a script
for a visitor, it leads to the Explore screen.
"""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from artextract.ui.navigation import EXPLORE
from artextract.ui.server.routes import routes
from artextract.ui.server.visitors import VisitorCookie

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, routes=routes(), middleware=[Middleware(VisitorCookie)])
else:
    st.switch_page(EXPLORE.path, query_params=st.query_params.to_dict())
