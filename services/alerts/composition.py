"""Makes the message of a try: looks up what the notice speaks of and has it put into words."""

from collections.abc import Mapping
from datetime import datetime

from schemas.events import NoticePlanned, ReminderPlanned, SignatureCleared, SignatureWithdrawn
from services.alerts.channel.notifier import Message
from services.alerts.core.delivery import Planned, Try
from services.alerts.core.letter import Letter, write_html, write_text
from services.alerts.core.reminder import Awaited, word_reminder
from services.alerts.core.wording import Matter, word
from services.alerts.office import Office


def compose(due: Try, *, office: Office, base_url: str, possible_repeat: bool) -> Message:
    """Return the message of a notice, the same at every try unless its matter has ended since."""
    if isinstance(due.planned, ReminderPlanned):
        return _remind(due.planned, office, base_url, possible_repeat=possible_repeat)
    return _tell(due.planned, office, base_url, possible_repeat=possible_repeat)


def _tell(
    planned: NoticePlanned, office: Office, base_url: str, *, possible_repeat: bool
) -> Message:
    with office.hold() as register:
        said, grounds = register.look_up(planned.because)
        audience = register.state.audiences[planned.audience]
        overtaken = register.ended.get(planned.alert)
        trace = register.traces.get(planned.notice)
    matter = Matter(
        planned=planned,
        audience=audience,
        nation=office.nation,
        grounds=grounds,
        ended=said if isinstance(said, SignatureCleared | SignatureWithdrawn) else None,
        overtaken=overtaken,
        possible_repeat=possible_repeat,
    )
    letter = word(matter, library=office.library, base_url=base_url)
    facts = {
        "authority": planned.authority,
        "signature": grounds.signature,
        "reason": planned.reason,
        "severity": planned.severity,
        "period": planned.period,
    }
    return _message(planned, letter, facts, possible_repeat=possible_repeat, trace=trace)


def _remind(
    planned: ReminderPlanned, office: Office, base_url: str, *, possible_repeat: bool
) -> Message:
    with office.hold() as register:
        audience = register.state.audiences[planned.audience]
        still = register.state.roll.awaited[f"{planned.collection}/{planned.period}"].authorities
    awaited = Awaited(planned, audience, office.nation, still, possible_repeat)
    letter = word_reminder(awaited, library=office.library, base_url=base_url)
    facts = {
        "kind": planned.kind,
        "collection": planned.collection,
        "period": planned.period,
        "due": planned.due,
        "authorities": ",".join(planned.authorities),
    }
    return _message(planned, letter, facts, possible_repeat=possible_repeat, trace=None)


def _message(
    planned: Planned,
    letter: Letter,
    facts: Mapping[str, str],
    *,
    possible_repeat: bool,
    trace: str | None,
) -> Message:
    return Message(
        type=planned.type,
        notice=planned.notice,
        alert=planned.alert,
        audience=planned.audience,
        planned_at=datetime.fromisoformat(planned.at),
        subject=letter.subject,
        text=write_text(letter),
        html=write_html(letter),
        possible_repeat=possible_repeat,
        facts={**facts, "link": letter.link},
        traceparent=trace,
    )
