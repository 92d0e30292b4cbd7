"""The colours of every picture: each means one thing everywhere, and a dash or a mark doubles it.

Okabe and Ito's, told apart by colour-blind eyes. TEXT and BACKGROUND are the theme's own, which
only the browser knows.
"""

TRAIN, TEST = "#0072B2", "#D55E00"
# Level sets of the loss; the penalty and its constraint; the optimum with the penalty.
LEVEL, PENALTY, OPTIMUM = "#009E73", "#E69F00", "#CC79A7"
# Two more, without a meaning of their own: a page says what it draws in them.
SKY, GREY = "#56B4E9", "#8A8A8A"
TEXT, BACKGROUND = "var(--st-text-color)", "var(--st-background-color)"
# Colours that stand for numbers, and what sets a mark off from all of them.
SCALE, RIM = "Cividis", "#000000"
# How opaque the curves are that a run is compared with.
FAINT = 0.6


def faint(colour: str, opacity: float) -> str:
    """One of these colours, of which something behind it is seen; not the theme's."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"rgba({red}, {green}, {blue}, {opacity:g})"
