"""The demonstration: an invented region with a history that shows what the product is for.

Its figures are drawn from a seed around the published ones of real authorities; what happens to it
stands in ``schemas/data/demonstration.toml``. It sends its returns through the same door as
everyone else, and into a nation of its own.
"""
