"""The door for templates: what an authority fills in for a quarter, as CSV and as a workbook.

What a file has to look like is said there, too, in the dialects that validators read.
"""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import JSONResponse

from schemas.tabular import DIALECTS
from services.ingest.answer import refusals
from services.ingest.core.document import Format
from services.ingest.core.template import Template, draw_template, returned_with, write_csv
from services.ingest.desk import Desk
from services.ingest.xlsx.form import write_workbook
from services.runtime.problem import problems

FIRST = "riia-quarterly"
_KINDS: dict[str, tuple[str, Format, Callable[[Template], bytes]]] = {
    "csv": ("CSV", Format.CSV, write_csv),
    "xlsx": ("Excel workbook", Format.XLSX, write_workbook),
}
_DIALECTS = {
    "table-schema.json": ("Table Schema", "application/vnd.tableschema+json"),
    "datapackage.json": ("Data Package", "application/vnd.datapackage+json"),
    "csv-metadata.json": ("CSV on the Web", "application/csvm+json"),
}

Code = Annotated[str, Path(description="The code of the authority, as 383.", examples=["D01"])]
Quarter = Annotated[str, Path(description="The quarter.", examples=["2026-27-Q2"])]
Collection = Annotated[str, Query(description="The collection to be returned.", examples=[FIRST])]
Contracted = Annotated[str, Path(description="The collection.", examples=[FIRST])]
WithLast = Annotated[
    bool,
    Query(description="Whether to show what was returned for the quarter before, to compare with."),
]


def router(desk: Desk) -> APIRouter:
    """Return the routes of templates over a desk."""
    routes = APIRouter()
    for ending in _KINDS:
        _add_template(routes, desk, ending)
    for name in DIALECTS:
        _add_contract(routes, desk, name)
    return routes


def _add_template(routes: APIRouter, desk: Desk, ending: str) -> None:
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


def _add_contract(routes: APIRouter, desk: Desk, name: str) -> None:
    title, media = _DIALECTS[name]

    @routes.get(
        f"/v1/contracts/{{collection}}/{name}",
        tags=["Templates"],
        operation_id=f"read_{name.removesuffix('.json').replace('-', '_')}",
        summary=f"Read what a file of a return looks like: {title}",
        response_class=Response,
        responses={
            200: {
                "description": "The contract, of a file that is called return.csv",
                "content": {media: {"schema": {"type": "object"}}},
            },
            **problems(404, 422, 503),
        },
    )
    def read_contract(collection: Contracted) -> Response:
        """Describe the tidy table by the catalogue in force, for whoever checks it beforehand."""
        with refusals():
            indicators = desk.ask(
                lambda known, library: returned_with(collection, library=library, known=known)
            )
        body = DIALECTS[name](collection, indicators)
        return JSONResponse(body, headers={"Cache-Control": "no-store"}, media_type=media)
