"""Main script of the demo: one slider, some streams, one chart."""

import streamlit as st

from pages.shared.chart import chart
from tests.browser.demo.runs import WEIGHT_DECAYS, payload

streams = {
    "one": "/api/stream?name=one&epochs=300&pace=0.01",
    "two": "/api/stream?name=two&epochs=40&pace=0.01",
    "burst": "/api/stream?name=burst&epochs=300&pace=0",
    "late": "/api/stream?name=late&epochs=5&pace=0.2",
    "queued": "/api/stream?name=queued&epochs=5&pace=0.2",
    "broken": "/api/stream?name=broken&epochs=3&pace=0.01",
}

weight_decay = st.select_slider("Weight decay", WEIGHT_DECAYS, key="weight decay")
long_run = st.selectbox("Long run", ["none", *streams])
shown = st.checkbox("Chart", value=True)
note = ", noted" if st.checkbox("Note") else ""
if shown and long_run in streams:
    name = streams[long_run]
    epochs = int(name.split("epochs=")[1].split("&")[0])
    sent = 0 if long_run == "late" else 1
    chart(payload(weight_decay, stream=name, epochs=epochs, sent=sent, note=note), key="chart")
elif shown:
    chart(payload(weight_decay, note=note), key="chart")
