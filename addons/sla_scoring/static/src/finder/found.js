import { _t } from "@web/core/l10n/translation";
import { addFound } from "@vip_base/finder/finder";

addFound("card", _t("Cards"), 40);
addFound("entry", _t("Points"), 50);
