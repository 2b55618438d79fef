"""The only plumbing: the log, consumers, the store of views, settings, operations, problems.

Services stand on it; it knows no indicator, no authority and no rule.
"""
