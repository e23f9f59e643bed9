"""Propeller Commerce, REST v2: token, bulk contacts, one contact, search, attribute descriptions.

Documented: the token answer, the bulk answer, the error envelope and its codes, paging words, deleting.
Sources: https://docs.propeller-commerce.com/rest-v2/bulk-contacts-by-source-id ,
https://docs.propeller-commerce.com/rest-v2/api-reference ,
https://docs.propeller-commerce.com/rest-v2/core-concepts/errors ,
https://docs.propeller-commerce.com/rest-v2/get-contact-by-lookup-key .
"""

from __future__ import annotations

from http import HTTPStatus
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.apis.propeller_contacts import Upsert, directives_of, violations
from target_people.emulator.apis.propeller_read import MOST_ON_PAGE, meets, page, read, searchable
from target_people.emulator.apis.propeller_token import Tokens, gateway_refusal
from target_people.emulator.exchange import Answer, Call, Refusal, Route
from target_people.emulator.quirks import PROPELLER, Quirk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from target_people.emulator.people import Key, Person
    from target_people.emulator.store import Document
    from target_people.emulator.world import World

TYPES = {
    10005: "InvalidJSONPayload",
    10006: "InvalidLookupKey",
    10007: "SchemaValidationException",
    10008: "NotFound",
    10015: "PaginatedResponseException",
    10016: "LookupKeyNotFound",
    50005: "ContactMultipleFound",
    50006: "ContactNotFound",
    50007: "ParentContactNotFound",
}
MOST_VIOLATIONS = 100
ONE: Document = {
    "source": "crm",
    "sourceId": "c-1",
    "parent": {"source": "crm", "sourceId": "company-1"},
    "firstName": "Ana",
    "email": "ana@example.org",
}


