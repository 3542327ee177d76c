"""Pages of the Wmebv inventory: overview and report, products, messages, channels, answers."""

from fastapi import APIRouter

from wmebv.routes import (
    actions,
    answers,
    channels,
    deciding,
    designation,
    duties,
    evidence,
    goals,
    grid,
    importing,
    links,
    many,
    messages,
    products,
    report,
    sheets,
    templates,
)

router = APIRouter(prefix="/wmebv")
pages = (report, products, messages, deciding, channels, templates, answers, actions, goals, designation, importing)
for part in (*pages, grid, many, sheets, links, duties, evidence):
    router.include_router(part.router)
