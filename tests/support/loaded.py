"""Everything that `openboek` loads when it starts: loaded once by the server that `support.forked` forks from."""

import gc

from sqlalchemy.orm import configure_mappers

import app.__main__
import app.jobs
import app.main
import app.serve  # noqa: F401
import support.processes  # noqa: F401

configure_mappers()
gc.freeze()
