"""The start of the app: `streamlit run streamlit_app.py`.

The server imports this file to get the app with its routes and middleware. Run as a script for a
visitor, the file opens the Explore screen.
"""

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from artextract.ui.navigation import EXPLORE
from artextract.ui.server.routes import routes
from artextract.ui.server.start import configure, middleware, show_error

if get_script_run_ctx(suppress_warning=True) is None:
    configure()
    # Streamlit looks for this call in the text of the file.
    app = st.App(__file__, routes=routes(), middleware=middleware(), on_script_error=show_error)
else:
    st.switch_page(EXPLORE.path, query_params=st.query_params.to_dict())
