import json
import time

from odoo.http import Controller, request, route

from odoo.addons.vip_service.engine.tries import Tries

from ..models.wall.sla_wall import PATH

#: What one address may ask in ten minutes with keys that open nothing.
WRONG = Tries(most=30, seconds=600)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
}


class Wall(Controller):
    """The screen on the wall: a page without words, and figures for who has its key."""

    @route(PATH, type="http", auth="public", methods=["GET"], sitemap=False)
    def wall(self, **kw):
        """Return the page; what it shows comes with the key behind the "#"."""
        page = request.env["ir.qweb"]._render("sla_promise.wall_page", {})
        return request.make_response(page, headers=list(HEADERS.items()))

    @route(
        f"{PATH}/figures",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
        readonly=True,
        save_session=False,
    )
    def figures(self, **kw):
        """Return the figures of the wall whose key the request has, as JSON; 404: none."""
        address = request.httprequest.remote_addr or ""
        wall = request.env["sla.wall"]._of_key(
            request.httprequest.headers.get("X-Wall-Key")
        )
        if not wall:
            allowed = WRONG.allowed(address, time.monotonic())
            return request.make_response("", status=404 if allowed else 429)
        headers = {**HEADERS, "Content-Type": "application/json"}
        return request.make_response(
            json.dumps(wall._shown()), headers=list(headers.items())
        )
