"""The application: puts every folder together. Nobody imports this folder."""

from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

import core.accounts.routes as account_routes
import core.accounts.routes_links as link_routes
import core.accounts.routes_oidc as oidc_routes
import core.accounts.routes_own as own_routes
import core.web.routes_drafts as draft_routes
import publish.routes
import register.routes
import register.routes_batch
import register.routes_bulk
import register.routes_closing
import register.routes_differences
import register.routes_files
import register.routes_form
import register.routes_import
import register.routes_links
import register.routes_list
import register.routes_public_fields
import register.routes_report
import register.routes_reviews
import register.routes_rules
import register.routes_shared
import register.routes_steps
import register.routes_work
import wmebv.routes
import woo.routes
import woo.routes_dossiers
import woo.routes_form
import woo.routes_import
import woo.routes_inspection
import woo.routes_overviews
import woo.routes_processes
import woo.routes_report
import woo.routes_requests
from app import (
    accounts,
    admin,
    cleaning,
    connections,
    home,
    invitations,
    logbook,
    metrics,
    processors,
    programme_page,
    roles,
    thresholds,
    work,
)
from core.accounts.oidc import Provider
from core.db import Database
from core.folder import Folder
from core.web import errors
from core.web.pages import STATIC
from core.web.security import MAX_FORM, SameOriginOnly, SecurityHeaders, logged_in

PARTS = (
    register.routes_form,
    register.routes_batch,
    register.routes_list,
    register.routes_bulk,
    register.routes_import,
    register.routes_public_fields,
    register.routes_closing,
    register.routes_rules,
    register.routes_report,
    register.routes_links,
    register.routes_shared,
    register.routes,
    register.routes_reviews,
    register.routes_files,
    register.routes_steps,
    register.routes_work,
    register.routes_differences,
    woo.routes_form,
    woo.routes_dossiers,
    woo.routes_inspection,
    woo.routes,
    woo.routes_import,
    woo.routes_overviews,
    woo.routes_processes,
    woo.routes_report,
    woo.routes_requests,
    wmebv.routes,
    publish.routes,
    connections,
    processors,
    programme_page,
    own_routes,
    draft_routes,
    accounts,
    logbook,
    cleaning,
    admin,
    thresholds,
    invitations,
    work,
    home,
)


def create_app(database: Database, folder: Folder) -> FastAPI:
    """The web application for one installation.

    Every route needs a log-in, but the log-in itself, the static files and those that `app.home.open_router` names.
    """
    app = FastAPI(
        title="Openboek",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=True,
        max_body_size=folder.settings.max_upload + MAX_FORM,
    )
    app.state.database = database
    app.state.folder = folder
    app.state.secure_cookies = folder.settings.is_https
    app.state.oidc = Provider(folder.settings) if folder.settings.oidc_discovery else None
    app.state.permissions_of = roles.permissions_of
    app.state.related = connections.related
    errors.install(app)
    for entrance in (account_routes, oidc_routes, link_routes):
        app.include_router(entrance.router)
    app.include_router(home.open_router)
    app.include_router(metrics.open_router)
    app.include_router(register.routes_reviews.link_router)
    for part in PARTS:  # not in a router of their own: FastAPI would look for every address once more
        app.include_router(part.router, dependencies=[Depends(logged_in)])
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(SameOriginOnly)
    app.add_middleware(SecurityHeaders)
    return app
