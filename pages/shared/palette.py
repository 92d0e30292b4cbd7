"""The colours of every picture: each means one thing everywhere, and a dash or a mark doubles it.

Okabe and Ito's, told apart by colour-blind eyes. TEXT is the theme's text colour, which only the
browser knows.
"""

TRAIN, TEST = "#0072B2", "#D55E00"
PENALTY, OPTIMUM = "#E69F00", "#CC79A7"
TEXT = "var(--st-text-color)"
FAINT = 0.6
