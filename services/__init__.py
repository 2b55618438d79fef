"""The services of Tartan: each a pure core and a thin shell."""
