"""Workbooks: opened in a child process with limits, handed over as plain values."""