class Propeller(VendorApi):
    """Propeller's contacts."""

    name: ClassVar[str] = "propeller"
    title: ClassVar[str] = "Propeller Commerce"
    prefix: ClassVar[str] = "/propeller"
    quirks: ClassVar[tuple[Quirk, ...]] = PROPELLER
    guesses: ClassVar[tuple[str, ...]] = (
        "the codes of 401, 403, 413, 429 and 5xx in the envelope; what the token call answers when it refuses",
        "a creation that skipCreate prevents is answered with the action skip",
        "at most 1,000 contacts in a request; duplicates are applied in order; a language is two letters",
    )
    not_emulated: ClassVar[tuple[str, ...]] = (
        "customers, companies, attribute values, the older v1",
        "the recycle bin: a deleted contact is gone, and a later upsert creates it anew",
        "matching by language",
    )

    def __init__(self, world: World) -> None:
        """Start with no token handed out."""
        super().__init__(world)
        self._tokens = Tokens(world.clock, world.ids)

    def routes(self) -> Sequence[Route]:
        """Return the operations."""
        by_source, by_id = {"contacts": [ONE]}, {"contacts": [{"id": 1, "parent": {"id": 1}, "firstName": "Ana"}]}
        described = ("attributeClass", "page", "offset")
        lookup = "/v2/contacts/{lookupKey}/{lookupValue}"
        return (
            Route("POST", "/oauth2/token", self.token, "Access token (form body, or Basic)", needs_token=False),
            Route("POST", "/v2/contacts/bulk/sourceId", self.by_source_id, "Contacts by source and id", by_source),
            Route("POST", "/v2/contacts/bulk/id", self.by_id, "Contacts by id", by_id),
            Route("POST", "/v2/contacts/search", self.search, "Search contacts", {"page": 1, "offset": 12}),
            Route("GET", "/v2/attribute-descriptions", self.descriptions, "Attribute descriptions", query=described),
            Route("GET", lookup, self.contact, "One contact", query=("source", "expands")),
            Route("DELETE", lookup, self.delete, "Delete a contact", query=("source",)),
        )

    def reset(self) -> None:
        """Forget the tokens handed out."""
        self._tokens.clear()

    def error(self, status: int, message: str) -> Answer:
        """Return the error envelope; codes of statuses that the vendor lists none for are guesses."""
        if status == HTTPStatus.UNAUTHORIZED and self.quirk("unauthorised") == "gateway":
            return gateway_refusal()
        codes = {HTTPStatus.BAD_REQUEST: 10005, HTTPStatus.NOT_FOUND: 10008}
        code = codes.get(HTTPStatus(status), status)
        return self._envelope(code, status, [message])

    def _envelope(self, code: int, status: int, messages: list[str]) -> Answer:
        kind = TYPES.get(code) or HTTPStatus(status).phrase.replace(" ", "")
        more = f"https://www.propel.us/docs/errors/{code}"
        error = {"code": code, "status": status, "type": kind, "messages": messages, "moreInfo": more}
        return Answer.of({"error": error}, status)

    def _refusal(self, code: int, messages: list[str], status: int = HTTPStatus.BAD_REQUEST) -> Refusal:
        return Refusal(self._envelope(code, status, messages))

    def authorise(self, call: Call) -> None:
        """Refuse the call unless it carries a token that was handed out and has not expired."""
        if not self._tokens.holds(call.bearer()):
            raise self.refuse(HTTPStatus.UNAUTHORIZED, "the access token is missing, wrong or expired")

    def finish(self, call: Call, answer: Answer) -> None:  # noqa: ARG002 - every API gets the call
        """Add the request id."""
        answer.headers["x-request-id"] = f"{self.world.ids.number('propeller_request'):016x}"

    def token(self, call: Call) -> Answer:
        """Hand out a token."""
        return self._tokens.answer(call)

    def keys_of(self, document: Document) -> frozenset[Key]:
        """Return id, source id, and source and source id together."""
        keys = {"id": str(document["id"])}
        if document.get("sourceId") is not None:
            keys["sourceId"] = str(document["sourceId"])
            keys["source"] = f"{document['source']}\n{document['sourceId']}"
        return frozenset(keys.items())

    def identity_of(self, document: Document) -> str:
        """Return the source id, or else Propeller's id."""
        own = document.get("sourceId")
        return str(document["id"] if own is None else own)

    def by_source_id(self, call: Call) -> Answer:
        """Create or update contacts by source and source id."""
        return self._bulk(call, "sourceId", ("source", "sourceId"))

    def by_id(self, call: Call) -> Answer:
        """Create or update contacts by id."""
        return self._bulk(call, "id", ("id",))

    def _bulk(self, call: Call, lookup: str, needed: tuple[str, ...]) -> Answer:
        body = self.body(call)
        directives = self._check(body)
        contacts = body["contacts"]
        self._check_lookup(contacts, needed)
        done = Upsert(self, contacts, lookup, directives).run()
        faults = [element["fault"] for element in done if "fault" in element]
        parents = [fault for fault in faults if fault.startswith("parent")]
        if parents and self.quirk("parent_missing") == "whole_404":
            raise self._refusal(50007, parents[:1], HTTPStatus.NOT_FOUND)
        data = [self._element(element) for element in done]
        if self.quirk("order") == "reversed":
            data.reverse()
        return Answer.of({"data": data, "messages": ["Completed"], "total": len(data)})

    def _element(self, element: Document) -> Document:
        fault = element.pop("fault", None)
        if fault is None:
            return element
        form = self.quirk("failure_text")
        shapes = {"messages": {"messages": [fault]}, "message": {"message": fault}}
        return element | shapes.get(form, {"error": {"messages": [fault]}})

    def _check(self, body: Document) -> dict[str, list[str]]:
        contacts, directives = body.get("contacts"), directives_of(body.get("directives", []))
        unknown = [name for name in body if name not in ("contacts", "directives")]
        if unknown:
            raise self._refusal(10007, [f"#: extraneous key [{unknown[0]}] is not permitted"])
        if not isinstance(contacts, list) or directives is None:
            place = "contacts" if directives is not None else "directives"
            raise self._refusal(10007, [f"#/{place}: is not of the documented form"])
        if len(contacts) > self.world.catalogues.get(self.name)["maxContactsPerRequest"]:
            raise self.refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too many contacts in one request")
        found = list(islice(violations(self, contacts), MOST_VIOLATIONS))
        if found:
            raise self._refusal(10007, [self._message(pointer, says) for pointer, says in found])
        return directives

    def _check_lookup(self, contacts: list[Document], needed: tuple[str, ...]) -> None:
        for index, contact in enumerate(contacts):
            for name in needed:
                if contact.get(name) in (None, ""):
                    says = self._message(f"#/contacts/{index}", f"required key [{name}] not found")
                    raise self._refusal(10016, [says])

    def _message(self, pointer: str, says: str) -> str:
        return f"{pointer}: {says}" if self.quirk("pointer") == "given" else says

    def _one(self, call: Call) -> Person:
        key, value = call.params["lookupKey"], call.params["lookupValue"]
        if key not in ("id", "sourceId"):
            raise self._refusal(10006, [f"Invalid lookup key [{key}]. Allowed: id, sourceId"])
        found = self.people.find(key, [value])
        if key == "sourceId" and "source" in call.query:
            found = [person for person in found if person.document.get("source") == call.query["source"]]
        if not found:
            raise self._refusal(50006, [f"Contact with {key} [{value}] not found"], HTTPStatus.NOT_FOUND)
        if len(found) > 1:
            raise self._refusal(50005, [f"Multiple contacts with {key} [{value}] found"])
        return found[0]

    def contact(self, call: Call) -> Answer:
        """Answer one contact."""
        return Answer.of({"data": read(self._one(call).document)})

    def delete(self, call: Call) -> Answer:
        """Delete one contact."""
        self.people.remove([self._one(call)])
        return Answer.of({"data": {}, "messages": ["Contact deleted"]})

    def search(self, call: Call) -> Answer:
        """Search contacts by name and by the day they were created or changed."""
        body = self.body(call)
        if not searchable(body):
            raise self._refusal(10007, ["#: a key of the search has the wrong type"])
        name = str(body.get("name", "")).lower()
        wanted = [person.document for person in self.people.page(-1) if meets(person.document, name, body)]
        return self._page([read(document) for document in wanted], body.get("page", 1), body.get("offset", 12))

    def descriptions(self, call: Call) -> Answer:
        """Answer the attribute descriptions of a class."""
        entries = self.world.catalogues.get(self.name)["attributeDescriptions"]
        wanted = call.query.get("attributeClass")
        found = [entry for entry in entries if wanted in (None, entry["attributeClass"])]
        numbers = [call.query.get(name, default) for name, default in (("page", "1"), ("offset", "12"))]
        return self._page(found, *(int(text) if text.isdecimal() else 0 for text in numbers))

    def _page(self, entries: list[Document], number: object, size: object) -> Answer:
        found = page(entries, number, size)
        if found is None:
            raise self._refusal(10015, [f"page and offset must be positive, and offset at most {MOST_ON_PAGE}"])
        return Answer.of(found)
