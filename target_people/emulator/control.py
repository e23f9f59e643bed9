"""The control interface under ``/_emulator/``: look at what is stored, and change how the vendors behave."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Body, HTTPException, Query

from target_people.emulator.apis.base import VendorApi
from target_people.emulator.clock import iso
from target_people.emulator.faults import fault_from
from target_people.emulator.jobs import MODES, Pace
from target_people.emulator.world import World

Document = dict[str, Any]
Given = Annotated[Document, Body()]
UNPROCESSABLE = 422


def wrong(message: str) -> HTTPException:
    """Return the 422 with this message, to be raised."""
    return HTTPException(UNPROCESSABLE, message)


class Control:
    """The operations of the control interface; each method is one, and its docstring its description.

    Args:
        world: What is looked at and changed.
        apis: The vendors' APIs, by name.
    """

    def __init__(self, world: World, apis: Mapping[str, VendorApi]) -> None:
        """Bind the two."""
        self._world = world
        self._apis = apis

    def _api(self, vendor: str) -> VendorApi:
        if vendor not in self._apis:
            message = f"there is no vendor {vendor}; there are {', '.join(self._apis)}"
            raise wrong(message)
        api = self._apis[vendor]
        self._world.jobs.settle(vendor)
        return api

    async def reset(self, vendor: str | None = None) -> Document:
        """Forget people, jobs, journal, faults, quirks, job speed and catalogue changes, of one vendor or of all."""
        chosen = list(self._apis.values()) if vendor is None else [self._api(vendor)]
        for api in chosen:
            with self._world.store.transaction():
                api.people.clear()
                self._world.jobs.clear(api.name)
                self._world.journal.clear(api.name)
                self._world.history.clear(api.name)
                self._world.catalogues.reset(api.name)
            self._world.faults.clear(api.name)
            self._world.quirks.reset(api.name)
            api.reset()
        return {"reset": [api.name for api in chosen]}

    async def people(
        self,
        vendor: str,
        limit: Annotated[int, Query(ge=0)] = 100,
        offset: Annotated[int, Query(ge=0)] = 0,
        q: Annotated[str, Query(max_length=1000)] = "",
    ) -> Document:
        """List people in the order of their creation; q keeps those whose document contains it."""
        api = self._api(vendor)
        people, total = api.people.search(q, limit, offset)
        found = [{"identity": api.people.identity(person), "document": api.shown(person)} for person in people]
        return {"people": found, "total": total}

    async def person(self, vendor: str, identity: str) -> Document:
        """Show one person, by identity, e-mail address, the vendor's id or any other key."""
        api = self._api(vendor)
        person = api.people.any_with(identity)
        if person is None:
            raise HTTPException(404, f"{vendor} has nobody with this identity")
        return {"identity": api.people.identity(person), "document": api.shown(person)}

    async def jobs(self, vendor: str) -> Document:
        """List import jobs, oldest first, and how fast they are done."""
        api = self._api(vendor)
        pace = self._world.jobs.pace(vendor)
        listed = [
            {
                "id": job.id,
                "state": job.state,
                "polls": job.polls,
                "submitted_at": iso(job.submitted_at),
                "finished_at": iso(job.finished_at) if job.finished_at is not None else None,
                "outcome": job.outcome,
            }
            for job in self._world.jobs.listed(api.name)
        ]
        return {"jobs": listed, "mode": pace.mode, "value": pace.value}

    async def set_jobs(self, vendor: str, given: Given) -> Document:
        """Set how fast import jobs are done: {"mode": "at_once" | "polls" | "seconds", "value": n}."""
        api = self._api(vendor)
        mode, value = given.get("mode"), given.get("value", 1)
        if mode not in MODES or set(given) - {"mode", "value"}:
            message = f"give mode, one of {', '.join(MODES)}, and value"
            raise wrong(message)
        self._world.jobs.set_pace(api.name, Pace(mode, _number("value", value)))
        self._world.jobs.settle(vendor)
        return {"mode": mode, "value": value}

    async def settle(self, vendor: str) -> Document:
        """Do all waiting jobs now, oldest first."""
        return {"settled": self._world.jobs.settle(self._api(vendor).name, everything=True)}

    async def journal(self, vendor: str | None = None, since: int = 0) -> Document:
        """List the requests to the vendors' APIs with a number above since, oldest first."""
        if vendor is not None:
            self._api(vendor)
        return {"entries": self._world.journal.entries(vendor, since)}

    async def quirks(self, vendor: str) -> Document:
        """List what the vendor does not document: the variant in force, those there are, and what they mean."""
        table = self._world.quirks.table(self._api(vendor).name)
        return {
            quirk.name: {
                "variant": self._world.quirks.get(vendor, quirk.name),
                "variants": list(quirk.variants),
                "says": quirk.says,
            }
            for quirk in table
        }

    async def set_quirks(self, vendor: str, given: Given) -> Document:
        """Put variants in force: {quirk: variant, …}."""
        self._api(vendor)
        with _told():
            self._world.quirks.choose(vendor, {name: str(variant) for name, variant in given.items()})
        return await self.quirks(vendor)

    async def faults(self, vendor: str) -> Document:
        """List the faults that are not used up."""
        return {"faults": [fault.shown() for fault in self._world.faults.listed(self._api(vendor).name)]}

    async def add_fault(self, vendor: str, given: Given) -> Document:
        """Add a fault: {"fault": kind, "times": n, "skip": n, "method": …, "path": part of the path, …}."""
        with _told():
            self._world.faults.add(self._api(vendor).name, fault_from(given))
        return await self.faults(vendor)

    async def clear_faults(self, vendor: str) -> Document:
        """Take all faults away."""
        self._world.faults.clear(self._api(vendor).name)
        return await self.faults(vendor)

    async def catalogue(self, vendor: str) -> Document:
        """Show what the vendor's customer has set up: custom fields, populations, companies."""
        return self._world.catalogues.get(self._api(vendor).name)

    async def set_catalogue(self, vendor: str, given: Given) -> Document:
        """Replace parts of the catalogue: {part: …}; parts left out stay."""
        current = self._world.catalogues.get(self._api(vendor).name)
        unknown = sorted(set(given) - set(current))
        if unknown:
            message = f"the catalogue of {vendor} has no {unknown[0]}; it has {', '.join(current)}"
            raise wrong(message)
        for name, value in given.items():
            if type(value) is not type(current[name]):
                message = f"{name} must be {'an array' if isinstance(current[name], list) else 'a single value'}"
                raise wrong(message)
        self._world.catalogues.put(vendor, current | given)
        return current | given

    async def limit(self, vendor: str, given: Given) -> Document:
        """Change the rate limit of a vendor that publishes one: {"per_minute": n}."""
        limit = getattr(self._api(vendor), "limit", None)
        if limit is None:
            limited = [name for name, api in self._apis.items() if hasattr(api, "limit")]
            message = f"{vendor} has no published limit; {', '.join(limited)} has"
            raise wrong(message)
        limit.per_minute = int(_number("per_minute", given.get("per_minute")))
        return {"per_minute": limit.per_minute}

    async def clock(self) -> Document:
        """Tell the time of the emulator."""
        return {"now": self._world.clock.now(), "iso": self._world.clock.iso()}

    async def advance(self, given: Given) -> Document:
        """Move the clock forward: {"advance": seconds}."""
        self._world.clock.advance(_number("advance", given.get("advance")))
        return await self.clock()


