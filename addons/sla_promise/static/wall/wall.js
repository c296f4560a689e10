/* The screen on the wall. It reads one JSON every ten seconds; between, times tick by
   themselves. The key stands behind the "#" of the link and is sent as a header. */
document.addEventListener("DOMContentLoaded", () => {
    const EVERY = 10_000;
    const root = document.getElementById("wall");
    const key = location.hash.slice(1);
    let shown = null;
    let behind = 0;
    let readAt = 0;

    function element(tag, classes, text) {
        const made = document.createElement(tag);
        made.className = classes;
        if (text !== undefined) {
            made.textContent = text;
        }
        return made;
    }

    function card(name, title, ...inside) {
        const made = element("section", `card ${name}`);
        made.append(element("h2", "", title), ...inside);
        return made;
    }

    const now = () => Date.now() / 1000 - behind;
    const percent = (value) =>
        `${value.toLocaleString(shown.lang, { minimumFractionDigits: 1 })} %`;

    function length(seconds) {
        const { days, hours, minutes, seconds: exactly } = shown.labels;
        const whole = Math.max(0, Math.floor(seconds));
        const put = (text, first, second) =>
            text.replace("[1]", Math.floor(first)).replace("[2]", Math.floor(second));
        if (whole >= 86400) {
            return put(days, whole / 86400, (whole % 86400) / 3600);
        }
        if (whole >= 3600) {
            return put(hours, whole / 3600, (whole % 3600) / 60);
        }
        return whole >= 600
            ? put(minutes, whole / 60)
            : put(exactly, whole / 60, whole % 60);
    }

    function badge(row) {
        const made = element("span", "o_vip_tier_badge", row.tier);
        if (row.shade) {
            made.classList.add(`o_vip_shade_${row.shade}`);
        }
        return made;
    }

    function left(row) {
        const made = element("span", `left ${row.soon ? "soon" : ""}`);
        made.dataset.due = row.due;
        made.textContent = length(row.due - now());
        return made;
    }

    function line(...cells) {
        const made = element("li", "");
        made.append(...cells);
        return made;
    }

    function nextRows() {
        const list = element("ul", "rows");
        for (const row of shown.next) {
            list.append(
                line(
                    left(row),
                    row.tier ? badge(row) : element("span", ""),
                    element("span", "grow", row.item || row.what),
                    element("span", "muted", row.team)
                )
            );
        }
        if (!shown.next.length) {
            list.append(line(element("span", "muted", shown.labels.nothing)));
        }
        return list;
    }

    function bar(row) {
        const made = element("span", "bar");
        const inner = element("i", row.below ? "soon" : "done");
        const wide = (value) => `${Math.max(0, Math.min(100, 2 * (value - 50)))}%`;
        inner.style.width = wide(row.value);
        const mark = element("b", "");
        mark.style.left = wide(shown.target);
        made.append(inner, mark);
        return made;
    }

    function teamRows() {
        const { labels, least } = shown;
        const list = element("ul", "rows");
        for (const row of [...shown.teams, { name: labels.all, ...shown.today }]) {
            const judged = row.value !== null && !row.few;
            list.append(
                line(
                    element("span", "name", row.name),
                    judged
                        ? bar(row)
                        : element(
                              "span",
                              "muted grow",
                              `${row.of} ${labels.judged} ${least}`
                          ),
                    element("strong", "", judged ? percent(row.value) : "")
                )
            );
        }
        return list;
    }

    function nextCard() {
        const { labels, next } = shown;
        const [first] = next;
        if (!first) {
            return card("next", labels.next, element("div", "huge muted", "–"));
        }
        const about = element("p", "");
        if (first.tier) {
            about.append(badge(first), " ");
        }
        about.append(first.what);
        const big = left(first);
        big.classList.add("huge");
        const which = [first.item, first.number].filter(Boolean).join(" · ");
        return card("next", labels.next, big, about, element("p", "muted", which));
    }

    function todayCard() {
        const { labels, month, target, today } = shown;
        const judged = today.value !== null && !today.few;
        const below = today.below ? `▼ ${labels.below} ${target} %` : "";
        const inMonth =
            month.value === null
                ? ""
                : `${labels.month} ${percent(month.value)} · ${labels.of} ${month.of}`;
        return card(
            "today",
            labels.today,
            element("div", "huge", judged ? percent(today.value) : "–"),
            element("p", "soon", below),
            element("p", "muted", inMonth)
        );
    }

    function draw() {
        const { labels } = shown;
        document.title = shown.name;
        document.documentElement.lang = shown.lang;
        const head = element("header", "");
        const live = element("span", "live");
        const clock = element("strong", "clock");
        head.append(element("h1", "grow", shown.name), live, clock);
        root.replaceChildren(
            head,
            card(
                "late",
                labels.late,
                element("div", `huge ${shown.late ? "late" : ""}`, shown.late),
                element("p", "", shown.late_top)
            ),
            nextCard(),
            todayCard(),
            card("breaks", labels.breaks, nextRows()),
            card("teams", labels.teams, teamRows())
        );
        tick();
    }

    /** Times go on between two readings; after three that failed the page says so. */
    function tick() {
        if (!shown) {
            return;
        }
        const time = (at) =>
            new Date(at).toLocaleTimeString(shown.lang, {
                timeStyle: "short",
                timeZone: shown.zone,
            });
        const fresh = Date.now() - readAt < 3 * EVERY;
        const live = root.querySelector(".live");
        live.className = `live ${fresh ? "done" : "late"}`;
        live.textContent = fresh
            ? `● ${shown.labels.live}`
            : `● ${shown.labels.stale} ${time(readAt)}`;
        root.querySelector(".clock").textContent = time(now() * 1000);
        for (const one of root.querySelectorAll("[data-due]")) {
            one.textContent = length(one.dataset.due - now());
        }
    }

    async function read() {
        try {
            const answer = await fetch("/wall/figures", {
                headers: { "X-Wall-Key": key },
            });
            if (answer.status === 404) {
                shown = null;
                root.replaceChildren(element("p", "gone", "×"));
            } else if (answer.ok) {
                shown = await answer.json();
                behind = Date.now() / 1000 - shown.at;
                readAt = Date.now();
                draw();
            }
        } catch {
            // No connection: the page goes on with what it knows, and says since when.
        }
    }

    read();
    setInterval(read, EVERY);
    setInterval(tick, 1000);
});
