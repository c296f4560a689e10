/* What a client answers by. The key stands behind the "#" of the link: only this page
   sends it. An answer is sent with a word that the first choice of a person gets. */
document.addEventListener("DOMContentLoaded", () => {
    const main = document.getElementById("vip_answer");
    if (!main || main.dataset.noted) {
        return;
    }
    const [key, proposed] = location.hash.slice(1).split(".");
    const asked = {
        csrf_token: main.dataset.csrf,
        key: key || "",
        question_id: main.dataset.question || "",
    };
    const spare = (id) => document.getElementById(id).innerHTML;
    const stale = spare("vip_answer_stale");
    const noKey = spare("vip_answer_no_key");
    let lang = "";
    let word = null;

    async function send(path, values) {
        const body = new window.URLSearchParams({ ...asked, lang, ...values });
        const answer = await fetch(`/answer/${path}`, { method: "POST", body });
        if (!answer.ok) {
            throw new Error(answer.status);
        }
        return answer;
    }

    async function show(path, values) {
        const kept = filled();
        try {
            main.innerHTML = await (await send(path, values)).text();
        } catch {
            main.innerHTML = stale;
        }
        word = null;
        restore(kept);
        window.scrollTo(0, 0);
    }

    /* What was chosen so far stays when the language is changed. */
    function filled() {
        const form = document.getElementById("vip_answer_form");
        return form ? Object.fromEntries(new window.FormData(form)) : {};
    }

    function restore(values) {
        const form = document.getElementById("vip_answer_form");
        for (const [name, value] of Object.entries(form ? values : {})) {
            const field = form.elements[name];
            if (field) {
                field.value = value;
            }
        }
    }

    /* Programs change fields without a person: those events are not trusted. */
    function begin(event) {
        if (event.isTrusted && !word) {
            word = send("begin", {}).then((answer) => answer.json());
        }
    }

    main.addEventListener("change", begin);
    main.addEventListener("input", begin);
    main.addEventListener("click", (event) => {
        const button = event.target.closest("button");
        if (!button || !event.isTrusted) {
            return;
        }
        if (button.dataset.lang) {
            lang = button.dataset.lang;
            document.documentElement.lang = button.lang;
            const grade =
                filled().grade || (button.closest("main").dataset.more && "more");
            show("open", { grade: grade || "" });
        } else if (button.dataset.more) {
            main.dataset.more = "1";
            show("open", { grade: "more" });
        } else if (button.type === "submit") {
            // A grade that the link proposed is confirmed by sending it.
            begin(event);
        }
    });
    main.addEventListener("submit", async (event) => {
        event.preventDefault();
        const values = filled();
        if (!event.isTrusted || !word || !values.grade) {
            document.querySelector("input[name=grade]").focus();
            return;
        }
        document.querySelector(".send").disabled = true;
        try {
            values.word = (await word).word || "";
        } catch {
            values.word = "";
        }
        delete main.dataset.more;
        show("give", values);
    });

    if (asked.key || asked.question_id) {
        show("open", { grade: proposed || "" });
    } else {
        main.innerHTML = noKey;
    }
});
