from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.vip_base.tools.event_time import event_time
from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.months import free_periods

from .res_partner import CLIENT_FIELDS


class BasePartnerMerge(models.TransientModel):
    """What belongs to a client moves along when contacts are merged.

    The host rewrites foreign keys in SQL and stops at the first row that must be unique,
    so what both contacts have is settled before: the remaining contact's own counts.
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
        for source in sources:
            self._move_consents(source, client)
        judged = self._forget_lifecycle(sources | client)
        kept = self._supersede_double_facts(sources, client)
        self._expire_double_proposals(sources, client)
        self._drop_double_verdicts(sources, client)
        # As superuser: who merges clients need not write their tiers.
        memberships = self.env["vip.tier.membership"].sudo()
        for source in sources:
            memberships._move(source, client)
        self._move_client_fields(sources, client, kept)
        self.env.flush_all()
        result = super()._update_foreign_keys(src_partners, dst_partner)
        if judged:
            # As superuser: states are derived, whoever merges their clients.
            self.env["vip.lifecycle"].sudo()._judge_again(client)
        return result

    @api.model
    def _supersede_double_facts(self, sources, client):
        """Let one figure per metric and month count; return how many do not any more."""
        # As superuser: figures are written by imports, whoever merges their clients.
        facts = self.env["vip.activity"].sudo()
        doubles = facts.browse()
        domain = [
            ("partner_id", "in", (sources | client).ids),
            ("superseded_at", "=", False),
        ]
        groups = facts.search(domain, order="id").grouped(
            lambda fact: (fact.company_id, fact.metric_id, fact.month)
        )
        for same in groups.values():
            doubles |= same - min(
                same, key=lambda fact: (fact.partner_id != client, fact.partner_id.id)
            )
        doubles.superseded_at = event_time(self.env)
        return len(doubles)

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
    def _drop_double_verdicts(self, sources, client):
        """Keep one verdict per review: the remaining contact's own counts."""
        # As superuser: verdicts are written by reviews only.
        verdicts = self.env["vip.tier.verdict"].sudo()
        kept = verdicts.search([("partner_id", "=", client.id)]).review_id
        for source in sources.sorted("id"):
            found = verdicts.search([("partner_id", "=", source.id)])
            doubles = found.filtered(lambda v, kept=kept: v.review_id in kept)
            kept |= found.review_id
            doubles.unlink()

    @api.model
    def _move_client_fields(self, sources, client, superseded):
        """Give the client what it lacks; a number is unique while both still exist."""
        values = {}
        for name in CLIENT_FIELDS:
            known = [source[name] for source in sources if source[name]]
            if known and not client[name]:
                values[name] = known[0].id if name == "adviser_id" else known[0]
        numbers = [number for number in sources.mapped("client_number") if number]
        sources.write({"client_number": False})
        sources.flush_recordset(["client_number"])
        client.write(values)
        if numbers or superseded:
            client._message_log(
                body=self.env._(
                    "Merged with client %(numbers)s; figures of theirs that do not count "
                    "any more because this client has own ones: %(count)s.",
                    numbers=", ".join(numbers) or "–",
                    count=superseded,
                )
            )

    # Consents to client groups

    @api.model
    def _move_consents(self, source, client):
        # As superuser: as above.
        Member = self.env["vip.client.group.member"].sudo()
        for member in Member.search([("partner_id", "=", source.id)], order="id"):
            own = Member.search(
                [
                    ("partner_id", "=", client.id),
                    ("company_id", "=", member.company_id.id),
                ],
                order="date_from",
            )
            free = free_periods(
                member.date_from,
                member.date_to or None,
                [(row.date_from, row.date_to or None) for row in own],
            )
            if not free:
                self._drop_consent(member)
            for place, (start, stop) in enumerate(free):
                values = {
                    "partner_id": client.id,
                    "date_from": start,
                    "date_to": stop or False,
                }
                if not place:
                    member.write(values)
                else:
                    # A consent around one of the client's own goes on after it.
                    member.copy({**values, "date_until": stop or False})

    @api.model
    def _drop_consent(self, member):
        """Delete a consent of days that the client consented for itself; the log keeps it."""
        self.env["vip.audit.log"]._record(
            member,
            "deleted",
            old=member._audited_values(member._audited_names(member._fields)),
            reason=self.env._("Merged clients"),
        )
        self.env.cr.execute(
            SQL("DELETE FROM vip_client_group_member WHERE id = %s", member.id)
        )
        member.invalidate_model()

    # Life cycle

    @api.model
    def _forget_lifecycle(self, partners):
        """Delete the states of these partners; return whether there were any.

        They are derived anew from the figures of all: states do not add up.
        """
        # As superuser: states are derived, whoever merges their clients.
        lifecycle = self.env["vip.lifecycle"].sudo()
        states = lifecycle.search([("partner_id", "in", partners.ids)])
        judged = bool(states)
        states.unlink()
        return judged
