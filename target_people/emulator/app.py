"""The application: the vendors' APIs, the control interface, the page and the description, behind one gate."""

import importlib
import pkgutil
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp

from target_people.emulator import apis as apis_package
from target_people.emulator.apis.base import VendorApi
from target_people.emulator.control import control_router
from target_people.emulator.exchange import CALL, Route
from target_people.emulator.gate import Gate
from target_people.emulator.page import Pages, page_router
from target_people.emulator.switches import Switches, switch_router
from target_people.emulator.world import World


def vendor_classes() -> dict[str, type[VendorApi]]:
    """Return every vendor's API found in :mod:`target_people.emulator.apis`, by name."""
    found = {}
    for module in pkgutil.iter_modules(apis_package.__path__, f"{apis_package.__name__}."):
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, VendorApi) and thing is not VendorApi:
                found[thing.name] = thing
    return dict(sorted(found.items()))


def create_app(world: World) -> ASGIApp:
    """Return the whole emulator as one ASGI application.

    Args:
        world: Store, clock and seed.
    """
    apis = {name: api(world) for name, api in vendor_classes().items()}
    app = FastAPI(title="target-people emulator", docs_url=None, redoc_url=None)
    for api in apis.values():
        for route in api.routes():
            _serve(app, api, route)
    app.include_router(control_router(world, apis))
    _add_pages(app, world, apis)
    app.add_exception_handler(HTTPException, _no_such_route(apis))
    return Gate(app, apis, world)


def _serve(app: FastAPI, api: VendorApi, route: Route) -> None:
    async def answer(request: Request) -> Response:
        call = request.scope[CALL]
        call.params = request.path_params
        done = api.handle(route, call)
        return Response(done.content, done.status, done.headers)

    # Identities hold slashes, encoded or not: the parameter in front of a fixed ending, or at the end, takes them.
    path = re.sub(r"\{(person|lookupValue|target|id)\}", r"{\1:path}", route.path)
    app.add_api_route(
        api.prefix + path,
        answer,
        methods=[route.method],
        summary=route.summary,
        tags=[api.title],
        operation_id=f"{api.name}_{route.method.lower()}_{re.sub(r'[^a-zA-Z]+', '_', route.path).strip('_')}",
        response_class=JSONResponse,
        openapi_extra=_openapi(api, route),
    )


def _openapi(api: VendorApi, route: Route) -> dict[str, Any]:
    text = {"type": "string"}
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": text} for name in re.findall(r"\{(\w+)\}", route.path)
    ]
    parameters += [{"name": name, "in": "query", "required": False, "schema": text} for name in route.query]
    extra: dict[str, Any] = {"parameters": parameters, "responses": {"default": {"description": f"As {api.title}."}}}
    if route.example is not None:
        kind = "array" if isinstance(route.example, list) else "object"
        content = {"application/json": {"schema": {"type": kind}, "example": route.example}}
        extra["requestBody"] = {"required": True, "content": content}
    return extra


def _add_pages(app: FastAPI, world: World, apis: Mapping[str, VendorApi]) -> None:
    pages = Pages(world, apis, app.openapi)
    app.include_router(page_router(pages))
    app.include_router(switch_router(Switches(world, apis, pages)))
    app.mount("/static", StaticFiles(packages=[("target_people.emulator", "static")]))


def _no_such_route(apis: Mapping[str, VendorApi]) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        detail = error.detail if isinstance(error, HTTPException) else "error"
        api = apis.get(request.url.path.split("/")[1])
        if api is None:
            return JSONResponse({"detail": detail}, status)
        says = api.error(status, detail)
        return Response(says.content, says.status, says.headers)

    return answer
