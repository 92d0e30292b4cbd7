"""The geometry page's pictures as Plotly figures; no Streamlit.

A trace whose `meta` is {"moves": name} is drawn by the browser: its own points are the shape, and
`moves[name]` says for every picture where they go.
"""
