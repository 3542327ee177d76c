"""What stands beside a record: answers of teams, remarks, files and rows of imports. Most have none."""

from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session, col, select

from register.files import InternalFile
from register.imports import ImportRow
from register.remarks import Remark
from register.reviews import ReviewAnswer


class Beside(NamedTuple):
    """Whether there is any; one question tells, so that nobody asks four times for nothing."""

    answers: bool
    remarks: bool
    files: bool
    rows: bool


def beside(session: Session, activity_id: UUID) -> Beside:
    """What there is beside a record."""
    there = (
        select(ReviewAnswer.id).where(ReviewAnswer.activity_id == activity_id),
        select(Remark.id).where(Remark.activity_id == activity_id),
        select(InternalFile.id).where(col(InternalFile.subject_id) == activity_id),
        select(ImportRow.id).where(ImportRow.activity_id == activity_id),
    )
    answers, remarks, files, rows = (one.exists() for one in there)
    return Beside(*session.exec(select(answers, remarks, files, rows)).one())
