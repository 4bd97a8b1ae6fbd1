"""The front door: `streamlit run streamlit_app.py`.

Imported by the server, it gives the app with the routes for pictures and trays, and what stands
before them; run as a script for a visitor, it leads to the Explore screen.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from artextract.ui.navigation import EXPLORE
from artextract.ui.server.routes import routes
from artextract.ui.server.start import configure, middleware, show_error

if get_script_run_ctx(suppress_warning=True) is None:
    configure()
    # Streamlit looks for this very call in the text of the file.
    app = st.App(__file__, routes=routes(), middleware=middleware(), on_script_error=show_error)
else:
    st.switch_page(EXPLORE.path, query_params=st.query_params.to_dict())
