import logging

import psycopg2

from odoo import api, models

from odoo.addons.vip_base.tools.times import event_time
from odoo.addons.vip_base.tools.written import reader_zone

from ...tools.portal_card import PortalCard

_logger = logging.getLogger(__name__)


class ResPartner(models.Model):
    """What a client sees of itself in the portal: cards on its home."""

    _inherit = "res.partner"

    @api.model
    def _portal_cards(self):
        """Return the :class:`~..tools.portal_card.PortalCard` of all addons; a door."""
        return [
            PortalCard(
                key="adviser",
                title=self.env._("My adviser"),
                template="vip_service.portal_card_adviser",
                values=self._portal_adviser_card,
                sequence=20,
                aside=True,
            ),
            PortalCard(
                key="road",
                title=self.env._("My tier"),
                template="vip_service.portal_card_road",
                values=self._portal_road_card,
                sequence=30,
                aside=True,
            ),
            PortalCard(
                key="finished",
                title=self.env._("How did we do?"),
                template="vip_service.portal_card_finished",
                values=self._portal_finished_card,
                sequence=40,
            ),
            PortalCard(
                key="new_request",
                title=self.env._("New request"),
                template="vip_service.portal_card_items",
                values=self._portal_items_card,
                sequence=50,
            ),
            PortalCard(
                key="vip_service",
                title=self.env._("My rights"),
                template="vip_service.portal_card_rights",
                values=self._portal_rights_card,
                sequence=60,
                aside=True,
            ),
        ]

    def _portal_home(self):
        """Return what the client's home shows: dicts of a card, in order.

        A card that fails is left out: the client's home stands.
        """
        # As who is logged in: the host's own record of that is the superuser's.
        person = self.sudo(False)
        shown = []
        for card in sorted(person._portal_cards(), key=lambda card: card.sequence):
            try:
                with self.env.cr.savepoint():
                    values = card.values()
            except psycopg2.OperationalError:
                raise
            except Exception:
                _logger.exception("The portal card %s failed", card.key)
                continue
            if values:
                shown.append(
                    {
                        "key": card.key,
                        "title": values.get("title") or card.title,
                        "note": values.get("note") or "",
                        "template": card.template,
                        "aside": card.aside,
                        "values": values,
                    }
                )
        return shown

    def _portal_head(self):
        """Return who the client is and since when it has its tier; of no client False."""
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        client = self.sudo()._vip_client()
        if not client.client_type:
            return False
        tier = client.vip_tier_id
        return {
            "name": self.name,
            "client": client.name if client != self else "",
            "tier": tier.name,
            "shade": tier.shade,
            "since": client.vip_tier_since,
            "zone": reader_zone(self.env),
        }

    def _portal_rights_card(self):
        """Return what the client's tier entitles it to, and what is left of it.

        Names, descriptions and quotas only (REQUIREMENTS T4).
        """
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        client = self.sudo()._vip_client()
        rights = client.client_type and client._portal_entitlements()
        return bool(rights) and {"entitlements": rights}

    def _portal_answer(self, ticket_id):
        """Return what this person answered about a ticket, or the link to answer by.

        False where this person was not asked: nobody sees what a colleague answered.
        """
        self.ensure_one()
        # As superuser: the client reads none of our models, it is told this much.
        question = self.env["vip.question"].sudo()
        question = question.search(
            [
                ("ticket_id", "=", ticket_id),
                ("asked_partner_id", "=", self.id),
                ("state", "in", ("waiting", "asked", "answered")),
            ],
            limit=1,
        )
        if not question:
            return False
        answer = question.answer_ids.filtered("counts")[:1]
        is_open = question._is_open(event_time(self.env))
        return bool(answer or is_open) and {
            "grade": answer.grade,
            "at": answer.answered_at,
            "words": answer.words,
            "dimensions": [
                (line.dimension_id.name, line.grade) for line in answer.grade_ids
            ],
            "link": f"/my/answer/{question.id}" if is_open else False,
        }

    def _portal_entitlements(self):
        company = self.env.company
        used = self.env["vip.entitlement"]._used_by(
            self,
            company,
            company._vip_local_date(event_time(self.env)),
            self.vip_tier_id,
        )
        entitlements = self.env["vip.entitlement"].browse(used)
        return [
            {
                "name": entitlement.name,
                "description": entitlement.description,
                "quota": entitlement._portal_quota(used[entitlement.id]),
            }
            for entitlement in entitlements
        ]
