"""Sitemaps of very many documents are accepted by the official schema, by the profile and by our own check.

`SOAK_DOCUMENTS=1000000 python3 run.py soak -k official_schema` takes a million.
"""

import os
import sys
from pathlib import Path

import pytest

from core.organisations import the_organisation
from publish import diwoo_stream
from publish.check import sitemaps
from support import official
from support.installation import Installation

ROOT = Path(__file__).parents[2]
MANY = int(os.environ.get("SOAK_DOCUMENTS", "100000"))


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("number", [200, pytest.param(MANY, marks=pytest.mark.soak)])
def test_the_official_schema_and_the_profile_accept_every_sitemap(
    here: Installation, shared: Path, monkeypatch: pytest.MonkeyPatch, number: int
):
    monkeypatch.setattr(sys, "path", [*sys.path, str(ROOT / "bench")])
    from many_documents import load

    load(here.database, here.organisation_id, number)
    folder = shared / "reference" / "xsd"
    documents = 0
    with here.database.read(here.organisation_id) as session:
        for path, made in diwoo_stream.files(session, the_organisation(session).base_url):
            name = path.rpartition("/")[2]
            data = made if isinstance(made, bytes) else b"".join(made)
            if not name.endswith(".xml"):
                continue
            is_index = name.startswith("sitemapindex-")
            schemas = (official.INDEX,) if is_index else (official.SITEMAP, official.PROFILE)
            assert [fault for one in schemas for fault in official.refusals(folder, one, data)] == [], name
            quick = sitemaps.read(data, name)
            assert quick.faults == (), name
            if not is_index:
                assert sitemaps._read_usual([data], name) == quick  # each is read in the quick way
                documents += len(quick.listed)
    assert documents == number
