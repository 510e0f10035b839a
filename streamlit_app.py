"""The server: `streamlit run streamlit_app.py`. Why a wrapper: docs/decisions/0001.

The model is loaded before the port answers, so the first visitor never waits for
it, and everything loaded by then is left out of later garbage collections.
"""

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from explorer.ui import bank


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Warm up; a missing model or synthesiser is said on the page, not here."""
    from explorer.ui import cache  # needs Streamlit's runtime, which is there by now

    await asyncio.to_thread(_warm, cache.warm_up)
    threading.Thread(target=_warm, args=(cache.warm_up_later,), daemon=True).start()
    yield {}


def _warm(load: Callable[[], None]) -> None:
    load()
    gc.collect()
    gc.freeze()


async def bank_file(request: Request) -> Response:
    """One file of the sound bank; nothing that its index does not name."""
    path = bank.path_of(request.path_params["name"])
    if path is None:
        return JSONResponse({"error": "no such file in the sound bank"}, 404)
    return FileResponse(path, headers={"Cache-Control": "public, max-age=86400"})


app = st.App(
    "explorer/ui/main.py",
    lifespan=lifespan,
    routes=[Route("/api/bank/{name}", bank_file)],
)
