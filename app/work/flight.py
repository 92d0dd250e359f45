"""Flights: equal requests at the same time share one computation."""

import asyncio
from collections.abc import Awaitable, Callable

from app.work.process import Listener, Told


class Flight:
    """One computation under way, its passengers, and those of them who listen."""

    def __init__(self) -> None:
        self.passengers = 0
        self.listeners: list[Listener] = []
        self.task: asyncio.Task[bytes] | None = None

    def tell(self, told: Told) -> None:
        """Passes on to every listener what the worker says."""
        for listener in self.listeners:
            listener(told)


class Flights:
    """The computations under way, by key. A flight that its last passenger leaves is cancelled."""

    def __init__(self) -> None:
        self._flights: dict[str, Flight] = {}

    async def join(
        self, key: str, compute: Callable[[Listener], Awaitable[bytes]], listener: Listener
    ) -> bytes:
        """The answer under this key; `compute` is called only when nobody computes it yet."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = Flight()
            flight.task = asyncio.create_task(self._fly(key, flight, compute))
        assert flight.task is not None
        flight.passengers += 1
        flight.listeners.append(listener)
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.passengers -= 1
            flight.listeners.remove(listener)
            if not flight.passengers and not flight.task.done():
                self._land(key, flight)
                flight.task.cancel()

    async def _fly(
        self, key: str, flight: Flight, compute: Callable[[Listener], Awaitable[bytes]]
    ) -> bytes:
        try:
            return await compute(flight.tell)
        finally:
            self._land(key, flight)

    def _land(self, key: str, flight: Flight) -> None:
        if self._flights.get(key) is flight:
            del self._flights[key]
