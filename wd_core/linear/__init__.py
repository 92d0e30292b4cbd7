"""What is exact about linear models: solutions, spectrum, limits, steps, risk."""
