"""Alerts: decides who is told what and why, words it, sends it, and takes people's answers."""
