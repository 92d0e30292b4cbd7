"""Two weights, or a plane through many: the quadratic, its disc and its diamond."""
