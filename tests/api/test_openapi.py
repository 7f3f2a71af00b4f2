"""The API against its own description: many generated requests, no failure, every answer as described."""

from __future__ import annotations

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from .conftest import codes

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)


@pytest.fixture
def described(calling):
    """The description, with a key, over WSGI."""
    olga = calling("olga")
    done = olga.post("/proceedings", {"procedure": "sample/inquiry", "values": {"summary": "失物"}}, 201)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    return schema, olga.key, done["proceeding"]


def test_the_description_is_public_and_names_every_address(calling):
    answer = calling("olga").client.get("/api/v1/openapi.json").json()
    assert {"/api/v1/work", "/api/v1/proceedings/{proceeding}/acts", "/api/v1/blobs"} <= set(answer["paths"])
    for operations in answer["paths"].values():
        for operation in operations.values():
            assert operation["summary"]


def test_there_is_no_page_that_loads_from_elsewhere(calling):
    answer = calling("olga").client.get("/api/v1/docs")
    assert answer.status_code == 404
    assert codes(answer.json()) == ["request.unknown"]


def test_no_generated_request_fails_and_every_answer_is_as_described(described):
    schema, key, proceeding = described
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def every(case):
            nonlocal asked
            if "proceeding" in case.path_parameters and asked % 2:
                case.path_parameters["proceeding"] = proceeding
            asked += 1
            case.call_and_validate(headers={"Authorization": f"Bearer {key}"}, checks=CHECKS)

        every()
    assert asked > 200
