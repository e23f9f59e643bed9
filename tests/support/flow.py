"""Flows run on answers from a script, and records mapped and encoded as a run does it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

from target_people.delivery.batch import Batch, Outgoing
from target_people.people.attribute import Attribute, ColumnType, Kind
from target_people.people.mapping import compile_mapping
from target_people.people.rules import Rules, Source
from tests.support.vendor import ScriptedTransport
from tests.support.work import follow

if TYPE_CHECKING:
    from collections import abc

    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Flow, Request, Response, Result
    from target_people.people.mapping import Mapping
    from target_people.people.model import PeopleModel


def run(flow: Flow[Result], *answers: Response) -> Result:
    """The result of a flow that asks for exactly these answers."""
    return asked(flow, *answers)[0]


def asked(flow: Flow[Result], *answers: Response) -> tuple[Result, list[Request]]:
    """The same, with what was asked."""
    script = ScriptedTransport(answers)
    result = follow(flow, script)
    assert len(script.requests) == len(answers)
    return result, script.requests


def mapping_of(
    vendor: Vendor[Any, Any], *columns: str, clear: abc.Collection[str] = (), region: str | None = None
) -> Mapping:
    """The mapping of a named stream with these columns, of which ``id`` is the key.

    Args:
        vendor: a ``PeopleModel`` as well, whose catalogue has been read.
        columns: their names; all may hold text or null.
        clear: person fields and attributes that a null clears.
        region: of phone numbers written nationally.
    """
    schema = {"properties": {name: {"type": ["string", "null"]} for name in columns}}
    source = Source("people", schema, ("id",) if "id" in columns else ())
    rules = Rules(nulls_of=dict.fromkeys(clear, "clear"), named=True, phone_region=region)
    return compile_mapping(source, cast("PeopleModel", vendor), rules)


def outgoing(vendor: Vendor[Any, Any], mapping: Mapping, record: abc.Mapping[str, Any]) -> Outgoing:
    """One record on its way."""
    person, keys = mapping.mapped(record)
    return Outgoing(vendor.names(person), keys, vendor.shape(keys), vendor.encode(person, keys))


def batch_of(vendor: Vendor[Any, Any], *records: abc.Mapping[str, Any], **rules: Any) -> Batch:
    """Records of one stream in one request; ``rules`` are those of ``mapping_of``."""
    columns = dict.fromkeys(name for record in records for name in record)
    mapping = mapping_of(vendor, *columns, **rules)
    return Batch(outgoing(vendor, mapping, record) for record in records)


def crowd(vendor: Vendor[Any, Any], count: int, **columns: Any) -> Batch:
    """People u-0, u-1 … who are alike in all their other columns."""
    return batch_of(vendor, *({"id": f"u-{at}", **columns} for at in range(count)))


def sent(batch: Batch) -> list[Any]:
    """The people of a batch as they go."""
    return [json.loads(person.body) for person in batch]


def attribute(vendor: Vendor[Any, Any], name: str, kind: Kind = "text") -> Attribute:
    """The attribute of that name, which there is."""
    found = cast("PeopleModel", vendor).attribute(name, ColumnType(kind))
    assert isinstance(found, Attribute)
    return found
