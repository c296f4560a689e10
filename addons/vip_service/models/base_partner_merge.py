from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import event_time

from .res_partner import CLIENT_FIELDS

#: Of what both contacts may have rows that must be unique.
MOVED = (
    *("vip.client.group.member", "vip.lifecycle", "vip.client.alias"),
    *("vip.tier.verdict", "vip.tier.membership"),
)


class BasePartnerMerge(models.TransientModel):
    """What belongs to a client moves along when contacts are merged.

    The host rewrites foreign keys in SQL and stops at the first row that must be unique,
    so what both contacts have is settled before: figures of different numbers add, of the
    rest the remaining contact's own counts.
    """

    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Settle what both have before the host moves the rest.

        Raises AccessError when clients are merged by who is no service manager: merging
        would show the figures of one client to those who serve the other.
        """
        # As superuser: tables of the service, which the merging user need not see.
        sources, client = src_partners.sudo(), dst_partner.sudo()
        if sources.filtered("client_type"):
            if not self.env.su and not self.env.user.has_group(MANAGER_GROUP):
                raise AccessError(self.env._("Only a service manager merges clients."))
        records = {name: self.env[name].sudo() for name in MOVED}
        for source in sources:
            records["vip.client.group.member"]._move(source, client)
        judged = records["vip.lifecycle"]._forget(sources | client)
        aliases = records["vip.client.alias"]._take_over(sources, client)
        self._expire_double_proposals(sources, client)
        records["vip.tier.verdict"]._drop_doubles(sources, client)
        self.env["vip.key.point.showing"]._drop_doubles(sources, client)
        self.env["vip.key.point.retired"]._drop_doubles(sources, client)
        for source in sources:
            records["vip.tier.membership"]._move(source, client)
        self._move_client_fields(sources, client, aliases)
        client._check_vip_companies()
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        if judged:
            records["vip.lifecycle"]._judge_again(client)
        self._let_reviews_look(client)
        return result

    @api.model
    def _let_reviews_look(self, client):
        """Let reviews be judged anew: the figures of several are one client's now."""
        # As superuser: figures, which the merging user need not see.
        for company, first, last in (
            self.env["vip.activity"]
            .sudo()
            ._read_group(
                [("partner_id", "=", client.id)],
                ["company_id"],
                ["month:min", "month:max"],
            )
        ):
            self.env["vip.tier.review"]._figures_changed(company, first, last)

    @api.model
    def _expire_double_proposals(self, sources, client):
        """Let one proposal and one scheduled change per company go on waiting."""
        # As superuser: who merges clients may not decide on their tiers.
        changes = self.env["vip.tier.change"].sudo()
        changes._expire(
            SQL(
                """
                partner_id = ANY(%(sources)s) AND EXISTS (
                    SELECT FROM vip_tier_change k
                     WHERE k.company_id = vip_tier_change.company_id
                       AND k.state = vip_tier_change.state
                       AND (k.partner_id = %(client)s
                            OR k.partner_id = ANY(%(sources)s)
                               AND k.partner_id < vip_tier_change.partner_id))
                """,
                sources=sources.ids,
                client=client.id,
            ),
            event_time(self.env),
        )

    @api.model
    def _move_client_fields(self, sources, client, aliases):
        """Give the client what it lacks; a number is unique while both still exist.

        :param aliases: what goes on as further numbers of the client
        """
        values = {}
        for name in CLIENT_FIELDS:
            known = [source[name] for source in sources if source[name]]
            if known and not client[name]:
                values[name] = client._fields[name].convert_to_write(known[0], client)
        numbers = [number for number in sources.mapped("client_number") if number]
        sources.write({"client_number": False})
        sources.flush_recordset(["client_number"])
        client.write(values)
        if numbers or aliases:
            self._tell_of_merge(sources, client, numbers, aliases)

    @api.model
    def _tell_of_merge(self, sources, client, numbers, aliases):
        self.env["vip.audit.log"]._record(
            client,
            "merged",
            old={"id": sources.ids, "client_number": ", ".join(numbers) or None},
            new={
                "client_number": client.client_number or None,
                "client_alias_ids": ", ".join(
                    a.number or "–" for a in aliases.values()
                ),
            },
        )
        client._message_log(
            body=self.env._(
                "Merged with client %(numbers)s. Files go on naming it by each of its "
                "numbers; what is booked under them adds.",
                numbers=", ".join(numbers) or "–",
            )
        )
