"""Joint returns that an older release printed under the code of their first member."""

from schemas.publication import Publication
from schemas.reference import Library
from services.ingest.core.published_account import Reason
from services.ingest.core.published_row import Key, Rows


def rejoin(rows: Rows, publication: Publication, library: Library) -> list[str]:
    """Give such rows their joint code back, so that no figure stands under one member's name.

    A row is joint where the publication says that the two return together and the other member has
    no row or one that is "not applicable" throughout; that row is set aside. Returns notices.
    """
    notices = []
    for joint in publication.joint:
        first, *others = library.joint[joint]
        found = [key for key in rows.kept if key.area == first]
        moved = [key for key in found if _alone(rows, key, joint, others)]
        for key in moved:
            rows.kept[Key(key.match, joint, key.year)] = rows.kept.pop(key)
            for other in others:
                if rows.kept.pop(Key(key.match, other, key.year), None) is not None:
                    rows.aside[Reason.JOINT_PARTNER] += 1
        if moved:
            notices.append(f"Rows under {first} are the joint return of {joint}: {len(moved)}.")
    return notices


def _alone(rows: Rows, key: Key, joint: str, others: list[str]) -> bool:
    if Key(key.match, joint, key.year) in rows.kept:
        return False
    partners = [rows.kept.get(Key(key.match, other, key.year)) for other in others]
    return all(
        partner is None or {partner[t.place].strip() for t in rows.matches[key.match]} == {"z"}
        for partner in partners
    )
