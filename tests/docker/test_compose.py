"""The image and the compose file agree with each other and with the project.

No container engine is needed: the files are parsed.
"""

import ast
import configparser
import os
import re
import subprocess

import pytest
import yaml

from tools.paths import ADDONS, REQUIREMENTS, ROOT, own_addons

DOCKER = ROOT / "docker"
VARIABLE = re.compile(r"\$\{(\w+)(:[-?][^}]*)?\}")


@pytest.fixture(scope="module")
def compose_text():
    return (DOCKER / "compose.yaml").read_text()


@pytest.fixture(scope="module")
def compose(compose_text):
    return yaml.safe_load(compose_text)


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def dockerfile():
    """Instructions of the Dockerfile as (name, arguments)."""
    text = (DOCKER / "Dockerfile").read_text().replace("\\\n", " ")
    lines = (line.split(maxsplit=1) for line in text.splitlines())
    return [
        (line[0], line[1]) for line in lines if line and not line[0].startswith("#")
    ]


@pytest.fixture(scope="module")
def odoo_conf():
    parser = configparser.ConfigParser(comment_prefixes=(";",))
    parser.read(DOCKER / "odoo.conf")
    return parser["options"]


def option(service, name):
    """Value of a command line option of Odoo, its default where a variable."""
    (value,) = (
        argument.split("=", 1)[1]
        for argument in service["command"]
        if argument.startswith(f"--{name}=")
    )
    return int(re.sub(r"\$\{\w+:-(\d+)\}", r"\1", value))


def manifests():
    for addon in own_addons():
        yield ast.literal_eval((ADDONS / addon / "__manifest__.py").read_text())


# The image


def test_image_is_the_official_one(dockerfile, services):
    arguments = dict(dockerfile)
    assert arguments["ARG"] == "ODOO_IMAGE=odoo:19.0"
    assert arguments["FROM"] == "${ODOO_IMAGE}"
    build = services["prepare"]["build"]
    assert build["args"]["ODOO_IMAGE"] == "${ODOO_IMAGE:-odoo:19.0}"
    assert (DOCKER / build["context"]).resolve() == ROOT
    assert (ROOT / build["dockerfile"]) == DOCKER / "Dockerfile"


def test_image_installs_the_pins_of_the_project_and_nothing_else(dockerfile):
    installs = [text for name, text in dockerfile if name == "RUN" and "pip" in text]
    names = ["needed.txt", "oca.txt", "optional.txt"]
    for name, install in zip(names, installs, strict=True):
        assert install.endswith(f"-r /opt/vip/{name}")
        pins = (REQUIREMENTS / name).relative_to(ROOT)
        assert ("COPY", f"{pins} /opt/vip/{name}") in dockerfile


def test_pins_are_exact_and_needed():
    depended = {name for manifest in manifests() for name in manifest["depends"]}
    for line in (REQUIREMENTS / "oca.txt").read_text().split():
        package, version = line.split("==")
        assert version.startswith("19.0."), line
        assert package.removeprefix("odoo-addon-").replace("-", "_") in depended, line


def test_what_is_copied_exists_and_reaches_the_build(dockerfile):
    ignore = (DOCKER / "Dockerfile.dockerignore").read_text().split("\n")
    allowed = {line[1:] for line in ignore if line.startswith("!")}
    copied = {
        source
        for name, text in dockerfile
        if name == "COPY"
        for source in [word for word in text.split() if not word.startswith("--")][:-1]
    }
    assert copied == allowed
    for source in copied:
        assert (ROOT / source).exists(), source


def test_container_does_not_run_as_root(dockerfile):
    assert [text for name, text in dockerfile if name == "USER"][-1] == "odoo"


def test_addons_path_is_where_the_image_has_addons(dockerfile, odoo_conf):
    targets = {text.split()[-1] for name, text in dockerfile if name == "COPY"}
    ours, oca = odoo_conf["addons_path"].split(",")
    assert ours in targets
    assert any(
        f"--target {oca.removesuffix('/odoo/addons')}" in t for _, t in dockerfile
    )


def test_database_manager_is_closed(odoo_conf):
    assert not odoo_conf.getboolean("list_db")
    assert odoo_conf.getboolean("proxy_mode")
    assert "admin_passwd" not in odoo_conf
    assert not [name for name in odoo_conf if name in ("db_password", "db_user")]


