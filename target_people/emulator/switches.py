"""The forms of the pages: each changes something and leads back to its page."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.control import Control
from target_people.emulator.fault_form import fault_of
from target_people.emulator.page import Pages
from target_people.emulator.render import HEADERS
from target_people.emulator.world import World

FORM_BYTES = 100_000
Form = dict[str, str]


async def form_of(request: Request) -> Form:
    """Return the fields of a form.

    Raises:
        HTTPException: 403, the form stands on another site's page; 413, it is far too long.
    """
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.headers.get('host')}":
        raise HTTPException(HTTPStatus.FORBIDDEN, "this form stands on another site's page")
    if int(request.headers.get("content-length", 0)) > FORM_BYTES:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "this form is too long")
    return dict(parse_qsl((await request.body()).decode(errors="replace")))


class Switches:
    """What the forms do; each method is one form.

    Args:
        world: What is changed.
        apis: The vendors' APIs, by name.
        pages: Shows the page of a form again when it was filled in wrongly.
    """

    def __init__(self, world: World, apis: Mapping[str, VendorApi], pages: Pages) -> None:
        """Bind the three."""
        self._world = world
        self._apis = apis
        self._pages = pages
        self._control = Control(world, apis)

    async def reset(self, request: Request) -> Response:
        """Forget everything, of one vendor or of all."""
        vendor = (await form_of(request)).get("vendor")
        await self._control.reset(vendor)
        return _back(f"/page/{vendor}/behaviour" if vendor else "/")

    async def add_fault(self, vendor: str, request: Request) -> Response:
        """Put a fault in force."""
        form = await form_of(request)
        kind = form.pop("fault", "")
        return self._changed(vendor, lambda: self._world.faults.add(vendor, fault_of(kind, form)))

    async def clear_faults(self, vendor: str, request: Request) -> Response:
        """Take the faults of one kind away, or all."""
        kind = (await form_of(request)).get("fault")
        return self._changed(vendor, lambda: self._world.faults.clear(vendor, kind))

    async def set_quirks(self, vendor: str, request: Request) -> Response:
        """Put variants in force."""
        form = await form_of(request)
        return self._changed(vendor, lambda: self._world.quirks.choose(vendor, form))

    def _changed(self, vendor: str, change: Callable[[], None]) -> Response:
        """Make a change and lead back, or show the page with what is wrong."""
        if vendor in self._apis:
            try:
                change()
            except ValueError as error:
                return self._pages.switches(vendor, str(error))
        return _back(f"/page/{vendor}/behaviour")

    async def set_jobs(self, vendor: str, request: Request) -> Response:
        """Set how fast import jobs are done."""
        form = await form_of(request)
        text = form.get("value", "")
        value = float(text) if text.isascii() and text.replace(".", "", 1).isdecimal() else text
        try:
            await self._control.set_jobs(vendor, {"mode": form.get("mode"), "value": value})
        except HTTPException as error:
            return self._pages.job_list(vendor, 1, str(error.detail))
        return _back(f"/page/{vendor}/jobs")

    async def settle(self, vendor: str, request: Request) -> Response:
        """Do all waiting jobs."""
        await form_of(request)
        await self._control.settle(vendor)
        return _back(f"/page/{vendor}/jobs")


def _back(address: str) -> Response:
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, HEADERS)


def switch_router(switches: Switches) -> APIRouter:
    """Return the routes of the forms."""
    router = APIRouter(prefix="/page", include_in_schema=False)
    routes: list[tuple[str, Callable[..., Any]]] = [
        ("/reset", switches.reset),
        ("/{vendor}/faults", switches.add_fault),
        ("/{vendor}/faults/clear", switches.clear_faults),
        ("/{vendor}/quirks", switches.set_quirks),
        ("/{vendor}/jobs", switches.set_jobs),
        ("/{vendor}/jobs/settle", switches.settle),
    ]
    for path, handler in routes:
        router.add_api_route(path, handler, methods=["POST"])
    return router
