"""What a version of a return changed in the one before it, as a page."""

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response

from schemas.difference import differences, in_words
from services.gateway.core import wording
from services.gateway.core.document import Document
from services.gateway.pages.furniture import Furniture
from services.gateway.pages.submission import as_sent, figures_of, find, indicator_name
from services.gateway.views import Views


def router(furniture: Furniture) -> APIRouter:
    """Serve what changed."""
    routes = APIRouter(include_in_schema=False)
    views = furniture.views

    @routes.get("/returns/{return_id}/changes")
    def read_changes(request: Request, return_id: str) -> Response:
        submission = find(furniture, return_id)
        authority = views.authority(submission["authority"])
        changed = changes(views, submission)
        said = (
            f"{changed['words']} since version {changed['version']}."
            if changed
            else "It is the first that stood, so nothing changed."
        )
        return furniture.page(
            request,
            "changes.html",
            title=f"What changed: return of {authority.name}",
            heading="What changed",
            section="/authorities",
            crumbs=(
                (f"/authorities/{authority.code}", authority.name),
                (f"/returns/{return_id}", "Return"),
            ),
            live=False,
            headline=f"{wording.collection(submission['collection'])} of {authority.name} for "
            f"{wording.period(submission['period'])}, version {submission['version']}. {said}",
            changed=changed,
            version=submission["version"],
            return_id=return_id,
            period_of=submission["period"],
        )

    return routes


def changes(views: Views, submission: Document) -> Mapping[str, Any] | None:
    """Return what a version changed in the one before it; None where none stood."""
    before = views.store.get(views.keys.submission(submission["replaces"] or ""))
    if before is None:
        return None
    found = differences(figures_of(before), figures_of(submission))
    return {
        "id": before["return_id"],
        "words": in_words(found),
        "version": before["version"],
        "items": [
            {
                "name": indicator_name(views, each.indicator)[0],
                "before": as_sent(each.before),
                "after": as_sent(each.after),
            }
            for each in found
        ],
    }
