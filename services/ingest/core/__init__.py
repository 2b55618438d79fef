"""The check of a return: reading, rules, report, and which version stands. It is pure."""
