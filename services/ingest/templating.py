"""The door for templates: what an authority fills in for a quarter, as CSV and as a workbook."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.ingest.answer import refusals
from services.ingest.core.document import Format
from services.ingest.core.template import Template, draw_template, write_csv
from services.ingest.desk import Desk
from services.ingest.xlsx.form import write_workbook
from services.runtime.problem import problems

FIRST = "riia-quarterly"
_KINDS: dict[str, tuple[str, Format, Callable[[Template], bytes]]] = {
    "csv": ("CSV", Format.CSV, write_csv),
    "xlsx": ("Excel workbook", Format.XLSX, write_workbook),
}

Code = Annotated[str, Path(description="The code of the authority, as 383.")]
Quarter = Annotated[str, Path(description="The quarter, as 2026-27-Q2.")]
Collection = Annotated[str, Query(description="The collection that is to be returned.")]
WithLast = Annotated[
    bool,
    Query(description="Whether to show what was returned for the quarter before, to compare with."),
]


def router(desk: Desk) -> APIRouter:
    """Return the routes of templates over a desk."""
    routes = APIRouter()
    for ending in _KINDS:
        _add(routes, desk, ending)
    return routes


def _add(routes: APIRouter, desk: Desk, ending: str) -> None:
    title, media, write = _KINDS[ending]
    is_text = media is Format.CSV
    schema = {"type": "string"} if is_text else {"type": "string", "format": "binary"}

    @routes.get(
        f"/v1/templates/{{authority}}/{{period}}.{ending}",
        tags=["Templates"],
        operation_id=f"read_template_{ending}",
        summary=f"Read the template of a return: {title}",
        response_class=Response,
        responses={
            200: {"description": "The template", "content": {media.value: {"schema": schema}}},
            **problems(404, 422, 503),
        },
    )
    def read_template(
        authority: Code, period: Quarter, collection: Collection = FIRST, last: WithLast = True
    ) -> Response:
        """Give a row for each indicator, with what it counts; filled in, it is a return."""
        with refusals():
            template = desk.ask(
                lambda known, library: draw_template(
                    authority, period, collection, library=library, known=known, with_last=last
                )
            )
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{template.name}.{ending}"',
        }
        return Response(write(template), media_type=media.value, headers=headers)
