"""When a run is killed."""

from __future__ import annotations

from dataclasses import dataclass

REQUEST, POST, DISK, TIME = "request", "post", "disk", "time"
POINTS = {REQUEST: "a request", POST: "a write", DISK: "a change on the disk", TIME: "some time"}


@dataclass(frozen=True)
class Kill:
    """At the `number`-th request, POST or change on the disk: `when` is before or after it was done, or within it. Or
    at a moment, so long after the first request."""

    point: str
    number: int
    when: str
