"""Makes the message of a try: looks up what the notice speaks of and has it put into words."""

from datetime import datetime

from schemas.events import SignatureCleared, SignatureWithdrawn
from services.alerts.channel.notifier import Message
from services.alerts.core.delivery import Try
from services.alerts.core.letter import write_html, write_text
from services.alerts.core.wording import Matter, word
from services.alerts.office import Office


def compose(due: Try, *, office: Office, base_url: str, possible_repeat: bool) -> Message:
    """Return the message of a notice, the same at every try unless the alert has ended since."""
    planned = due.planned
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
    return Message(
        notice=planned.notice,
        alert=planned.alert,
        audience=planned.audience,
        planned_at=datetime.fromisoformat(planned.at),
        subject=letter.subject,
        text=write_text(letter),
        html=write_html(letter),
        possible_repeat=possible_repeat,
        facts={
            "authority": planned.authority,
            "signature": grounds.signature,
            "reason": planned.reason,
            "severity": planned.severity,
            "period": planned.period,
            "link": letter.link,
        },
        traceparent=trace,
    )
