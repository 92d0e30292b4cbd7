"""The page table and the frame around every page."""

import streamlit as st

PAGES = [
    st.Page("views/train.py", title="Train", url_path="train", default=True),
    st.Page("views/geometry.py", title="Geometry", url_path="geometry"),
    st.Page("views/step.py", title="One step", url_path="step"),
    st.Page("views/codes.py", title="Two codes", url_path="codes"),
    st.Page("views/book.py", title="The book", url_path="book"),
    st.Page("views/which.py", title="Which λ", url_path="which"),
    st.Page("views/map.py", title="η × λ", url_path="map"),
    st.Page("views/act.py", title="Where it acts", url_path="act"),
    st.Page("views/dimension.py", title="Dimension", url_path="dimension"),
]

st.set_page_config(page_title="Weight Decay Explorer", page_icon="📉", layout="wide")
page = st.navigation(PAGES, position="top")
page.run()
