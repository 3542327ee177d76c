"""What stands beside a record: answers of teams, remarks, files, rows of imports, closed findings. Most have none."""

from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from core.attached import InternalFile
from register.imports import ImportRow
from register.models import Closing
from register.remarks import Remark
from register.reviews import ReviewAnswer


class Beside(NamedTuple):
    """Whether there is any; one question tells, so that nobody asks five times for nothing."""

    answers: bool
    remarks: bool
    files: bool
    rows: bool
    closings: bool


def beside(session: Session, activity_id: UUID) -> Beside:
    """What there is beside a record."""
    there = (
        select(ReviewAnswer.id).where(ReviewAnswer.activity_id == activity_id),
        select(Remark.id).where(Remark.activity_id == activity_id),
        select(InternalFile.id).where(col(InternalFile.subject_id) == activity_id),
        select(ImportRow.id).where(ImportRow.activity_id == activity_id),
        select(Closing.id).where(Closing.activity_id == activity_id),
    )
    return Beside(*session.exec(select(*(one.exists() for one in there))).one())  # type: ignore[misc]  # five of them
