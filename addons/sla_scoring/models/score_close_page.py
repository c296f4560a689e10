from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from odoo.addons.vip_base.tools.groups import MANAGER_GROUP
from odoo.addons.vip_base.tools.times import add_months, event_time, month_name

from .score_close import LEFT_OUT

#: So many agents are shown by name, the rest in one line.
SHOWN = 8
#: So many earlier closes are told.
EARLIER = 6


class ScoreClosePage(models.Model):
    """The close as its page shows it: the checklist, and what a close would do now."""

    _inherit = "score.close"

    def close_page(self):
        """Return the page of one close, ready to be shown.

        :return: ``lines`` of the checklist; ``left_out`` (count, people, points);
            ``agents`` if it closed now; ``awards``; ``earlier`` closes; who may do what
        :raise AccessError: the user may not see it
        """
        self.ensure_one()
        self.check_access("read")
        lines = self._lines()
        counts = self._counts(lines)
        waiting = self._open_keys(lines, counts)
        left_out = self._left_out(counts)
        return {
            "name": self.month_name,
            "state": self.state,
            "lines": [self._line_page(line, counts) for line in lines],
            "awards": self._award_page(),
            "open_count": len({line for line, _name in waiting}),
            "left_out": left_out,
            "lost": self._lost_text(left_out),
            "agents": self._agent_page(),
            "earlier": self._earlier_page(),
            "decision": self._decision_page(),
        }

    # The checklist

    def _line_page(self, line, counts):
        """Return one line: its title, its numbers, whether it waits for somebody."""
        found = {name: counts[line["key"], name] for name in line["open"]}
        number = sum(count.rows for count in found.values())
        shown = line["open"] if number else line["told"]
        return {
            "key": line["key"],
            "title": line["waiting"] if number else line["done"],
            "state": "open" if number else "done",
            "count": number,
            # The number in the title opens its rows; where they are of several kinds,
            # each kind has its own.
            "rows": next(iter(found)) if len(found) == 1 else False,
            "facts": [
                {
                    "name": name,
                    "count": counts[line["key"], name].rows,
                    "label": rows.label,
                }
                for name, rows in shown.items()
                if counts[line["key"], name].rows and not (number and len(found) == 1)
            ],
            "note": self._line_note(line, found) if number else "",
            "button": line["button"] if number else "",
            "first": next((name for name, count in found.items() if count.rows), False),
        }

    def _line_note(self, line, found):
        """Return of how many people and how many points the rows are, in words."""
        told = []
        people = sum(count.people for count in found.values())
        points = [count.points for count in found.values() if count.points]
        if people:
            told.append(
                self.env._("%s people", people)
                if people > 1
                else self.env._("1 person")
            )
        if points:
            told.append(self.env._("%s points", self._signed(sum(points))))
        if line.get("note"):
            told.append(line["note"])
        return " · ".join(told)

    def _signed(self, points):
        return f"{points:+.2f}".replace("-", "−")

    def _award_page(self):
        """Return what awards come to: forecast, or as they were proposed."""
        rules = self.env["score.award.rule"]
        if self.state != "closed":
            # As superuser: who may see the close sees who would win.
            return rules.sudo()._forecast_all(self.company_id, self.month)
        awards = self.env["score.award"].search(self._card_domain())
        return [
            {
                "id": rule.id,
                "name": rule.name,
                "reward": rule._reward_name(),
                "people": own.user_id.sudo().mapped("name"),
                "told": own[:1].reason or "",
            }
            for rule, own in awards.grouped("rule_id").items()
        ]

    # If it closed now

    def _left_out(self, counts):
        """Return how many entries a close would leave out, of whom, how many points."""
        if self.state in ("closing", "closed"):
            return {"count": self.left_count, "points": self.left_points}
        found = [counts[line, line] for line in LEFT_OUT]
        return {
            "count": sum(count.rows for count in found),
            "points": round(sum(count.points or 0 for count in found), 2),
        }

    def _lost_text(self, left_out):
        """Return which part of the points lost in the month would not count."""
        lost = -left_out["points"]
        if lost <= 0:
            return ""
        counted = -min(self.deduction, 0)
        return self.env._(
            "%(left)s of %(all)s points lost would not count. What is decided later "
            "counts in the month in which it is decided; offsets of its own month are "
            "still used for it.",
            left=f"{lost:.2f}",
            all=f"{lost + counted:.2f}",
        )

    def _agent_page(self):
        """Return points, what is left out and score by agent, and the sums of these."""
        left = self._left_by_agent()
        cards = self.env["score.card"].search(self._card_domain())
        rows = []
        for card in cards:
            # As superuser: the name of a colleague, whatever company is chosen.
            user = card.user_id.sudo()
            rows.append(
                {
                    "user_id": user.id,
                    "card_id": card.id,
                    "name": user.name,
                    "points": round(card.total + card.award, 2),
                    "left": round(left.pop(user.id, 0), 2),
                    "score": card.score if card.is_ranked else False,
                }
            )
        rows += [
            {
                "user_id": user_id,
                "card_id": False,
                "name": self._bearer_name(user_id),
                "points": 0,
                "left": round(points, 2),
                "score": False,
            }
            for user_id, points in left.items()
        ]
        # Of whom most is left out comes first; what teams bear is nobody's.
        rows.sort(
            key=lambda row: (
                not row["user_id"],
                row["left"],
                row["points"],
                row["name"],
            )
        )
        shown, rest = rows[:SHOWN], rows[SHOWN:]
        return {
            "rows": shown,
            "more": len(rest),
            "more_points": round(sum(row["points"] for row in rest), 2),
            "more_left": round(sum(row["left"] for row in rest), 2),
            "points": round(sum(row["points"] for row in rows), 2),
            "left": round(sum(row["left"] for row in rows), 2),
            "cards": len(cards),
        }

    def close_left_out(self, user_id=None):
        """Open the entries that the close leaves, or has left, out.

        :param user_id: only this agent's, False: the teams'
        """
        self.ensure_one()
        self.check_access("read")
        closed = self.state in ("closing", "closed")
        domain = Domain("close_id", "=", self.id) & Domain("line", "in", LEFT_OUT)
        domain = domain if closed else self._draft_domain()
        if user_id is not None:
            domain &= Domain("user_id", "=", user_id)
        action = "score_close_left_action" if closed else "score_entry_action"
        return self._list(f"sla_scoring.{action}", list(domain))

    def _left_by_agent(self):
        """Return dict of user id (False: teams) → points that the close leaves out."""
        if self.state in ("closing", "closed"):
            rows = self.env["score.close.left"]._read_group(
                [("close_id", "=", self.id), ("line", "in", LEFT_OUT)],
                ["user_id"],
                ["points:sum"],
            )
        else:
            rows = self.env["score.entry"]._read_group(
                self._draft_domain(), ["user_id"], ["points:sum"]
            )
        return {user.id: points or 0 for user, points in rows}

    def _bearer_name(self, user_id):
        if not user_id:
            return self.env._("Teams")
        # As superuser: the name of a colleague, whatever company is chosen.
        return self.env["res.users"].sudo().browse(user_id).name

    # What was closed before, and who decides

    def _earlier_page(self):
        """Return the last closes: by whom, and where what they left out was counted."""
        closes = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "closed"),
                ("month", "<", self.month),
                ("month", ">=", add_months(self.month, -EARLIER)),
            ]
        )
        counted = closes._counted_in()
        return [
            {
                "id": close.id,
                "name": close.month_name,
                "closed_at": str(close.closed_at),
                # As superuser: the names of who closed and confirmed.
                "by": close.closed_by_id.sudo().name,
                "confirmed_by": close.confirmed_by_id.sudo().name or "",
                "left": close.left_count,
                "counted": close._counted_text(counted.get(close.id, [])),
            }
            for close in closes
        ]

    def _counted_in(self):
        """Return dict of close id → pairs of month (None: none yet) and entries."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
        SELECT l.close_id, e.month, COUNT(*)
          FROM score_close_left l
     LEFT JOIN score_entry e ON e.id = l.res_id AND e.state = 'posted'
         WHERE l.close_id = ANY(%s) AND l.line = ANY(%s)
      GROUP BY 1, 2 ORDER BY 1, 2
                """,
                self.ids,
                list(LEFT_OUT),
            )
        )
        result = {}
        for close_id, month, number in rows:
            result.setdefault(close_id, []).append((month, number))
        return result

    def _counted_text(self, counted):
        if not counted:
            return self.env._("nothing left out")
        if len(counted) == 1 and counted[0][0]:
            return self.env._(
                "entries left out, all counted in %s",
                month_name(self.env, counted[0][0]),
            )
        told = [
            self.env._(
                "%(count)s in %(month)s",
                count=number,
                month=month_name(self.env, month),
            )
            if month
            else self.env._("%s not counted or dropped", number)
            for month, number in counted
        ]
        return self.env._("entries left out: %s", ", ".join(told))

    def _decision_page(self):
        """Return who proposed or did what and why, and what the user may do."""
        bar = self._not_yet(event_time(self.env))
        # As superuser: who might confirm it, and whose points are left out.
        alone = self.state == "draft" and self.sudo()._leaving_out_bar(self.env.user)
        return {
            "reason": self.reason or "",
            # As superuser: the names of who proposed, closed and confirmed.
            "proposed_by": self.proposed_by_id.sudo().name or "",
            "closed_by": self.closed_by_id.sudo().name or "",
            "confirmed_by": self.confirmed_by_id.sudo().name or "",
            "left_any": bool(self.left_ids),
            "needs_second": self._needs_second(),
            "can_confirm": self.can_decide,
            "is_manager": self.env.user.has_group(MANAGER_GROUP),
            "bar": bar,
            "leaving_out_bar": bar or str(alone or ""),
        }
