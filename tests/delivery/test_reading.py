"""Reading answers whose form is known in part."""

from __future__ import annotations

from typing import Any

import pytest

from target_people.delivery import reading
from target_people.delivery.message import Request
from target_people.errors import JobUnknown
from tests.support.flow import asked, run
from tests.support.vendor import answer

A, B = {"id": "a"}, {"id": "b"}
LIST = Request("GET", "/things")


@pytest.mark.parametrize(
    ("body", "found"),
    [({"a": {"b": 7}}, 7), ({"a": {"b": 0}}, 0), ({"a": 7}, None), ({"a": [{"b": 7}]}, None), ([], None), (None, None)],
)
def test_a_dotted_place_is_found_or_is_none(body: Any, found: Any) -> None:
    assert reading.at(body, "a.b") == found


def test_the_first_place_where_something_stands_counts() -> None:
    assert reading.first_at({"a": None, "b": 0, "c": {"d": 7}, "e": 8}, "a", "b", "c.d", "e") == 7
    assert reading.first_at({"a": ""}, "a", "b") is None


@pytest.mark.parametrize(("value", "found"), [(None, []), ("", []), ([], []), ("x", ["x"]), ({"a": 1}, [{"a": 1}])])
def test_one_is_a_list_of_one_and_nothing_is_none(value: Any, found: list[Any]) -> None:
    assert reading.listed(value) == found


@pytest.mark.parametrize("value", [None, 7, "text", True])
def test_what_is_no_object_or_list_counts_as_an_empty_one(value: Any) -> None:
    assert (reading.object_of(value), reading.list_of(value), reading.objects_of(value)) == ({}, [], [])


@pytest.mark.parametrize(
    ("body", "wrappers"),
    [
        ([A, 7, B], ("data",)),
        ({"data": [A, B]}, ("results", "data")),
        ({"other": "x", "data": [A, None, B]}, ()),
        ({"data": {"nested": 1}, "results": [A, B]}, ("data", "results")),
    ],
)
def test_a_list_is_found_bare_or_in_a_wrapper(body: Any, wrappers: tuple[str, ...]) -> None:
    assert reading.objects_of(body, *wrappers) == [A, B]


def test_a_list_in_another_wrapper_is_not_meant() -> None:
    assert reading.objects_of({"errors": [A]}, "data") == []


def test_entries_without_all_keys_are_left_out() -> None:
    entries: list[dict[str, Any]] = [{"id": 1, "name": "x"}, {"id": 2}, {"name": "y"}, {"id": None, "name": "z"}]
    assert reading.indexed(entries, "id", "name") == {"1": entries[0], "x": entries[0]}


def test_pairs_become_an_object() -> None:
    assert reading.values_of([{"id": "a", "value": 1}, {"id": "b"}, {"value": 2}], "id") == {"a": 1, "b": None}


def test_cursors_are_followed_with_the_query_of_the_first_page() -> None:
    first = Request("GET", "/things", query=(("size", "1"),))
    pages = [answer({"data": [A], "pageInfo": {"hasNextPage": True, "endCursor": 5}}), answer({"data": [B]})]
    found, requests = asked(reading.cursor_pages(first, "data"), *pages)
    assert found == [A, B]
    assert [request.query for request in requests] == [first.query, (*first.query, ("startCursor", "5"))]


@pytest.mark.parametrize(
    "info", [{"hasNextPage": False, "endCursor": "c"}, {"hasNextPage": True, "endCursor": None}, 7]
)
def test_without_a_next_page_or_a_cursor_the_list_ends(info: Any) -> None:
    assert run(reading.cursor_pages(LIST, "data"), answer({"data": [A], "pageInfo": info})) == [A]


def test_no_more_pages_than_allowed_are_read() -> None:
    endless = answer({"data": [A], "pageInfo": {"hasNextPage": True, "endCursor": "c"}})
    assert run(reading.cursor_pages(LIST, "data", most=2), endless, endless) == [A, A]


def test_offset_pages_end_when_nothing_new_comes() -> None:
    pages = [answer({"data": [A]}), answer({"data": [B]}), answer({"data": [B]})]
    found, requests = asked(reading.offset_pages("/list", "data", "id"), *pages)
    assert found == {"a": A, "b": B}
    assert [request.body for request in requests] == [b'{"limit":1000,"offset":%d}' % read for read in range(3)]


@pytest.mark.parametrize("refusal", [answer({}, 403), answer({"data": None}), answer()])
def test_a_refused_list_is_none_at_all(refusal: Any) -> None:
    assert run(reading.offset_pages("/list", "data", "id"), answer({"data": [A]}), refusal) == {}


@pytest.mark.parametrize("status", [404, 410])
def test_a_job_that_is_not_there_is_unknown(status: int) -> None:
    with pytest.raises(JobUnknown):
        run(reading.told_of(LIST), answer({"status": "done"}, status))


def test_a_job_that_is_there_is_told_of() -> None:
    assert run(reading.told_of(LIST), answer(A)) == A
    assert run(reading.told_of(LIST), answer([A])) == {}


def test_objects_are_looked_up_one_by_one_and_nothing_is_an_empty_one() -> None:
    found, requests = asked(reading.looked_up(["/a", "/b", "/c"]), answer(A), answer({}, 404), answer([]))
    assert found == [A, {}, {}]
    assert [request.path for request in requests] == ["/a", "/b", "/c"]


@pytest.mark.parametrize("status", [400, 403, 405, 422, 501])
def test_a_refused_look_up_ends_them_all(status: int) -> None:
    assert run(reading.looked_up(["/a", "/b", "/c"]), answer(A), answer({}, status)) is None
