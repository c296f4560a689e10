"""The first hour as a new administrator lives it: by what the pages say, with a clock.

``./vip run python -m tests.browser.first_hour BASE CLIENTS LANGUAGE`` walks through it on a
database without anything (login and password *admin*) and tells minutes and presses step by
step; the test walks the same way.
"""

import io
import sys
import time
from datetime import date

from openpyxl import Workbook, load_workbook
from playwright.sync_api import sync_playwright

from tools.screenshot import browser_page, log_in

#: Milliseconds that a page may take.
PATIENCE = 60_000
STEPS = ".o_vip_first_hour_steps"
MODAL = ".modal:not(.o_inactive_modal)"
FORM = ".o_form_view"
ITEM = ".o-autocomplete--dropdown-item"
#: Name, login, what the role is called in English and in Chinese.
PEOPLE = (
    ("Ann First", "first.ann", "Service manager", "服务经理"),
    ("Bob First", "first.bob", "Service manager", "服务经理"),
    ("Cai First", "first.cai", "Service agent", "客服"),
)
PASSWORD = "first.hour.2026"
#: The field of a user with the role in the service.
ROLE = (
    "label:text-matches('^(VIP Service|大客户服务)$')"
    " >> xpath=ancestor::div[contains(@class, 'o_inner_group')]"
    " >> input.o_select_menu_input"
)
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def before(month, count):
    """Return the first day of the month so many months before."""
    place = month.year * 12 + month.month - 1 - count
    return date(place // 12, place % 12 + 1, 1)


def columns_of(sample):
    """Return the headings of a sample and its example, cell by cell."""
    rows = list(load_workbook(io.BytesIO(sample)).active.iter_rows(values_only=True))
    heads = list(rows[0])
    example = list(rows[1]) if len(rows) > 1 else [None] * len(heads)
    return heads, example


def book(heads, rows):
    """Return a workbook as people save it."""
    made, out = Workbook(), io.BytesIO()
    for row in (heads, *rows):
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def client_file(sample, count):
    """Fill the sample of the clients' page: numbers and names, all else as its example."""
    heads, example = columns_of(sample)
    rows = (
        [f"F-{number:05d}", f"Client {number} Ltd", *example[2:]]
        for number in range(count)
    )
    return book(heads, rows)


def activity_file(sample, count, months):
    """Fill the sample of figures: every tenth client has a Diamond's, others less."""
    heads, _example = columns_of(sample)
    rows = []
    for number in range(count):
        deposit, volume = ((1_200_000, 800), (600_000, 300))[number % 10 > 0]
        if number % 3:
            deposit, volume = 10_000, 5
        for month in months:
            told = [f"F-{number:05d}", f"{month:%Y-%m}"]
            row = dict.fromkeys(range(len(heads)))
            row[0], row[1] = told
            for place, head in enumerate(heads):
                if head in ("deposit", "入金金额"):
                    row[place] = deposit
                elif head in ("volume", "交易量"):
                    row[place] = volume
            rows.append(list(row.values()))
    return book(heads, rows)


class FirstHour:
    """Walks from an empty database to the first judged month.

    :param page: of a browser in which an administrator is logged in
    :param clients: how many clients the files have
    :param last: first day of the month that is judged
    :param language: of the sample files: ``en`` or ``zh``
    :param told: is called with what each step took
    """

    def __init__(self, page, base, clients, last, language="en", told=print):
        self.page, self.base, self.told = page, base, told
        self.clients, self.language = clients, language
        self.months = [before(last, count) for count in range(11, -1, -1)]
        self.presses, self.started = 0, time.monotonic()
        page.set_default_timeout(PATIENCE)

    # What people do

    def press(self, selector):
        self.presses += 1
        self.page.locator(selector).first.click()

    def write(self, selector, text):
        self.page.locator(selector).first.fill(text)

    def choose(self, field, text):
        """Choose a record in a field by some letters of its name."""
        self.presses += 1
        box = self.page.locator(f"{field} input").first
        box.click()
        box.fill(text)
        self.press(f"{ITEM}:not(.o_m2o_dropdown_option):has-text('{text}')")
        # On to the next field: what was typed is not looked for once more.
        self.page.keyboard.press("Tab")
        self.page.wait_for_selector(ITEM, state="detached")

    def shown(self, selector):
        return self.page.wait_for_selector(selector)

    def opened(self, key):
        """Open a step, unless the page did so by itself, and press its first button."""
        step = f"[data-step='{key}']"
        head = self.page.locator(f"{step} .o_vip_first_hour_head")
        if head.get_attribute("aria-expanded") != "true":
            self.press(f"{step} .o_vip_first_hour_head")
        self.press(f"{step} .o_vip_first_hour_open .btn-primary")

    def home(self):
        """Come back to where administrators start."""
        self.page.goto(f"{self.base}/odoo")
        self.shown(STEPS)

    def done(self, key):
        """Come back: the step is done, and after the last one the page is another."""
        self.page.goto(f"{self.base}/odoo")
        last = key == "vip_service/review"
        step = f"[data-step='{key}'][data-done='1']"
        self.shown(".o_vip_home[data-role=admin]" if last else step)
        self.say(key)

    def say(self, what):
        minutes = (time.monotonic() - self.started) / 60
        self.told(f"{what}: {minutes:.1f} min, {self.presses} presses")

    # Step by step

    def walk(self):
        steps = {
            "resource_worktime/holidays": self.holidays,
            "vip_base/people": self.people,
            "vip_service/teams": self.teams,
            "vip_service/tiers": self.tiers,
            "vip_service/clients": self.client_file,
            "vip_service/activity": self.activity_file,
            "vip_service/review": self.review,
        }
        self.home()
        for key, step in steps.items():
            # What is shipped, or was done before, is not done again.
            if not self.page.locator(f"[data-step='{key}'][data-done='1']").count():
                self.opened(key)
                step()
                self.done(key)

    def holidays(self):
        self.choose(
            f"{MODAL} [name=country_id]", {"zh": "中国"}.get(self.language, "China")
        )
        self.shown(f"{MODAL} .o_data_row")
        self.press(f"{MODAL} footer .btn-primary")
        self.shown(f"body:not(:has({MODAL}))")

    def people(self):
        for name, login, *roles in PEOPLE:
            self.press(
                ".o_list_button_add, .o-kanban-button-new, .o_form_button_create"
            )
            self.shown(f"{FORM} [name=login] input")
            self.write(f"{FORM} [name=name] :is(input, textarea)", name)
            self.write(f"{FORM} [name=login] input", login)
            self.press(ROLE)
            role = ", ".join(f".o_select_menu_item:has-text('{one}')" for one in roles)
            self.press(role)
            self.press(".o_form_button_save")
            self.password()

    def password(self):
        """Give a first password: there is no outgoing mail yet."""
        self.press(".o_cp_action_menus button")
        self.press(
            ":is(.o_menu_item, .dropdown-item):text-matches('Change Password|修改密码|更改密码')"
        )
        self.press(f"{MODAL} .o_data_row td[name=new_passwd]")
        self.write(f"{MODAL} td[name=new_passwd] input", PASSWORD)
        self.press(f"{MODAL} footer .btn-primary")
        self.shown(f"body:not(:has({MODAL}))")

    def teams(self):
        """Give what is shipped a lead and members, then make a team of one's own."""
        self.shown(".o_data_row")
        shipped = self.page.locator(".o_data_row").count()
        for place in range(shipped):
            self.press(f".o_data_row:nth-child({place + 1}) td[name=name]")
            self.team()
            self.press(".o_breadcrumb .breadcrumb-item:last-child a, .o_back_button")
            self.shown(".o_data_row")
        self.press(".o_list_button_add")
        self.shown(f"{FORM} [name=name] input")
        self.write(f"{FORM} [name=name] input", "First desk")
        self.team()

    def team(self):
        """Choose the lead and a member, and save."""
        lead = f"{FORM} [name=user_id]"
        self.shown(f"{lead} input")
        if self.page.locator(f"{lead} input").input_value():
            return
        self.choose(lead, "Ann")
        self.press(f"{FORM} [name=user_ids] .o-kanban-button-new")
        self.press(f"{MODAL} .o_data_row:has-text('Cai') .o_list_record_selector")
        self.press(f"{MODAL} footer .o_select_button:enabled")
        self.shown(f"body:not(:has({MODAL}))")
        self.press(".o_form_button_save")
        self.shown(f"{FORM} .o_form_saved")

    def tiers(self):
        """Those shipped are looked at and confirmed: that is the button itself."""

    def client_file(self):
        self.file(lambda sample: client_file(sample, self.clients))

    def activity_file(self):
        self.file(lambda sample: activity_file(sample, self.clients, self.months))

    def file(self, fill):
        """Take the sample of an import, fill it in, check it, import it."""
        with self.page.expect_download() as loading:
            self.press(f"button[name=action_sample_{self.language}]")
        sample = loading.value.path().read_bytes()
        content = fill(sample)
        self.presses += 1
        self.page.set_input_files(
            f"{FORM} [name=file] input[type=file]",
            {"name": "file.xlsx", "mimeType": BOOK, "buffer": content},
        )
        self.press("button[name=action_check]")
        self.press("button[name=action_import]:visible")
        self.shown(f"{FORM} :is([data-value=done].o_arrow_button_current, .o_vip_done)")

    def review(self):
        self.press("button[name=action_run]")
        self.shown("button[name=action_open_changes]:visible")

    # What managers do with it

    def decide(self, everything):
        """Decide on what the review proposed, from the home of a manager.

        :param everything: also on what needs a look
        """
        self.page.goto(f"{self.base}/odoo")
        self.shown(".o_vip_home[data-role=manager]")
        self.press("[data-menu-xmlid='vip_service.menu_tiers']")
        self.press("[data-menu-xmlid='vip_service.vip_tier_together_menu']")
        before = int(self.shown(".o_vip_together").get_attribute("data-count"))
        self.press(".o_vip_together_all" if everything else ".o_vip_together_plain")
        self.shown(f".o_vip_together:not([data-count='{before}'])")
        left = int(self.shown(".o_vip_together").get_attribute("data-count"))
        self.say(f"{before - left} tier changes decided, {left} left")
        return before - left, left


def main(base, clients, language="en"):
    lang = {"en": "en_US", "zh": "zh_CN"}[language]
    with sync_playwright() as playwright:
        page = browser_page(playwright, 1440, 900)
        log_in(page, base, "admin", "admin", lang)
        hour = FirstHour(page, base, int(clients), before(date.today(), 1), language)
        hour.walk()
        for everything, (_name, login, *_roles) in enumerate(PEOPLE[:2]):
            hour.page = page.context.browser.new_context().new_page()
            log_in(hour.page, base, login, PASSWORD, lang)
            hour.decide(bool(everything))


if __name__ == "__main__":
    main(*sys.argv[1:])
