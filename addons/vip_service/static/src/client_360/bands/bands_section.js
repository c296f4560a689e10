import { _t } from "@web/core/l10n/translation";

import { client360Sections } from "../client_360";

import { Component } from "@odoo/owl";

/** How a client stands, for who may not see its figures: steps of ten per cent. */
export class BandsSection extends Component {
    static template = "vip_service.Client360Bands";
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "top";

    get nextText() {
        const { next, percent } = this.props.data;
        if (!next) {
            return "";
        }
        return percent >= 100
            ? _t("Reaches what %s asks.", next)
            : _t("More than %(percent)s of the way to %(tier)s.", {
                  percent: `${percent}\u00a0%`,
                  tier: next,
              });
    }

    get trendText() {
        const { bands } = this.props.data;
        const half = (from, to) =>
            bands.slice(from, to).reduce((sum, step) => sum + step, 0);
        const [before, after] = [half(-6, -3), half(-3)];
        if (before === after) {
            return _t("Figures of the last three months are as before.");
        }
        return after > before
            ? _t("Figures of the last three months have risen.")
            : _t("Figures of the last three months have fallen.");
    }
}

client360Sections.add("bands", BandsSection);
