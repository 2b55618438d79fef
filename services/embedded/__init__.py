"""The second shell: one process, the same cores, one SQLite file; the ``tartan`` command."""
