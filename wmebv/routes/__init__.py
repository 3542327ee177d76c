"""Pages of the Wmebv inventory: overview and report, products, messages, channels, answers."""

from fastapi import APIRouter

from wmebv.routes import actions, answers, channels, deciding, designation, goals, importing, messages, products, report

router = APIRouter(prefix="/wmebv")
for part in (report, products, messages, deciding, channels, answers, actions, goals, designation, importing):
    router.include_router(part.router)
