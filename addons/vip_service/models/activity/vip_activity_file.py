import re

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.misc import formatLang

from odoo.addons.vip_base.engine import cell_number
from odoo.addons.vip_base.engine.cell_text import half_width
from odoo.addons.vip_base.tools.times import add_months, event_time, month_name
from odoo.addons.vip_base.tools.written import written_moment

#: What people write over the columns, beside their names.
WORDS = {
    "client_ref": (
        *(
            "client",
            "client number",
            "client no",
            "client id",
            "client code",
            "customer",
        ),
        *("customer number", "customer no", "customer id", "account", "account number"),
        *(
            "account no",
            "客户编号",
            "客户号",
            "客户代码",
            "客户ID",
            "客户",
            "账号",
            "帐号",
        ),
        *("账户", "资金账号", "交易账号", "会员号"),
    ),
    "month": (
        *("period", "year month", "月份", "月", "年月", "统计月份", "所属月份", "期间"),
        *("数据月份", "统计年月", "会计期间"),
    ),
    "currency": ("ccy", "currency code", "币种", "货币", "币别"),
}
#: The same of the metrics that come with us, by code.
METRIC_WORDS = {
    "deposit": ("deposits", "存款", "入金金额", "入金", "入金额", "存款额", "净入金"),
    "volume": ("lots", "trading volume", "交易量", "成交量", "手数", "交易手数"),
}
NAMES = (
    *("name", "client name", "customer name", "account name", "adviser", "branch"),
    *("phone", "mobile", "email", "id number", "客户名称", "客户姓名", "姓名", "名称"),
    *("户名", "客户经理", "营业部", "分支机构", "电话", "手机", "手机号", "证件号"),
    *("身份证号", "date", "日期"),
)
#: How a number below zero may be written.
NEGATIVE = re.compile(r"^[^0-9]*[-−(]|-$")
SAMPLES = {
    "en": ("Client number", "Month", "C-0001"),
    "zh": ("客户编号", "月份", "C-0001"),
}


