"""When numbers are called alike, and what is no measurement: the same on every page."""

# Losses closer than this are called alike.
ALIKE = 1.05
# Fewer test examples than this are no measurement.
FEW_TESTS = 10
