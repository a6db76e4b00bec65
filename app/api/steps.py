"""Steps of a connection test: all at its end, or each as it is tried."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from pydantic import BaseModel, Field
from starlette.responses import StreamingResponse

from app.http.events import Event, told
from app.services.connection import Course, Step, results


class StepOut(BaseModel):
    """One step of a connection test."""

    side: str = Field(description="`wice` or `exchange`.", examples=["wice"])
    step: str = Field(description="What was tried; stable.", examples=["certificate"])
    subject: str = Field(description="Of a capability: which one.", examples=[""])
    result: str = Field(description="`ok`, `limited`, `skipped` or `broken`.", examples=["ok"])
    found: str = Field(description="What was found.", examples=["TLSv1.3, valid until 2027-03-01"])
    advice: str = Field(description="Why it did not work, and what to do; empty when it works.", examples=[""])
    kind: str = Field(description="Stable kind of what is broken.", examples=[""])

    @classmethod
    def of(cls, step: Step) -> StepOut:
        """As the API shows it."""
        return cls.model_validate(step.json())


def tested(course: Course) -> list[StepOut]:
    """What was found, when all is over."""
    return [StepOut.of(step) for step in results(course)]


def watched(*courses: Course) -> StreamingResponse:
    """The stream of what is tried, one course after the other."""
    return told(_events(courses))


def _events(courses: Iterable[Course]) -> Iterator[Event]:
    for course in courses:
        for one in course:
            yield Event("step" if isinstance(one, Step) else "trying", json.dumps(one.json()))
    yield Event("ended", "", last=True)
