"""Ingest: takes returns and published figures, says everything that is wrong, logs what is right.

The check is a pure core; the shell around it owns the log, the view of versions and the lock.
"""
