"""The language of Tartan: periods, reference tables, events, topics and their codec.

Everything else speaks it, and it imports nothing of ours: pydantic and the standard library only.
"""
