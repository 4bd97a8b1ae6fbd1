"""The app's own part of the server: routes besides Streamlit's pages, limits, cookies, health, metrics."""
