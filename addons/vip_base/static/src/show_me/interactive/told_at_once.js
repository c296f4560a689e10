import { patch } from "@web/core/utils/patch";
import { TourInteractive } from "@web_tour/js/tour_interactive/tour_interactive";

/** What a step of ours says is read at once, not only under the mouse. */
patch(TourInteractive.prototype, {
    updatePointer() {
        super.updatePointer();
        if (this.name?.startsWith("vip_show_") && this.anchorEls.length) {
            this.pointer.showContent(true);
        }
    },
});
