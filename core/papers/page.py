"""Papers as a page in one file."""

import base64
from collections.abc import Sequence

from core.papers.model import Paper
from core.web.pages import STATIC, templates

_STYLES = ("vendor/voorbeeld-tokens.css", "vendor/utrecht-components.css", "openboek.css", "huisstijl.css")


def write(paper: Paper) -> bytes:
    """One file that needs nothing beside it: the styles travel along as data addresses."""
    context = {"paper": paper, "styles": styles(), "page_title": paper.title}
    return templates().get_template("paper.html").render(context).encode()


def styles() -> Sequence[str]:
    """The style sheets of a page that stands alone, in base64."""
    return [base64.b64encode((STATIC / name).read_bytes()).decode("ascii") for name in _STYLES]
