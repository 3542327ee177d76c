"""Which code does which kind of job."""

from collections.abc import Mapping

from core.folder import Folder
from core.jobs import Handler
from publish.routes import EXPORT_JOB, export_job


def handlers(folder: Folder) -> Mapping[str, Handler]:
    """Every kind of job that a worker can do."""
    return {EXPORT_JOB: export_job(folder)}
