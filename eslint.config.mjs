import js from "@eslint/js";

const browser = [
    "Blob",
    "Chart",
    "clearInterval",
    "clearTimeout",
    "console",
    "document",
    "fetch",
    "getComputedStyle",
    "IntersectionObserver",
    "location",
    "luxon",
    "odoo",
    "QUnit",
    "requestAnimationFrame",
    "cancelAnimationFrame",
    "setInterval",
    "setTimeout",
    "URL",
    "window",
];

export default [
    js.configs.recommended,
    {
        files: ["addons/**/*.js", "*.mjs"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: Object.fromEntries(browser.map((name) => [name, "readonly"])),
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            eqeqeq: "error",
            "no-unused-vars": ["error", { args: "after-used" }],
            "no-var": "error",
            "prefer-const": "error",
            complexity: ["error", 10],
        },
    },
];
