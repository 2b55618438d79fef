"""What the framework finds wrong with a request is said in plain words, with what to send."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from services.runtime.misfit import describe


class Kind(StrEnum):
    ANSWER = "answer"


class Said(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: str


@pytest.mark.parametrize(
    ("wanted", "sent", "words"),
    [
        (Said, {}, "This is missing. Add it."),
        (Said, {"text": "", "txet": ""}, "There is no such member. Correct its name or take it"),
        (Said, 3, "An object is expected here"),
        (list[int], "x", "A list is expected here"),
        (str, 3, "A text is expected here"),
        (bool, "perhaps", "true or false is expected here"),
        (bool, [], "true or false is expected here"),
        (int, "many", "A whole number is expected here"),
        (int, [], "A whole number is expected here"),
        (Annotated[int, Field(ge=1)], 0, "A number from 1 is expected here"),
        (Annotated[int, Field(le=500)], 501, "A number up to 500 is expected here"),
        (Annotated[str, Field(max_length=64)], "x" * 65, "At most 64 characters are taken here"),
        (Annotated[list[int], Field(max_length=1)], [1, 2], "At most 1 are taken here"),
        (Kind, "applause", "One of 'answer' is expected here"),
        (Literal["a", "b"], "c", "One of 'a' or 'b' is expected here"),
        (dict[str, int], 3, "An object is expected here"),
        (float, "x", "This is not what is expected here. The API reference"),
    ],
)
def test_a_part_that_does_not_fit_is_described_in_a_sentence(wanted, sent, words):
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(wanted).validate_python(sent)

    (fault,) = caught.value.errors()
    said = describe({**fault, "loc": ("body", *fault["loc"])})

    assert said["detail"].startswith(words)
    assert said["detail"].endswith(".")
    assert said["pointer"].startswith("/body")


def test_where_a_body_stops_being_json_is_said():
    fault = {"type": "json_invalid", "loc": ("body", 12), "ctx": {"error": "Expecting value"}}

    assert describe(fault)["detail"].startswith("The JSON cannot be read beyond character 12.")
