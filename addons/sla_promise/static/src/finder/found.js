import { _t } from "@web/core/l10n/translation";
import { addFound } from "@vip_base/finder/finder";

addFound("policy", _t("Policies"), 30);
