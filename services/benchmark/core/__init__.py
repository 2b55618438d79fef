"""The core of benchmark: from returns and published figures to standings and signatures.

Pure: no clock, no chance, no input or output. ``step`` is the door; the arithmetic lives in modules
of one idea each (position, departure, spread, flag, accumulation, neighbours, baseline).
"""
