from odoo import api, fields, models

from odoo.addons.vip_base.tools.digest import Row
from odoo.addons.vip_base.tools.written import written_amount

from ..tools.figures_sql import measures

TEMPLATE = "vip_service.mail_template_grace"


class VipTierVerdict(models.Model):
    """What a review found about a client that does not simply stay where it is.

    Written by the review's statement; the rises and falls among them become proposals.
    """

    _name = "vip.tier.verdict"
    _description = "Tier Verdict"
    _log_access = False
    _order = "review_id desc, partner_id"
    _rec_name = "partner_id"

    review_id = fields.Many2one(
        "vip.tier.review", required=True, readonly=True, ondelete="cascade"
    )
    month = fields.Date(related="review_id.month")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    adviser_id = fields.Many2one(related="partner_id.adviser_id")
    client_type = fields.Selection(
        lambda self: self.env["res.partner"]._fields["client_type"].selection,
        readonly=True,
        help="As the client was judged.",
    )
    tier_id = fields.Many2one(
        "vip.tier", required=True, readonly=True, ondelete="restrict"
    )
    target_id = fields.Many2one(
        "vip.tier",
        string="Asked for",
        required=True,
        readonly=True,
        ondelete="restrict",
        help="The tier that the figures ask for.",
    )
    outcome = fields.Selection(
        [("promotion", "Promotion"), ("demotion", "Demotion"), ("grace", "In grace")],
        required=True,
        readonly=True,
    )
    streak = fields.Integer(
        string="Reviews below",
        readonly=True,
        help="So many reviews in a row, this one included, found less than the tier "
        "asks to stay.",
    )
    figures = fields.Json(
        string="Measures",
        readonly=True,
        help="What was measured, in the order of the review's rules.",
    )
    rolled_up = fields.Json(
        readonly=True,
        help="The client group by whose figures the client was judged, with its members; "
        "empty: by its own.",
    )
    group_name = fields.Char(
        string="Judged with", compute="_compute_group_name", help="The client group."
    )
    figures_text = fields.Char(string="Figures", compute="_compute_figures_text")

    _once = models.UniqueIndex("(review_id, partner_id)")

    @api.depends("rolled_up")
    def _compute_group_name(self):
        ids = [(verdict.rolled_up or {}).get("id") for verdict in self]
        # As superuser: with whom a client was judged, for who may read the verdict.
        groups = self.env["vip.client.group"].sudo().browse(filter(None, ids)).exists()
        names = {group.id: group.name for group in groups}
        for verdict, group_id in zip(self, ids, strict=True):
            verdict.group_name = names.get(group_id)

    @api.depends("figures")
    @api.depends_context("lang")
    def _compute_figures_text(self):
        for verdict in self:
            # As superuser: the rules tell an adviser no more than the verdict itself.
            rules = verdict.sudo().review_id.rules
            verdict.figures_text = self._figures_texts(rules, verdict.figures)

    @api.model
    def _figures_texts(self, rules, figures):
        """Return the measures of frozen ``rules`` with their values, as one text."""
        # As superuser: only names and units, also of metrics hidden meanwhile.
        known = self.env["vip.metric"].with_context(active_test=False).sudo()
        metrics = {metric.id: metric for metric in known.search([])}
        # The same metric may be measured over several windows.
        texts = dict.fromkeys(
            self._figure_text(metrics.get(key[0]), value, rules.get("currency"))
            for key, value in zip(measures(rules), figures or (), strict=False)
        )
        return " · ".join(texts)

    def _figure_text(self, metric, value, currency):
        """Return what was measured as text, money with the currency of the review."""
        money = metric and metric.unit == "money" and currency
        amount = written_amount(self.env, value, money)
        return f"{metric.name if metric else '?'} {amount}"

    def _deliver_client_warnings(self):
        """Write to these clients that they are in grace: the hook for other channels.

        By e-mail in the client's language; the mail queue sends it.
        """
        template = self.env.ref(TEMPLATE, False)
        if template and self:
            # As superuser: our own template, queued by a job.
            template.sudo().send_mail_batch(self.ids, force_send=False)

    @api.model
    def _drop_doubles(self, sources, client):
        """Keep one verdict per review of clients that become one: the client's own."""
        kept = self.search([("partner_id", "=", client.id)]).review_id
        for source in sources.sorted("id"):
            found = self.search([("partner_id", "=", source.id)])
            doubles = found.filtered(lambda v, kept=kept: v.review_id in kept)
            kept |= found.review_id
            doubles.unlink()

    def _digest_row(self):
        """Return this verdict as a row of a mail, in the reader's language."""
        return Row(
            title=self.figures_text or "",
            client=self.partner_id.display_name,
            tier=(self.tier_id.name, self.tier_id.shade),
            note=self.env._("reviews below: %s", self.streak),
            todo=self.env._("Open the client"),
            url=f"{self.get_base_url()}/odoo/vip-clients/{self.partner_id.id}",
        )
