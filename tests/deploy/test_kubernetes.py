"""The manifests for Kubernetes keep their word: confined, apart from one another, replaceable."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.alerts.process import create_app as alerts_app
from services.gateway.process import create_app as gateway_app
from services.runtime.clock import now
from services.runtime.settings import Settings

Document = dict[str, Any]
WORKLOADS = {"proxy", "ingest", "benchmark", "alerts", "gateway"}
OLDEST, NEWEST = "1.29", "1.37"
PREPARES = "('make manifests' installs it)"


@cache
def build(kustomize: tuple[str, ...], folder: Path) -> str:
    done = subprocess.run([*kustomize, str(folder)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def kustomize() -> tuple[str, ...]:
    """The call that builds a folder of manifests."""
    own = str(Path(sys.executable).parent)
    if found := shutil.which("kustomize") or shutil.which("kustomize", path=own):
        return found, "build"
    if found := shutil.which("kubectl"):
        return found, "kustomize"
    pytest.skip(f"neither kustomize nor kubectl is on this machine {PREPARES}")


@pytest.fixture(params=["base", "overlays/production", "overlays/trial"])
def documents(request, kustomize: tuple[str, ...], root: Path) -> list[Document]:
    """What is given to Kubernetes."""
    text = build(kustomize, root / "deploy" / "kubernetes" / request.param)
    return [document for document in yaml.safe_load_all(text) if document]


@pytest.fixture
def workloads(documents) -> dict[str, Document]:
    kinds = {"Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob", "Pod"}
    return {d["metadata"]["name"]: d for d in documents if d["kind"] in kinds}


def of_kind(documents: list[Document], kind: str) -> dict[str, Document]:
    return {d["metadata"]["name"]: d for d in documents if d["kind"] == kind}


def pod_of(workload: Document) -> Document:
    return workload["spec"]["template"]["spec"]


def main_of(workload: Document) -> Document:
    (container,) = pod_of(workload)["containers"]
    return container


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_kubernetes_knows_every_field(documents, version):
    validator = pytest.importorskip(
        "kubernetes_validate", reason=f"kubernetes-validate is not installed {PREPARES}"
    )

    for document in documents:
        validator.validate(document, version, strict=True)

    broken = {"apiVersion": "v1", "kind": "Service", "spec": {"prots": []}}
    with pytest.raises(validator.ValidationError):
        validator.validate(broken, version, strict=True)


def test_every_container_is_nobody_and_writes_nowhere_but_to_what_it_is_given(workloads):
    assert set(workloads) == WORKLOADS
    for name, workload in workloads.items():
        pod, container = pod_of(workload), main_of(workload)
        assert "initContainers" not in pod, name
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        assert pod["securityContext"]["runAsUser"] == 10001, name
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}, name
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }, name
        assert pod["automountServiceAccountToken"] is False, name
        assert pod["enableServiceLinks"] is False, name
        assert not any("hostPath" in volume for volume in pod["volumes"]), name


def test_the_namespace_refuses_whatever_is_less_confined(documents):
    namespace = of_kind(documents, "Namespace")["tartan"]

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert {d["metadata"].get("namespace", "tartan") for d in documents} == {"tartan"}


def test_every_image_is_one_of_the_two_recipes_under_a_version(documents, workloads, request):
    images = {name: main_of(workload)["image"] for name, workload in workloads.items()}

    for name, image in images.items():
        expected = "tartan-proxy" if name == "proxy" else "tartan"
        assert re.sub(r":[\w.]+$", "", image).split("/")[-1] == expected
        if "base" not in request.node.name:
            assert re.search(r":(0\.1\.0|trial)$", image), name


def test_every_workload_can_be_moved_without_a_pause(documents, workloads):
    budgets = of_kind(documents, "PodDisruptionBudget")
    for name, workload in workloads.items():
        chosen = {"matchLabels": {"app.kubernetes.io/name": name}}
        pod, container = pod_of(workload), main_of(workload)
        assert budgets[name]["spec"] == {"maxUnavailable": 1, "selector": chosen}
        assert workload["spec"]["selector"] == chosen
        spread = pod["topologySpreadConstraints"]
        assert [each["labelSelector"] for each in spread] == [chosen, chosen], name
        assert pod["terminationGracePeriodSeconds"] > 35, name
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container), name
        assert container["livenessProbe"]["httpGet"]["path"] == "/live", name
        assert "memory" in container["resources"]["limits"], name
        assert {"cpu", "memory"} == set(container["resources"]["requests"]), name


def test_each_service_is_found_at_the_port_that_it_listens_on(documents, workloads):
    from services.embedded.command import _parser

    services = of_kind(documents, "Service")
    assert set(services) == WORKLOADS
    for name in WORKLOADS:
        port = 8080 if name == "proxy" else _parser().parse_args([name]).port
        assert main_of(workloads[name])["ports"] == [{"name": "http", "containerPort": port}]
        assert services[name]["spec"]["ports"][0]["port"] == port


def test_each_call_is_one_that_the_command_takes(workloads):
    from services.embedded.command import _parser

    for name in WORKLOADS - {"proxy"}:
        call = main_of(workloads[name])["args"]
        assert call[0] == name
        assert _parser().parse_args(call).host == "0.0.0.0"


def test_a_worker_has_a_place_in_its_group_that_no_other_has(workloads):
    worker = workloads["benchmark"]

    assert worker["kind"] == "StatefulSet"
    assert main_of(worker)["args"][3:5] == ["--instance", "$(POD_NAME)"]


def parts(policy: Document, way: str) -> Iterator[tuple[str, int]]:
    """Who may be talked with, and at which port."""
    for rule in policy["spec"].get(way, []):
        for peer in rule["to" if way == "egress" else "from"]:
            who = "outside"
            if "namespaceSelector" in peer:
                who = peer["namespaceSelector"]["matchLabels"]["kubernetes.io/metadata.name"]
            elif "podSelector" in peer:
                who = peer["podSelector"]["matchLabels"]["app.kubernetes.io/name"]
            yield from ((who, port["port"]) for port in rule["ports"])


def test_nobody_talks_with_anybody_but_those_who_must(documents):
    policies = of_kind(documents, "NetworkPolicy")
    assert policies["nobody"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert set(policies) == WORKLOADS | {"nobody", "names"}
    kafka = {("kafka", 9092), ("kafka", 9093)}
    outside = {("outside", 443), ("outside", 465), ("outside", 587)}

    assert {name: set(parts(policies[name], "ingress")) for name in WORKLOADS} == {
        "proxy": {("ingress-nginx", 8080)},
        "ingest": {("proxy", 8001), ("gateway", 8001), ("monitoring", 8001)},
        "benchmark": {("monitoring", 8002)},
        "alerts": {("proxy", 8003), ("gateway", 8003), ("monitoring", 8003)},
        "gateway": {("proxy", 8004), ("monitoring", 8004)},
    }
    assert {name: set(parts(policies[name], "egress")) for name in WORKLOADS} == {
        "proxy": {("ingest", 8001), ("alerts", 8003), ("gateway", 8004)},
        "ingest": kafka,
        "benchmark": kafka,
        "alerts": kafka | outside,
        "gateway": kafka | {("redis", 6379), ("ingest", 8001), ("alerts", 8003)},
    }


def test_each_policy_is_of_the_workload_that_bears_its_name(documents):
    policies = of_kind(documents, "NetworkPolicy")
    for name in WORKLOADS:
        chosen = policies[name]["spec"]["podSelector"]["matchLabels"]
        assert chosen == {"app.kubernetes.io/name": name}
        assert policies[name]["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_from_outside_everything_goes_to_the_proxy_and_somebody_asks_who_comes(documents):
    (ingress,) = of_kind(documents, "Ingress").values()

    leads_to = [
        (path["path"], path["pathType"], path["backend"]["service"]["name"])
        for rule in ingress["spec"]["rules"]
        for path in rule["http"]["paths"]
    ]
    assert leads_to == [("/", "Prefix", "proxy")]
    assert "nginx.ingress.kubernetes.io/auth-url" in ingress["metadata"]["annotations"]
    assert ingress["spec"]["tls"]
    assert all(s["spec"].get("type", "ClusterIP") == "ClusterIP"
               for s in of_kind(documents, "Service").values())  # fmt: skip


def test_the_settings_are_settings_and_no_secret_is_written_down(documents, workloads, certificate):
    assert of_kind(documents, "Secret") == {}
    (told,) = (d["data"] for n, d in of_kind(documents, "ConfigMap").items() if "settings" in n)
    assert told["TARTAN_PRIVATE_NETWORK"] == "yes"
    for name in WORKLOADS - {"proxy"}:
        environment = dict(told)
        for variable in main_of(workloads[name]).get("env", []):
            environment[variable["name"]] = variable.get("value", "let me in")
        if "TARTAN_KAFKA_CA" in environment:
            environment["TARTAN_KAFKA_CA"] = str(certificate[1])

        assert Settings.from_environment(environment).private_network is True


def test_only_who_needs_a_secret_is_given_it(workloads):
    given = {
        name: {source["secretRef"]["name"] for source in main_of(w).get("envFrom", [])
               if "secretRef" in source}
        for name, w in workloads.items()
    }  # fmt: skip

    assert given == {
        "proxy": set(),
        "ingest": {"kafka"},
        "benchmark": {"kafka"},
        "alerts": {"kafka", "mail"},
        "gateway": {"kafka", "redis"},
    }


def test_ingest_alone_is_given_the_key_of_receipts_and_starts_without_it(workloads):
    given = {
        name: [v["secret"] for v in pod_of(w).get("volumes", []) if v["name"] == "receipt-key"]
        for name, w in workloads.items()
    }
    container = main_of(workloads["ingest"])
    (mount,) = [m for m in container["volumeMounts"] if m["name"] == "receipt-key"]
    (setting,) = [e for e in container["env"] if e["name"] == "TARTAN_RECEIPT_KEY"]

    assert [name for name, secrets in given.items() if secrets] == ["ingest"]
    (secret,) = given["ingest"]
    assert (secret["optional"], secret["defaultMode"]) == (True, 0o440)
    assert Path(setting["value"]).parent == Path(mount["mountPath"])


def checks(app: FastAPI) -> set[str]:
    return set(TestClient(app).get("/ready").json())


def test_a_replica_is_asked_for_what_an_answer_needs(workloads, tmp_path):
    settings = Settings()
    asked = {
        name: re.findall(r"only=(\w+)", main_of(w)["readinessProbe"]["httpGet"]["path"])
        for name, w in workloads.items()
    }

    assert {name: only for name, only in asked.items() if only} == {
        "alerts": ["kafka"],
        "gateway": ["redis"],
    }
    assert "kafka" in checks(alerts_app(settings, outbox=tmp_path, now=now))
    assert "redis" in checks(gateway_app(settings, now=now))
