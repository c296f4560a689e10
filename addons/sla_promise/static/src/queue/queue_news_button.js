import { _t } from "@web/core/l10n/translation";

import { useNow } from "@vip_base/core/ticker";

import { Component, useState } from "@odoo/owl";

/** How much waits to be let into the queue; a press lets it in. */
export class QueueNewsButton extends Component {
    static template = "sla_promise.QueueNewsButton";
    static props = { news: Object };

    setup() {
        this.time = useNow(30);
        this.state = useState(this.props.news.state);
    }

    get text() {
        const fresh = this.state.fresh.length;
        const moved = this.props.news.movedBy(this.time.now, this.state.moved);
        return [fresh && _t("%s new", fresh), moved && _t("%s moved", moved)]
            .filter(Boolean)
            .join(" · ");
    }
}
