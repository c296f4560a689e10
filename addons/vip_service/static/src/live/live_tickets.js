import { OWN } from "@vip_base/live/live_service";
import { liveModels } from "@vip_base/live/use_live";

/** Changes of a ticket are told to its team; without one to the company. */
liveModels.add("helpdesk.ticket", {
    channel: ({ team_id: team }) =>
        team ? `${OWN}/helpdesk.ticket.team/${team.id}` : OWN,
});
