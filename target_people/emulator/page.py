"""The pages for people: what is stored, what was asked, and the switches of faults, quirks and jobs.

They work without a script; with it, counts and lists renew themselves and switches act without a new page.
"""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.render import Templates
from target_people.emulator.store import Document
from target_people.emulator.view import View
from target_people.emulator.world import World

PageNumber = Annotated[int, Query(ge=1, le=10**6)]


class Pages:
    """The pages that show something; each method is one.

    Args:
        world: What is shown.
        apis: The vendors' APIs, by name.
        openapi: Returns the OpenAPI document of the whole emulator.
    """

    def __init__(self, world: World, apis: Mapping[str, VendorApi], openapi: Callable[[], Document]) -> None:
        """Read the templates."""
        self._view = View(world, apis)
        self._apis = apis
        self._openapi = openapi
        self._templates = Templates()

    def _answer(self, name: str, values: Document | None, here: str, problem: str = "") -> Response:
        if values is None:
            return self._templates.page("missing.html", {"here": ""}, HTTPStatus.NOT_FOUND)
        status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
        return self._templates.page(name, {**values, "here": here, "problem": problem}, status)

    async def overview(self) -> Response:
        """Show the vendors side by side."""
        return self._answer("overview.html", self._view.overview(), "vendors")

    async def people(
        self, vendor: str, q: Annotated[str, Query(max_length=1000)] = "", page: PageNumber = 1
    ) -> Response:
        """Show people of a vendor."""
        return self._answer(
            "people.html", self._view.people(vendor, q, page) if vendor in self._apis else None, "people"
        )

    async def person(self, vendor: str, person: str) -> Response:
        """Show one person."""
        return self._answer(
            "person.html", self._view.person(vendor, person) if vendor in self._apis else None, "people"
        )

    async def jobs(self, vendor: str, page: PageNumber = 1) -> Response:
        """Show import jobs of a vendor."""
        return self.job_list(vendor, page)

    def job_list(self, vendor: str, page: int, problem: str = "") -> Response:
        """Return a page of import jobs, with a word about what is wrong with a form."""
        values = self._view.jobs(vendor, page) if vendor in self._apis else None
        return self._answer("jobs.html", values, "jobs", problem)

    async def behaviour(self, vendor: str) -> Response:
        """Show the faults and quirks of a vendor."""
        return self.switches(vendor)

    def switches(self, vendor: str, problem: str = "") -> Response:
        """Return the page of the faults and quirks of a vendor, with a word about what is wrong with a form."""
        values = self._view.behaviour(vendor) if vendor in self._apis else None
        return self._answer("behaviour.html", values, "behaviour", problem)

    async def journal(self, vendor: str = "", page: PageNumber = 1) -> Response:
        """Show the requests."""
        known = vendor in ("", *self._apis)
        return self._answer("journal.html", self._view.journal(vendor or None, page) if known else None, "journal")

    async def entry(self, number: int) -> Response:
        """Show one request."""
        return self._answer("entry.html", self._view.entry(number), "journal")

    async def scope(self) -> Response:
        """Show what is a guess and what is missing."""
        return self._answer("scope.html", self._view.scope(), "scope")

    async def docs(self) -> Response:
        """Show every operation."""
        groups: dict[str, list[Document]] = {}
        for path, operations in self._openapi()["paths"].items():
            for method, operation in operations.items():
                told = operation.get("description") or operation.get("summary") or ""
                line = {"method": method.upper(), "path": path, "says": told}
                groups.setdefault(operation["tags"][0], []).append(line)
        return self._answer("docs.html", {"groups": groups, **self._view.scope()}, "docs")


def page_router(pages: Pages) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False)
    routes: list[tuple[str, Callable[..., Any]]] = [
        ("/", pages.overview),
        ("/docs", pages.docs),
        ("/page/scope", pages.scope),
        ("/page/journal", pages.journal),
        ("/page/journal/{number}", pages.entry),
        ("/page/{vendor}/people", pages.people),
        ("/page/{vendor}/people/{person:path}", pages.person),
        ("/page/{vendor}/jobs", pages.jobs),
        ("/page/{vendor}/behaviour", pages.behaviour),
    ]
    for path, handler in routes:
        router.add_api_route(path, handler)
    return router
