"""Who may close months, restate them and review submissions: `config/approvals.yml`."""

from collections import Counter
from datetime import date
from functools import cached_property
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from taizhang.codelists import ReportingUnit, reporting_units
from taizhang.configuration import Strict, read
from taizhang.errors import TaizhangError
from taizhang.geography import is_below, is_region, parent_of, region

FILE = "approvals.yml"
# Projects that a city or province holds itself: the level above is not that city or province.
HELD_BY_UPPER = "direct"


class NotEntitledError(TaizhangError):
    """The person is not known, or not the one who may decide this."""


def _known_region(code: str) -> str:
    if not is_region(code):
        raise ValueError(f"{code} is the code of no region")
    return code


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
RegionCode = Annotated[Text, AfterValidator(_known_region)]


class Person(Strict):
    """Somebody who decides, by the name under which he logs in to Airflow; `region` is where he has his office."""

    id: Text
    name: Text
    region: RegionCode


class Closing(Strict):
    """Who is asked to close a month, and for how long; nobody: no month is laid before anybody."""

    approvers: tuple[Text, ...] = ()
    response_hours: int = Field(16, gt=0, le=720)


class Review(Strict):
    """A region whose people look at the submissions of all units below it before these count."""

    region: RegionCode
    reviewers: tuple[Text, ...] = Field(min_length=1)


class Approvals(Strict):
    """The file."""

    people: tuple[Person, ...] = ()
    closing: Closing = Closing()
    reviews: tuple[Review, ...] = ()

    @model_validator(mode="after")
    def _names_are_known(self) -> "Approvals":
        named = Counter(person.id for person in self.people)
        if doubled := [name for name, times in named.items() if times > 1]:
            raise ValueError(f"people: {doubled[0]} stands twice")
        called = [*self.closing.approvers, *(name for review in self.reviews for name in review.reviewers)]
        if unknown := [name for name in called if name not in named]:
            raise ValueError(f"{unknown[0]} is not among the people")
        regions = Counter(review.region for review in self.reviews)
        if doubled := [code for code, times in regions.items() if times > 1]:
            raise ValueError(f"reviews: {doubled[0]} stands twice")
        return self

    @cached_property
    def _reviews(self) -> dict[str, Review]:
        return {review.region: review for review in self.reviews}

    def person(self, name: str) -> Person:
        """Return one of the people; NotEntitledError when there is none of this name."""
        for person in self.people:
            if person.id == name:
                return person
        raise NotEntitledError(f"{name} is not among the people of config/{FILE}")

    def review_of(self, unit_code: str, month: date) -> Review | None:
        """Return who reviews a unit's submissions: the nearest region above it that does; None: nobody."""
        if not self.reviews:
            return None
        code = level_above(reporting_units().units[unit_code], month)
        while code:
            if code in self._reviews:
                return self._reviews[code]
            code = region(code, month).parent_code
        return None

    def require_above(self, name: str, unit_code: str, month: date) -> Person:
        """Return the person, who has his office on a level above the unit; NotEntitledError when he has not."""
        person = self.person(name)
        unit = reporting_units().units[unit_code]
        if not is_below(level_above(unit, month), person.region, month):
            raise NotEntitledError(f"{name} ({person.region}) does not stand above {unit.unit_name} ({unit_code})")
        return person

    def require_reviewer(self, name: str, unit_code: str, month: date) -> Person:
        """Return the person, who reviews the unit's submissions; NotEntitledError when he does not."""
        person, review = self.person(name), self.review_of(unit_code, month)
        if review is None or name not in review.reviewers:
            raise NotEntitledError(f"{name} does not review the submissions of {unit_code}")
        return person

    def require_approver(self, name: str) -> Person:
        """Return the person, who closes months; NotEntitledError when he does not."""
        person = self.person(name)
        if name not in self.closing.approvers:
            raise NotEntitledError(f"{name} is not among those who close months")
        return person


def level_above(unit: ReportingUnit, month: date) -> str:
    """Return the code of the region to whose people a unit answers in a month."""
    upper = parent_of(unit, month)
    if unit.unit_kind == HELD_BY_UPPER:
        upper = region(upper, month).parent_code or upper
    return upper


def approvals() -> Approvals:
    """Read the file; ConfigurationError when it is missing or not valid."""
    return read(FILE, Approvals)
