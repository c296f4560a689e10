import { useService } from "@web/core/utils/hooks";

import { Component, onError, useEffect, useRef, useState } from "@odoo/owl";

/**
 * Frame of one section: title, fold, and for a lazy one the call that fetches
 * its data once the frame comes into sight. A section that fails says so in its
 * own frame and leaves the rest of the page alone.
 */
export class Client360Section extends Component {
    static template = "vip_service.Client360Section";
    static props = {
        section: {
            type: Object,
            shape: { key: String, title: String, lazy: Boolean, data: true, "*": true },
        },
        component: Function,
        partnerId: Number,
        reload: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.root = useRef("root");
        const { lazy, data } = this.props.section;
        this.state = useState({
            status: lazy ? "waiting" : "ready",
            data,
            folded: false,
        });
        onError((error) => {
            console.error(error);
            this.fail(error.cause || error);
        });
        useEffect(
            (element) => {
                if (this.state.status !== "waiting") {
                    return;
                }
                const observer = new IntersectionObserver((entries) => {
                    if (entries.some((entry) => entry.isIntersecting)) {
                        observer.disconnect();
                        this.load();
                    }
                });
                observer.observe(element);
                return () => observer.disconnect();
            },
            () => [this.root.el]
        );
    }

    /** A section may be called by what its data say: static `title(data)`. */
    get title() {
        const { component, section } = this.props;
        return component.title?.(this.state.data) || section.title;
    }

    async load() {
        this.state.status = "loading";
        try {
            const { partnerId, section } = this.props;
            this.state.data = await this.orm.call("res.partner", "client_360_section", [
                [partnerId],
                section.key,
            ]);
            this.state.status = "ready";
        } catch (error) {
            this.fail(error);
        }
    }

    fail(error) {
        this.state.status = "error";
        this.state.error = error.data?.message || error.message;
    }

    toggle() {
        this.state.folded = !this.state.folded;
    }
}
