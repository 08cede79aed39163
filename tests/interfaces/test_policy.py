"""Monetary policy over HTTP: set, shown, and applied by the node."""

from collections.abc import Callable
from typing import Any

from tests.interfaces.served import Client, Served

DAY_MS = 86_400_000


def test_unless_told_nothing_is_issued(admin: Client) -> None:
    policy = admin.look("policy")
    assert (policy["recycle"], policy["target_ucr"], policy["carry_over_ucr"]) == (0, None, None)
    assert (policy["period_ms"], policy["daily_rewards_ucr"]) == (DAY_MS, 100_000_000)
    assert (policy["next_at"], policy["last"]) == (None, None)


def test_what_is_not_said_stays_and_null_takes_away(admin: Client) -> None:
    admin.make("policy", recycle=0.25, target_ucr=10, carry_over_ucr=20)
    policy = admin.make("policy", daily_rewards_ucr=7, target_ucr=None)
    assert (policy["recycle"], policy["target_ucr"], policy["carry_over_ucr"]) == (0.25, None, 20)
    assert policy["daily_rewards_ucr"] == 7
    assert policy["next_at"] is not None
    policy = admin.make("policy", recycle=0, carry_over_ucr=None, daily_rewards_ucr=100_000_000)
    assert (policy["next_at"], policy["carry_over_ucr"]) == (None, None)


def test_bad_input_is_named(admin: Client) -> None:
    assert admin.refusal("policy") == (400, "invalid_input", "")
    assert admin.refusal("policy", recycle=1.5) == (400, "invalid_input", "recycle")
    assert admin.refusal("policy", period_ms=999) == (400, "invalid_input", "period_ms")
    assert admin.refusal("policy", target_ucr=-1) == (400, "invalid_input", "target_ucr")
    assert admin.refusal("policy", targt_ucr=1) == (400, "invalid_input", "targt_ucr")


def test_the_node_issues_allowances_by_itself(served: Served, admin: Client, name: str) -> None:
    """Two of 1,000 µcr burn nothing; with a target of 1,500 for each agent there are, all get their part."""
    for number in range(2):
        admin.make("agents", id=f"{name}-{number}", credits_ucr=1_000)
    agents = len(admin.look("agents", limit=1_000)["items"])
    supply = admin.look("policy")["supply_ucr"]
    target = supply // agents + 500
    admin.make("policy", target_ucr=target, period_ms=1_000)
    last = until(lambda: admin.look("policy")["last"])
    admin.make("policy", target_ucr=None, period_ms=DAY_MS)
    assert (last["supply_ucr"], last["agents"], last["target_ucr"]) == (supply, agents, target * agents)
    assert last["issued_ucr"] == target * agents - supply
    assert admin.look("policy")["supply_ucr"] == target * agents
    kinds = [event["type"] for event in admin.look("events", subject="policy/*", limit=1_000)["events"]]
    assert "econonexus.policy_applied.v1" in kinds
    assert "econonexus.allowances_issued.v1" in kinds


def until(look: Callable[[], Any]) -> Any:
    """What is there in the end. Every look is a request, so that nothing sleeps."""
    for _ in range(20_000):
        found = look()
        if found is not None:
            return found
    raise AssertionError("it did not come about")