# The services


def test_every_service_is_watched(services):
    for name, service in services.items():
        if name == "prepare":  # ends by itself
            assert service["healthcheck"] == {"disable": True}
            assert service["restart"] == "no"
        else:
            assert service["healthcheck"]["test"], name
            assert service["restart"] == "unless-stopped", name


def test_postgresql_is_reached_from_inside_only(compose, services):
    assert services["db"]["image"] == "postgres:16"
    assert "ports" not in services["db"]
    assert services["db"]["networks"] == ["data"]
    assert compose["networks"]["data"]["internal"] is True
    published = [name for name, service in services.items() if "ports" in service]
    assert published == ["proxy"]
    assert services["proxy"]["ports"] == ["${HTTP_LISTEN:-127.0.0.1:8069}:80"]


def test_jobs_run_in_the_cron_service_only(services):
    assert option(services["web"], "workers") > 1
    assert option(services["web"], "max-cron-threads") == 0
    assert option(services["cron"], "max-cron-threads") > 0
    assert "--no-http" in services["cron"]["command"]
    assert services["web"]["image"] == services["cron"]["image"]


def test_nothing_starts_before_the_database_is_prepared(services):
    for name in ("web", "cron"):
        wanted = services[name]["depends_on"]
        assert wanted["db"]["condition"] == "service_healthy"
        assert wanted["prepare"]["condition"] == "service_completed_successfully"


def test_prepare_installs_all_our_addons():
    script = (DOCKER / "bin/prepare").read_text()
    (modules,) = re.findall(r"^modules=\((.*)\)$", script, re.MULTILINE)
    automatic = {
        addon
        for addon, manifest in zip(own_addons(), manifests(), strict=True)
        if manifest.get("auto_install")
    }
    assert set(modules.split()) == set(own_addons()) - automatic


def test_connections_fit_into_postgresql(services, odoo_conf):
    (most,) = (
        int(argument.split("=")[1])
        for argument in services["db"]["command"]
        if argument.startswith("-cmax_connections=")
    )
    processes = (
        option(services["web"], "workers")
        + 1  # the websocket's
        + option(services["cron"], "max-cron-threads")
        + 2  # the supervisors
    )
    assert processes * odoo_conf.getint("db_maxconn") < most


def test_volumes_and_networks_are_declared_and_used(compose, services):
    for kind in ("volumes", "networks"):
        used = {
            entry.split(":")[0]
            for service in services.values()
            for entry in service.get(kind, ())
            if not entry.startswith(".")
        }
        assert used == set(compose[kind]), kind


def test_secrets_come_from_the_environment(compose_text, services):
    for variable in ("POSTGRES_PASSWORD", "ODOO_ADMIN_PASSWORD"):
        assert f"${{{variable}:?" in compose_text, variable
    for name, service in services.items():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key:
                assert VARIABLE.fullmatch(value), f"{name}: {key}"
    with_admin = [
        name
        for name, service in services.items()
        if "ODOO_ADMIN_PASSWORD" in service.get("environment", {})
    ]
    assert with_admin == ["prepare"]


def test_example_environment_names_every_variable_and_its_default(compose_text):
    used = {}
    for name, rest in VARIABLE.findall(compose_text):
        used[name] = rest[2:] if rest.startswith(":-") else ""
    example = (DOCKER / ".env.example").read_text()
    named = dict(re.findall(r"^#?(\w+)=(.*)$", example, re.MULTILINE))
    assert named == used


def test_proxy_leads_to_the_web_service(services):
    servers = re.findall(r"server (\w+):(\d+);", (DOCKER / "nginx.conf").read_text())
    assert {name for name, _port in servers} == {"web"}
    assert {port for _name, port in servers} == set(services["web"]["expose"])


# The scripts


@pytest.mark.parametrize(
    "script", sorted((DOCKER / "bin").iterdir()), ids=lambda script: script.name
)
def test_script_is_executable_and_parses(script):
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


def test_services_call_scripts_of_the_image(compose_text, dockerfile):
    (target,) = (text.split()[-1] for _, text in dockerfile if "docker/bin" in text)
    called = set(re.findall(rf"{target}/([\w-]+)", compose_text))
    assert called == {script.name for script in (DOCKER / "bin").iterdir()}
