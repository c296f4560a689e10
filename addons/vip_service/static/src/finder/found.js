import { _t } from "@web/core/l10n/translation";
import { addFound } from "@vip_base/finder/finder";

addFound("client", _t("Clients"), 10);
addFound("ticket", _t("Tickets"), 20);
