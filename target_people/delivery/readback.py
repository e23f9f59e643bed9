"""Reading people back: what a vendor has of them, where nothing else tells what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from target_people.delivery.batch import Batch
from target_people.delivery.classify import RefusedError
from target_people.delivery.message import drive
from target_people.errors import VendorContractError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from target_people.delivery.contract import Vendor
    from target_people.delivery.message import Send, Work


class ReadBack:
    """Reads the people of one batch back, a page of ``limits.read_back`` at a time.

    Whoever was once seen as sent is not read again, and a look ends at the first page that settles nothing. So all
    looks together cost every page once, and each look at most one page more, however many people there are.

    Args:
        vendor: describes the requests and reads the answers.
        batch: whom to look for.
        send: every request goes through it, so retries, the rate limit and the counting hold for these as well.
    """

    def __init__(self, vendor: Vendor[Any, Any], batch: Batch, send: Send) -> None:
        """Read nothing yet."""
        self._vendor = vendor
        self._batch = batch
        self._send = send
        self.stored: set[int] = set()
        """Positions of those whom the vendor was seen to have as they were sent."""
        self.offered = True
        """False as soon as the vendor turns out to have no way, or to refuse it."""

    def everybody(self) -> Work[bool]:
        """Whether the vendor has everybody as sent; ends at the first page with anybody of whom that is not seen."""
        for page in self._pages():
            yield from self._read(page)
            if not self.stored.issuperset(page):
                return False
        return True

    def anybody(self) -> Work[frozenset[int]]:
        """Whom the vendor has as sent, by position; ends at the first page where that is nobody."""
        for page in self._pages():
            yield from self._read(page)
            if self.stored.isdisjoint(page):
                break
        return frozenset(self.stored)

    def _pages(self) -> Iterator[list[int]]:
        """Positions of those not seen yet, in pages."""
        left = [at for at in range(len(self._batch)) if at not in self.stored]
        size = self._vendor.limits.read_back
        return (left[start : start + size] for start in range(0, len(left), size))

    def _read(self, page: list[int]) -> Work[None]:
        people = Batch(self._batch[at] for at in page)
        try:
            seen = yield from drive(self._vendor.read_back(people), self._send)
        except RefusedError:
            seen = None
        if seen is None:
            self.offered = False
        elif len(seen) != len(page):
            message = f"{self._vendor.name}: read back {len(seen)} of {len(page)} people; please report this defect"
            raise VendorContractError(message)
        else:
            self.stored |= {at for at, as_sent in zip(page, seen, strict=True) if as_sent}
