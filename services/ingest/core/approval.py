"""Sign-off: an approver of the authority stands behind a return, or says why not.

It is of one version: a later one has to be signed off itself.
"""

from schemas.errors import TartanError
from schemas.events import ReturnSignedOff, SignOffRefused, TextSet
from schemas.sign_off import STATEMENT
from services.ingest.core.explanation import asked_of
from services.ingest.core.reason import write_reason
from services.ingest.core.standing import require_standing, word_of
from services.ingest.core.version import Version, Versions
from services.ingest.core.word import Word

_WHY_NOT = "Say what keeps you from signing the return off."


class AnotherStatement(TartanError):
    """What was agreed to is not the statement that is asked for now."""

    def __init__(self) -> None:
        super().__init__(
            f"Read the words of the statement {STATEMENT}, and send its id if you agree to them."
        )


class QueriesOpen(TartanError):
    """Figures of the return have not been explained; ``about`` names them, None the whole."""

    def __init__(self, about: tuple[str | None, ...]) -> None:
        names = ", ".join(each or "the return as a whole" for each in about)
        super().__init__(
            f"The check asked about {names}, and nobody has explained it. Explain what is right, "
            "or send the return again with the right figures; then it can be signed off."
        )
        self.about = about


class AlreadySigned(TartanError):
    """A sign-off is not taken back by a refusal."""

    def __init__(self) -> None:
        super().__init__(
            "It has been signed off. Send the return again with a reason, or withdraw it, if its "
            "figures should not stand."
        )


def decide_sign_off(
    known: Versions, version: Version, *, statement: str, actor: str
) -> tuple[ReturnSignedOff] | tuple[()]:
    """Return the sign-off of a return; nothing where it is signed off already.

    Raises NoLongerStands, AnotherStatement or QueriesOpen.
    """
    require_standing(known, version)
    if version.return_id in known.words.signed:
        return ()
    if statement != STATEMENT:
        raise AnotherStatement
    asked = (each.finding.indicator for each in asked_of(version, known) if each.is_open)
    if about := tuple(dict.fromkeys(asked)):
        raise QueriesOpen(about)
    said = ReturnSignedOff(
        **version.about,
        actor=actor,
        statement=statement,
    )
    return (said,)


def decide_refusal(
    known: Versions, version: Version, *, reason: str, actor: str
) -> tuple[TextSet, SignOffRefused] | tuple[()]:
    """Return the words and the refusal; nothing where the same was said last.

    Raises NoLongerStands, AlreadySigned or ReasonUnfit.
    """
    require_standing(known, version)
    if version.return_id in known.words.signed:
        raise AlreadySigned
    text = write_reason(reason, about="refusal", return_id=version.return_id, missing=_WHY_NOT)
    before = known.words.refused.get(version.return_id)
    if before is not None and before.said == text.id:
        return ()
    said = SignOffRefused(
        **version.about,
        actor=actor,
        reason=text.id,
    )
    return text, said


def sign_off_of(known: Versions, version: Version) -> Word:
    """Return the sign-off behind what was said; raises NoLongerStands."""
    return word_of(known, version, known.words.signed)


def refusal_of(known: Versions, version: Version) -> Word:
    """Return the refusal behind what was said.

    Raises NoLongerStands, or AlreadySigned where a sign-off came into the log before it.
    """
    if version.return_id in known.words.signed:
        raise AlreadySigned
    return word_of(known, version, known.words.refused)
