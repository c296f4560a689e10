import { _t } from "@web/core/l10n/translation";

import { StageBadge } from "@vip_base/components/stage_badge/stage_badge";
import { formatMoment } from "@vip_base/core/format";
import { useLink } from "@vip_base/core/link";
import { client360Sections } from "@vip_service/client_360/client_360";

import { Component } from "@odoo/owl";

/** What the client told us, and what becomes of it: complaints, feedback, answers. */
export class VoiceSection extends Component {
    static template = "vip_voice.Client360Voice";
    static components = { StageBadge };
    static props = { data: Object, partnerId: Number, reload: Function };
    static column = "half";

    setup() {
        this.open = useLink();
        this.moment = formatMoment;
    }

    get askedText() {
        const { asked, answered } = this.props.data;
        return _t("Asked %(asked)s times in 12 months, answered %(answered)s", {
            asked,
            answered,
        });
    }
}

client360Sections.add("voice", VoiceSection);
