"""Errors that a person can cause. Each carries one Dutch sentence that says what to do; none knows about HTTP."""

from collections.abc import Mapping


class DomainError(Exception):
    """Base of every error with a message for the person; `str(error)` is that message."""

    exit_code = 5

    @property
    def message(self) -> str:
        return str(self)


class NotFound(DomainError):
    """The record does not exist, or not for this organisation. Web: 404."""

    exit_code = 2


class NotAllowed(DomainError):
    """The person may not do this. Web: 403."""

    exit_code = 2


class RuleViolation(DomainError):
    """A rule of the domain stands in the way. `points` says which field and why. Web: 422."""

    exit_code = 1

    def __init__(self, message: str, points: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.points: Mapping[str, str] = points or {}


class Conflict(DomainError):
    """Somebody else saved in between. Web: 409."""

    exit_code = 1


class BadInput(DomainError):
    """A file, option or setting that cannot be used. Commands exit with 2."""

    exit_code = 2


class ExportRefused(DomainError):
    """The new site did not pass validation; the old one stands. `faults` has one line each."""

    exit_code = 4

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class Failed(DomainError):
    """Something outside our code gave way: a full disk, a folder that cannot be written, a server that is gone."""

    exit_code = 5


class Busy(DomainError):
    """Another run is doing this already."""

    exit_code = 6
