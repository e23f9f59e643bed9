"""What holds of every schema, every setting and every record."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from target_people.errors import MappingError, RecordError
from target_people.people.field import CONSENT, SYNONYMS, PersonField, canonical
from target_people.people.mapping import Unmappable

if TYPE_CHECKING:
    from collections.abc import Callable

    from target_people.people.mapping import Mapping

    Compile = Callable[..., Mapping]

BOUNDED = settings(deadline=None, derandomize=True, max_examples=80)
SYNONYM_NAMES = [name for names in SYNONYMS.values() for name in names]
NAMES = (
    st.sampled_from([*map(str, PersonField), *SYNONYM_NAMES, "refused", "fixed", "score", "note", "_sdc_x", "address"])
    | st.sampled_from(
        ["Opted Out", "emailOptIn", "newsletter", "unsubscribed", "opt_out", "sms_optin", "consent", "a.b"]
    )
    | st.text(max_size=6)
)
TYPES: st.SearchStrategy[Any] = st.sampled_from(
    [
        {},
        {"type": "string"},
        {"type": ["null", "string"], "format": "date-time"},
        {"type": "object", "properties": {"country": {"type": "string"}}},
        {"anyOf": [{"type": "integer"}, {"type": "null"}]},
        {"$ref": "#"},
        None,
        [],
        True,
    ]
)
COLUMNS = st.dictionaries(NAMES, TYPES, max_size=12)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False)
    | st.text(max_size=8)
    | st.just("+31612345678"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)
NULLS = st.sampled_from(["keep", "clear"])


@st.composite
def rules(draw: st.DrawFn, columns: dict[str, Any]) -> dict[str, Any]:
    """Settings that mostly name what is there."""
    name = st.sampled_from(sorted(columns) or ["none"])
    choices = st.sampled_from(["all", "none"]) | st.lists(name, max_size=3).map(tuple)
    return {
        "fields": draw(st.dictionaries(st.sampled_from(PersonField), st.none() | name, max_size=3)),
        "attributes": draw(choices | st.dictionaries(st.text(max_size=3), name, max_size=2)),
        "nulls": draw(NULLS),
        "nulls_of": draw(st.dictionaries(name, NULLS, max_size=2)),
        "named": draw(st.booleans()),
    }


def attempt(compiled: Compile, columns: dict[str, Any], **settings_: Any) -> Mapping | None:
    """The mapping, or None where the settings are refused."""
    try:
        return compiled(columns, **settings_)
    except (MappingError, Unmappable):
        return None


@BOUNDED
@given(columns=COLUMNS)
def test_every_column_is_either_sent_or_not(compiled: Compile, columns: dict[str, Any]) -> None:
    mapping = attempt(compiled, {"external_id": {}, **columns})
    assert mapping is not None or "gender" in columns or "sex" in columns
    if mapping is not None:
        sent = [plan.column for plan in mapping.columns]
        left = [entry.column for entry in mapping.not_sent]
        assert sorted(sent + left) == sorted({"external_id": {}, **columns})


@BOUNDED
@given(data=st.data(), columns=COLUMNS)
def test_no_column_is_forgotten_whatever_is_set(
    compiled: Compile, data: st.DataObject, columns: dict[str, Any]
) -> None:
    columns = {"external_id": {}, "last_name": {}, **columns}
    mapping = attempt(compiled, columns, **data.draw(rules(columns)))
    if mapping is not None:
        mentioned = {plan.column for plan in mapping.columns} | {left.column for left in mapping.not_sent}
        assert mentioned == set(columns)


@BOUNDED
@given(data=st.data(), columns=COLUMNS)
def test_consent_is_sent_by_its_exact_name_or_an_explicit_entry_alone(
    compiled: Compile, data: st.DataObject, columns: dict[str, Any]
) -> None:
    columns = {"external_id": {}, "last_name": {}, **columns}
    settings_ = data.draw(rules(columns))
    mapping = attempt(compiled, columns, **settings_)
    for plan in mapping.columns if mapping is not None else ():
        explicit = plan.column in (settings_["fields"].get(field) for field in CONSENT)
        exact = canonical(plan.column) in {canonical(field) for field in CONSENT}
        if plan.field == "wants_mail":
            assert explicit or canonical(plan.column) == canonical(PersonField.EMAIL_OPT_IN)
        if plan.reason == "attribute" and (explicit or exact):
            assert not isinstance(settings_["attributes"], str)


@BOUNDED
@given(data=st.data(), columns=COLUMNS)
def test_any_record_becomes_a_person_or_is_rejected(
    compiled: Compile, data: st.DataObject, columns: dict[str, Any]
) -> None:
    columns = {"external_id": {}, "last_name": {}, **columns}
    mapping = attempt(compiled, columns, **data.draw(rules(columns)))
    if mapping is None:
        return
    for record in data.draw(st.lists(st.dictionaries(st.sampled_from(sorted(columns)), VALUES), max_size=4)):
        with suppress(RecordError):
            assert mapping.mapped({"external_id": "1", **record})[1] >= {"userId"}
