"""The door to the rules of the check."""

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from schemas.rule import RULES
from services.ingest.listing import RuleItem, RuleListing
from services.runtime.problem import Problem, problems


def router() -> APIRouter:
    """Return the routes of the rules."""
    routes = APIRouter(tags=["Rules"])

    @routes.get("/v1/rules", summary="List the rules of the check", response_model=RuleListing)
    def list_rules() -> Response:
        return _answer(RuleListing(items=[RuleItem.of(rule) for rule in RULES.values()]))

    @routes.get(
        "/v1/rules/{code}",
        summary="Read a rule with an example that meets it",
        response_model=RuleItem,
        responses=problems(404, 422),
    )
    def read_rule(code: str) -> Response:
        rule = RULES.get(code.upper())
        if rule is None:
            where = "GET /v1/rules lists those there are."
            raise Problem(404, "not-found", "There is no such rule", where)
        return _answer(RuleItem.of(rule))

    return routes


def _answer(item: BaseModel) -> JSONResponse:
    return JSONResponse(item.model_dump(mode="json"), headers={"Cache-Control": "no-store"})
