"""How Propeller's contacts are read back: the form of one, the tests of a search, the pages of a list.

Documented: ``offset`` is the size of a page, the fields of a page, sources as a list, the long form of a day of birth.
Sources: https://docs.propeller-commerce.com/rest-v2/get-contact-by-lookup-key ,
https://docs.propeller-commerce.com/rest/search-contacts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from target_people.emulator.apis.fields import is_texts
from target_people.emulator.apis.propeller_contacts import born, is_whole

if TYPE_CHECKING:
    from target_people.emulator.store import Document

MOST_ON_PAGE = 100


def page(entries: list[Document], number: object, size: object) -> Document | None:
    """Return page ``number``, from 1, of ``size`` entries, or None if either is out of bounds."""
    if not is_whole(number) or not is_whole(size):
        return None
    at, most = int(str(number)), int(str(size))
    if at < 1 or not 1 <= most <= MOST_ON_PAGE:
        return None
    start, total = (at - 1) * most, len(entries)
    end = min(start + most, total)
    counts = {"itemsFound": total, "offset": most, "page": at, "pages": -(-total // most), "total": total}
    return {"data": entries[start:end], **counts, "start": start + 1, "end": end, "messages": []}


def read(document: Document) -> Document:
    """Return a contact as it is read: sources as a list, the day of birth in the long form."""
    shown = {name: value for name, value in document.items() if name not in ("source", "sourceId")}
    sources = [{"source": document["source"], "sourceId": document["sourceId"]}] if "sourceId" in document else []
    day = born(document.get("dateOfBirth") or "", "both")
    long_form = {"dateOfBirth": day.strftime("%B, %d %Y 00:00:00 +0000")} if day else {}
    return shown | {"sources": sources} | long_form


def searchable(body: Document) -> bool:
    """Tell whether the keys of a search have the documented types."""
    spans = [body.get(field) or {} for field in ("dateCreated", "dateModified")]
    if not all(isinstance(span, dict) and is_texts(list(span.values())) for span in spans):
        return False
    return isinstance(body.get("debtorIds", []), list) and isinstance(body.get("name", ""), str)


def meets(document: Document, name: str, body: Document) -> bool:
    """Tell whether a contact is one that a search with ``body``, and its ``name`` in lower case, is for."""
    full_name = " ".join(str(document.get(part) or "") for part in ("firstName", "middleName", "lastName"))
    if name not in full_name.lower():
        return False
    for field in ("dateCreated", "dateModified"):
        span = body.get(field) or {}
        if not span.get("from", "") <= document[field].rstrip("Z") <= span.get("to", "9999"):
            return False
    return not body.get("debtorIds") or document.get("debtorId") in body["debtorIds"]
