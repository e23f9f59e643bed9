"""A column's JSON schema says what it holds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.people.attribute import ColumnType


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "string"}, "text"),
        ({"type": ["null", "string"], "format": "date-time"}, "datetime"),
        ({"type": ["string", "null"], "format": "date"}, "date"),
        ({"type": "string", "format": "uuid"}, "text"),
        ({"type": ["integer", "null"]}, "integer"),
        ({"type": ["integer", "number"]}, "number"),
        ({"type": "number", "format": "date"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"type": ["object", "null"], "properties": {}}, "object"),
        ({"type": "array", "items": {"type": "string"}}, "array"),
        ({"anyOf": [{"type": "null"}, {"type": "integer"}]}, "integer"),
        ({"oneOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "datetime"),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": ["string", "null"]}]}, "text"),
        ({"type": ["string", "integer"]}, "unknown"),
        ({"anyOf": [{"type": "string"}, {"type": "object"}]}, "unknown"),
        ({"$ref": "#/definitions/address"}, "unknown"),
        ({"type": "null"}, "unknown"),
        ({}, "unknown"),
        (True, "unknown"),
        (None, "unknown"),
    ],
)
def test_kind_of_a_column_follows_from_its_schema(schema: object, kind: str) -> None:
    assert ColumnType.of(schema).kind == kind


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.sampled_from(["string", "null", "object", "date"]) | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["type", "anyOf", "oneOf", "format", "properties"]), inner, max_size=3)
        ),
        max_leaves=8,
    )
)
def test_any_schema_has_a_kind(schema: object) -> None:
    assert ColumnType.of(schema).kind