class VipActivityImport(models.Model):
    """How a file of facts is read, and what is asked about it."""

    _inherit = "vip.activity.import"

    file_date = fields.Datetime(
        string="File saved at",
        readonly=True,
        copy=False,
        help="As a workbook says: tells an older file from a newer one.",
    )

    # What a file looks like

    def _layout(self):
        # As superuser: how files are written, for whoever may import them.
        source = self.source_id.sudo()
        return source._layout() if source else super()._layout()

    def _decimal_mark(self):
        # As superuser: how files are written, for whoever may import them.
        return self.source_id.sudo().decimal_mark or None

    def _day_form(self):
        # As superuser: how files are written, for whoever may import them.
        return self.source_id.sudo().day_form or ""

    def _kinds(self):
        return {
            "month": "month",
            **dict.fromkeys(self._metrics().mapped("code"), "number"),
        }

    def _key_column(self):
        return "client_ref"

    def _is_key(self, text):
        # As superuser: only whether there is such a client.
        domain = Domain("client_number", "=", (text or "").strip() or False)
        return bool(text) and bool(
            self.env["res.partner"].sudo().search_count(domain, limit=1)
        )

    def _heading_words(self):
        return {**WORDS, **{m.code: self._metric_words(m) for m in self._metrics()}}

    def _metric_words(self, metric):
        """Return the names of ``metric`` in all languages, and what else it is called."""
        names = dict.fromkeys([*METRIC_WORDS.get(metric.code, ())])
        for code, _name in self.env["res.lang"].get_installed():
            names[metric.with_context(lang=code).name] = None
        return tuple(names)

    def _left_out_words(self):
        return [*super()._left_out_words(), *NAMES]

    def _is_doubtful(self, name):
        return self._holds_numbers(name)

    def _is_at_fault(self, code, cell):
        if code == "negative":
            return bool(NEGATIVE.search(half_width(cell)))
        return super()._is_at_fault(code, cell)

    def _column_labels(self):
        labels = {
            "client_ref": self.env._("Client number"),
            "month": self.env._("Month"),
            "currency": self.env._("Currency"),
        }
        return {**labels, **{one.code: one.name for one in self._metrics()}}

    def _sample_rows(self, language):
        client, month, number = SAMPLES[language]
        metrics = self._metrics()
        heads = [
            METRIC_WORDS.get(one.code, (one.code,))[
                2 if one.code in METRIC_WORDS else 0
            ]
            if language == "zh"
            else one.code
            for one in metrics
        ]
        before = add_months(self.company_id._vip_month(event_time(self.env)), -1)
        return [
            [client, month, *heads],
            [number, f"{before:%Y-%m}", *("\x021250.5" for _metric in metrics)],
        ]

    def action_map_columns(self):
        """Open the source with the headings of this file, each with what it is taken for."""
        self.ensure_one()
        source = self.source_id
        source.check_access("write")
        source._remember_columns(self._file_source(self._file_stream()).header)
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "views": [(False, "form")],
        }

    # What is asked

    def _questions(self, source, totals):
        asked = super()._questions(source, totals)
        control, right = self._control_question()
        if right:  # A file that adds up was not cut.
            cut = self._question_text("cut", None)
            asked = [one for one in asked if one != cut]
        own = [
            control,
            self._unfinished_question(),
            self._totals_question(source, totals),
            self._older_question(source),
        ]
        return [*asked, *filter(None, own)]

    def _control_metric(self):
        """Return the metric that the control total is the sum of."""
        # As superuser: how files are written, for whoever may import them.
        own = self.source_id.sudo().control_metric_id
        metrics = self._metrics()
        return (
            own or metrics.filtered(lambda one: one.unit == "money")[:1] or metrics[:1]
        )

    def _control_question(self):
        """Return (question or None, whether the typed total is that of the file)."""
        if not self.control_total:
            return self._no_total_question(), False
        metric = self._control_metric()
        total = self._sum_of(metric)
        difference = total - self.control_total
        if abs(difference) < 0.005:
            return None, True
        return (
            self.env._(
                "%(metric)s: the rows of the file add up to %(total)s, the control total "
                "is %(typed)s: a difference of %(difference)s.",
                metric=metric.name,
                total=self._amount(total),
                typed=self._amount(self.control_total),
                difference=self._amount(difference),
            ),
            False,
        )

    def _no_total_question(self):
        if not self.asks_total:
            return None
        return self.env._(
            "The source “%s” sends a control total, and none is typed: without it the month "
            "goes on waiting.",
            self.source_id.name,
        )

    def _sum_of(self, metric):
        """Return the sum of a metric over all rows whose figure can be read."""
        column = f"v_{metric.id}"
        [[known]] = self.env.execute_query(
            SQL(
                "SELECT EXISTS (SELECT FROM pg_attribute"
                " WHERE attrelid = 'vip_import_row'::regclass AND attname = %s)",
                column,
            )
        )
        if not known:
            return 0.0
        [[total]] = self.env.execute_query(
            SQL("SELECT sum(%s) FROM vip_import_row", SQL.identifier(column))
        )
        return float(total or 0)

    def _amount(self, value):
        return formatLang(self.env, value, digits=2)

    def _unfinished_question(self):
        month = self.company_id._vip_month(event_time(self.env))
        [[rows]] = self.env.execute_query(
            SQL(
                "SELECT count(*) FROM vip_import_row WHERE reason IS NULL AND month = %s",
                month,
            )
        )
        if not rows:
            return None
        return self.env._(
            "%(month)s is not over: its figures (rows: %(rows)s) will still change. Load "
            "the month again when it is.",
            month=month_name(self.env, month),
            rows=rows,
        )

    def _totals_question(self, source, totals):
        """Ask when the row of sums says something else than the rows add up to."""
        if len(totals) != 1:
            return None
        [row] = totals.values()
        for one in source.header.columns:
            metric = self._metrics_by_column([one.name]).get(one.name)
            said = metric and self._number_of(row[one.name], one.scale)
            if said is None:
                continue
            total = self._sum_of(metric)
            if abs(said - total) >= 0.005:
                return self.env._(
                    "%(metric)s: the row of sums says %(said)s, the rows add up to "
                    "%(total)s.",
                    metric=metric.name,
                    said=self._amount(said),
                    total=self._amount(total),
                )
        return None

    def _number_of(self, cell, scale):
        """Return the number of a cell in a row of sums, None where it says none."""
        marks = cell_number.Marks(self._decimal_mark(), grouped=True)
        try:
            return float(cell_number.read(cell or "", marks)[0] * scale)
        except cell_number.Doubtful:
            return None

    # An older file over a newer one

    def _older_question(self, source):
        """Ask when a newer file of the same source and months was imported before."""
        later = self._later_imports(source)
        if not later:
            return None
        return self.env._(
            "This file is older than “%(name)s”, which %(user)s imported at %(at)s: its "
            "figures of the same months would be replaced.",
            name=later.name if not later.file_name else later.file_name,
            user=later.user_id.name,
            at=written_moment(self.env, later.done_at),
        )

    def _later_imports(self, source):
        """Return the last import of other content that is newer than this file."""
        others = self._same_months()
        newer = others.filtered(
            lambda one: (
                source.modified and one.file_date and one.file_date > source.modified
            )
        )
        if not newer and (content := self._content_of(self)):
            same = others.filtered(lambda one: self._content_of(one) == content)
            if same:
                newer = others.filtered(lambda one: one.done_at > same[0].done_at)
        return newer[:1]

    def _same_months(self):
        """Return the imports of the same source that brought months of this one."""
        [[first, last]] = self.env.execute_query(
            SQL(
                "SELECT min(month), max(month) FROM vip_import_row WHERE reason IS NULL"
            )
        )
        if not first:
            return self.browse()
        return self.search(
            [
                ("state", "=", "done"),
                ("id", "!=", self.id),
                ("company_id", "=", self.company_id.id),
                ("source_id", "=", self.source_id.id),
                ("month_from", "<=", last),
                ("month_to", ">=", first),
                ("file_name", "!=", False),
            ],
            order="done_at desc, id desc",
            limit=50,
        )

    def _content_of(self, record):
        """Return what tells the content of the file of an import from others."""
        # As superuser: only compared.
        stored = self.env["ir.attachment"].sudo()
        domain = [("res_model", "=", self._name), ("res_field", "=", "file")]
        return stored.search([*domain, ("res_id", "=", record.id)], limit=1).checksum

    def _told(self, source, totals):
        return {**super()._told(source, totals), "file_date": source.modified}
