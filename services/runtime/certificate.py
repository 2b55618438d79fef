"""What is wrong with a certificate that another machine shows, in words for an operator."""

import ssl

_NAMES = frozenset({62, 64})
_DAYS = {9: "is good from a later day on: see both clocks", 10: "is past its last day: renew it"}


def fault_of_certificate(error: ssl.SSLCertVerificationError, *, authority: str) -> str:
    """Return what stands behind "a certificate that"; ``authority`` is the setting to change."""
    if error.verify_code in _NAMES:
        return "is made out to another name: use the name that stands in it, or have it made anew"
    if error.verify_code in _DAYS:
        return _DAYS[error.verify_code]
    return (
        f"nobody we know vouches for ({error.verify_message}): set {authority} to the file of "
        "whoever made it"
    )