def _number(name: str, value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        message = f"{name} must be a number, 0 or more"
        raise wrong(message)
    return value


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise wrong(str(error)) from None


def control_router(world: World, apis: Mapping[str, VendorApi]) -> APIRouter:
    """Return the routes of the control interface."""
    control = Control(world, apis)
    router = APIRouter(prefix="/_emulator", tags=["Control"])
    routes: list[tuple[str, str, Callable[..., Any]]] = [
        ("POST", "/reset", control.reset),
        ("GET", "/journal", control.journal),
        ("GET", "/clock", control.clock),
        ("POST", "/clock", control.advance),
        ("GET", "/{vendor}/people", control.people),
        ("GET", "/{vendor}/people/{identity:path}", control.person),
        ("GET", "/{vendor}/jobs", control.jobs),
        ("PUT", "/{vendor}/jobs", control.set_jobs),
        ("POST", "/{vendor}/jobs/settle", control.settle),
        ("GET", "/{vendor}/quirks", control.quirks),
        ("PUT", "/{vendor}/quirks", control.set_quirks),
        ("GET", "/{vendor}/faults", control.faults),
        ("POST", "/{vendor}/faults", control.add_fault),
        ("DELETE", "/{vendor}/faults", control.clear_faults),
        ("GET", "/{vendor}/catalogue", control.catalogue),
        ("PUT", "/{vendor}/catalogue", control.set_catalogue),
        ("PUT", "/{vendor}/limit", control.limit),
    ]
    for method, path, handler in routes:
        router.add_api_route(path, handler, methods=[method], operation_id=f"control_{handler.__name__}")
    return router
