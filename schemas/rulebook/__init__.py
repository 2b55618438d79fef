"""The rules of the check as data, by the first letter of their codes.

``file`` F, ``structure`` S, ``cell`` C, ``crossfield`` X, ``plausibility`` Q, ``disclosure`` D,
``timeliness`` T. A rule is added to its module's ``RULES`` with ``since`` the version that brings
it; ``schemas.rule`` has them all.
"""
