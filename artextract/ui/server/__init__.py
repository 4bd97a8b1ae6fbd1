"""What the app's server answers besides Streamlit's own pages."""
