import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("sla_scoring_kpi_board", {
    steps: () => [
        {
            content: "Promises stand by item and tier, beside their twelve months",
            trigger: ".o_kpi_kept canvas",
        },
        {
            content: "Gross counts what is excused",
            trigger: ".o_kpi_gross",
            run: "click",
        },
        {
            content: "as the button says",
            trigger: ".o_kpi_gross.active",
        },
        {
            content: "What is late now opens its rows",
            trigger: ".o_kpi_tile[data-key=late] button.o_vip_figure",
            run: "click",
        },
        {
            content: "and only these",
            trigger: ".o_data_row, .o_kanban_record",
        },
    ],
});
