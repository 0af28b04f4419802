"""Run a worker in this process until it is told to stop or fails."""

import asyncio
import logging
import os
import signal
from typing import Any

from streams.collecting import collect_seldom
from streams.engine.app import WorkerApp

log = logging.getLogger(__name__)

OK, FAILED = 0, 1

_LOOK_SECONDS = 0.1
"""Faust's consumer crashes in a thread of its own, which wakes nobody here: so this loop looks."""


def run_worker(app: WorkerApp, *, stop_timeout: float = 30.0) -> int:
    """Run ``app`` until SIGTERM or SIGINT (finish the batch, commit, leave the group) or a failure.

    Returns:
        0 after a graceful stop, 1 after a failure: pass it to ``sys.exit``, and the supervisor restarts it.
    """
    collect_seldom()
    return asyncio.run(serve(app, stop_timeout=stop_timeout))


async def serve(app: WorkerApp, *, stop_timeout: float = 30.0) -> int:
    """The same inside a running loop; takes over SIGTERM and SIGINT meanwhile."""
    loop = asyncio.get_running_loop()
    app.loop = loop
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    starting = asyncio.ensure_future(app.start())
    try:
        await _until_over(app, stop, starting)
        return await _stop(app, starting, stop_timeout)
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


async def _until_over(app: WorkerApp, stop: asyncio.Event, starting: asyncio.Future[Any]) -> None:
    stopped = asyncio.ensure_future(stop.wait())
    while not (stopped.done() or app.crashed or app.failure):
        if starting.done() and not starting.cancelled():
            app.failure = app.failure or starting.exception()
        await asyncio.wait({stopped}, timeout=_LOOK_SECONDS)
    stopped.cancel()


async def _stop(app: WorkerApp, starting: asyncio.Future[Any], stop_timeout: float) -> int:
    try:
        await asyncio.wait_for(app.stop(), stop_timeout)
    except TimeoutError:
        log.error("worker did not stop within %g s: ended; unfinished batches are read again", stop_timeout)
        logging.shutdown()
        os._exit(FAILED)  # Faust's threads are no daemons: a stuck one would keep a dead worker alive
    starting.cancel()
    failure = app.failure or app.crash_reason
    if failure is None:
        return OK
    log.error("worker stopped: %s", failure, exc_info=failure)
    return FAILED
