"""The page table and the frame around every page."""

import streamlit as st

PAGES = [
    st.Page("train/view.py", title="Train", url_path="train", default=True),
    st.Page("geometry/view.py", title="Geometry", url_path="geometry"),
    st.Page("step/view.py", title="One step", url_path="step"),
    st.Page("codes/view.py", title="Two codes", url_path="codes"),
    st.Page("book/view.py", title="The book", url_path="book"),
    st.Page("which/view.py", title="Which λ", url_path="which"),
    st.Page("map/view.py", title="η × λ", url_path="map"),
    st.Page("act/view.py", title="Where it acts", url_path="act"),
    st.Page("dimension/view.py", title="Dimension", url_path="dimension"),
]

st.set_page_config(page_title="Weight Decay Explorer", page_icon="📉", layout="wide")
page = st.navigation(PAGES, position="top")
page.run()
