"""The pure part: who is told what and why, when a try is repeated, and in which words."""
