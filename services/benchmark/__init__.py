"""Benchmark: standings, baselines and signatures, as a pure core with a thin shell around it."""
