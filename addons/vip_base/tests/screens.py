"""Opening every screen below a menu as the web client does, without a browser."""

from lxml import etree

from odoo.tools.safe_eval import datetime, safe_eval

#: What a list or a form reads of a record that a field points to.
NAMED = {"fields": {"display_name": {}}}


class ScreenCrawlMixin:
    """Needs a test case with ``env``."""

    def open_screens(self, root, user):
        """Open all that ``user`` finds below the menu ``root``: views, filters, rows, forms.

        :return: names of the models opened, and what went wrong
        """
        env = self.env(user=user)
        models, wrong = set(), []
        for action in self._actions_below(root, user):
            try:
                with self.cr.savepoint():
                    models.add(action.res_model)
                    self._open_action(env, action)
            except Exception as error:  # noqa: BLE001  (all screens are reported at once)
                wrong.append(f"{user.login}: {action.name}: {error!r}")
        return models, wrong

    def _actions_below(self, root, user):
        """Return the window actions behind the menus that the user sees below ``root``."""
        menus = self.env["ir.ui.menu"].with_user(user).load_web_menus(False)
        waiting, found = [root.id], []
        while waiting:
            menu = menus.get(waiting.pop())
            if menu:
                waiting += menu["children"]
                found.append(menu)
        ids = [
            menu["actionID"]
            for menu in found
            if menu.get("actionModel") == "ir.actions.act_window"
        ]
        return self.env["ir.actions.act_window"].browse(dict.fromkeys(ids))

    def _open_action(self, env, action):
        names = {"uid": env.uid, "active_id": False, "context": {}}
        context = safe_eval(action.context or "{}", names)
        model = env[action.res_model].with_context(**context)
        views = [*action.views, (action.search_view_id.id, "search")]
        got = model.get_views(views, {"action_id": action.id, "load_filters": True})
        domain = safe_eval(action.domain or "[]", names)
        for mode, view in got["views"].items():
            arch = etree.fromstring(view["arch"])
            getattr(self, f"_open_{mode}", self._open_rows)(model, domain, arch)

    def _open_search(self, model, domain, arch):
        names = {"uid": model.env.uid, "datetime": datetime}
        names["context_today"] = datetime.date.today
        for node in arch.iter("filter"):
            if node.get("domain"):
                wanted = safe_eval(node.get("domain"), names)
                model.search_count([*domain, *wanted], limit=1)

    def _open_rows(self, model, domain, arch):
        order = arch.get("default_order") or ""
        model.web_search_read(domain, self._wanted(model, arch), limit=80, order=order)

    def _open_form(self, model, domain, arch):
        wanted = self._wanted(model, arch)
        model.search(domain, limit=3).web_read(wanted)
        if arch.get("create", "1") not in ("0", "false") and model.has_access("create"):
            model.onchange({}, [], wanted)

    def _open_pivot(self, model, domain, arch):
        groups = [
            f"{node.get('name')}:{node.get('interval')}"
            if node.get("interval")
            else node.get("name")
            for node in arch.iter("field")
            if node.get("type") in ("row", "col")
        ]
        model.formatted_read_group(domain, groups, ["__count"])

    def _open_graph(self, model, domain, arch):
        for node in arch.iter("field"):
            if node.get("type") != "measure":
                interval = node.get("interval")
                name = node.get("name") + (f":{interval}" if interval else "")
                model.formatted_read_group(domain, [name], ["__count"])

    def _wanted(self, model, arch):
        """Return what the web client reads for a view: its fields, with those of lists."""
        wanted = {}
        for node in arch.iterdescendants("field"):
            parents = [parent.tag for parent in node.iterancestors()]
            if "field" in parents:
                continue
            field = model._fields[node.get("name")]
            wanted[field.name] = {}
            if field.relational:
                below = [child for child in node if child.tag in ("list", "kanban")]
                other = model.env[field.comodel_name]
                read = self._wanted(other, below[0]) if below else {}
                wanted[field.name] = {"fields": {**NAMED["fields"], **read}}
        return wanted
