"""Withdrawals: an authority takes back what it returned, and says why. Nothing stands then.

What rested on the return goes with it: its standings, and the alerts that they supported.
"""

from schemas.events import ReturnWithdrawn, TextSet
from services.ingest.core.acceptance import ReturnLocked
from services.ingest.core.reason import write_reason
from services.ingest.core.standing import is_locked, require_standing, word_of
from services.ingest.core.version import Version, Versions, Withdrawal

_WHY = "Say why the return should not count."


def decide_withdrawal(
    known: Versions, version: Version, *, reason: str
) -> tuple[TextSet, ReturnWithdrawn] | tuple[()]:
    """Return the words and the withdrawal; nothing where the return is withdrawn already.

    Raises NoLongerStands, ReturnLocked or ReasonUnfit.
    """
    text = write_reason(reason, about="withdrawal", return_id=version.return_id, missing=_WHY)
    if version.return_id in known.withdrawn:
        return ()
    require_standing(known, version)
    if is_locked(known, version):
        raise ReturnLocked(version.key, version.return_id)
    return text, ReturnWithdrawn(**version.about, reason=text.id)


def withdrawal_of(known: Versions, version: Version) -> Withdrawal:
    """Return the withdrawal of a return behind what was said; raises NoLongerStands."""
    return word_of(known, version, known.withdrawn)
