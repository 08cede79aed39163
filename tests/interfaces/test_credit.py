"""What records lend for bids, and how they weigh them, over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served


@pytest.fixture
def rival(served: Served, admin: Client, name: str) -> Iterator[Client]:
    """Another agent, of an owner of its own, with 1,000 µcr."""
    made = admin.make("agents", id=f"{name}-rival", credits_ucr=1_000)
    with served.client(made["key"]) as client:
        yield client


def auction(admin: Client, name: str, **rules: Any) -> str:
    """An auction in a market with these rules."""
    admin.make("resources", id=name, unit="GPU hours", capacity=10, period_ms=3_600_000)
    admin.make("markets", id=f"{name}-m", resource=name, mechanism="second_price", **rules)
    return str(admin.make("auctions", market=f"{name}-m", units=1, closes_in_ms=600_000)["id"])


def test_the_rules_of_a_market_say_how_records_count(admin: Client, name: str) -> None:
    auction(admin, name)
    usual = admin.look(f"markets/{name}-m")
    assert (usual["credit"], usual["reputation_weight"], usual["bidding_window_ms"]) == ("none", 0.0, 30_000)
    changed = admin.make(f"markets/{name}-m/change", credit="reputation", reputation_weight=0.25)
    assert (changed["credit"], changed["reputation_weight"]) == ("reputation", 0.25)
    assert admin.make(f"markets/{name}-m/change", credit="none")["credit"] == "none"


def test_what_makes_no_sense_is_refused_with_what_would(admin: Client, name: str) -> None:
    admin.make("resources", id=name, unit="GPU hours", capacity=10, period_ms=3_600_000)
    market = {"id": f"{name}-m", "resource": name, "mechanism": "uniform_price", "reputation_weight": 0.5}
    answer = admin.post("/api/v1/markets", json=market)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_weighed")
    assert "second_price" in answer.json()["detail"]
    lent = {"id": f"{name}-m", "resource": name, "mechanism": "first_come", "credit": "reputation"}
    assert admin.refusal("markets", **lent) == (400, "nothing_lent", "credit")
    assert admin.refusal("markets", **market | {"credit": "money"})[:2] == (400, "invalid_input")


def test_a_newcomer_bids_four_fifths_of_what_it_has(admin: Client, agent: Client, name: str) -> None:
    running = auction(admin, name, credit="reputation")
    too_much = agent.refusal(f"auctions/{running}/bids", price_ucr=801)
    assert too_much == (402, "over_bidding_power", "price_ucr")
    bid = agent.make(f"auctions/{running}/bids", price_ucr=800)["id"]
    mine, public = agent.look(f"agents/{name}/credit"), admin.look(f"agents/{name}/credit")
    assert (mine["bidding_power"], mine["bid_ucr"], mine["lent_ucr"], mine["left_ucr"]) == (0.8, 800, 0, 0)
    assert (mine["account"], mine["owed_ucr"], mine["due_at"]) == (f"line:{name}", 0, None)
    # What it bid is nobody else's business yet.
    assert (public["bid_ucr"], public["lent_ucr"], public["left_ucr"]) == (None, None, None)
    facts = agent.look(f"explain/bid%2F{bid}")["facts"]
    assert (facts["bidding_power"], facts["lent_ucr"]) == ("0.8 times its own funds", 0)
    assert "lent_ucr" not in admin.look(f"explain/bid%2F{bid}")["facts"]


def test_what_is_lent_stays_sealed_in_the_journal(admin: Client, agent: Client, name: str) -> None:
    running = auction(admin, name, credit="reputation")
    bid = agent.make(f"auctions/{running}/bids", price_ucr=10)["id"]
    (told,) = (
        each
        for each in admin.look("events", subject=f"bid/{bid}")["events"]
        if each["type"] == "econonexus.line_pledged.v1"
    )
    assert told["data"]["power"] == 800_000
    assert not told["data"].keys() & {"by_stake", "by_pool", "by_record"}


def test_an_agent_sees_its_own_credit_alone(admin: Client, agent: Client, rival: Client, name: str) -> None:
    assert rival.get(f"/api/v1/agents/{name}/credit").status_code == 403
    assert agent.look(f"agents/{name}/credit")["verified_surplus_ucr"] == 0
    assert admin.get("/api/v1/agents/nobody/credit").status_code == 404


def test_who_won_is_explained_by_its_score(admin: Client, agent: Client, rival: Client, name: str) -> None:
    """Both are newcomers: half of the score by the record is 0.5 + 0.5 x 0.05 = 0.525 for either."""
    running = auction(admin, name, reputation_weight=0.5)
    won = agent.make(f"auctions/{running}/bids", price_ucr=80)["id"]
    lost = rival.make(f"auctions/{running}/bids", price_ucr=60)["id"]
    outcome = admin.make(f"auctions/{running}/close")["outcome"]
    assert outcome["weights"] == {won: 0.525, lost: 0.525}
    assert [entry["payment"] for entry in outcome["allocation"]] == [60]
    facts = admin.look(f"explain/bid%2F{won}")["facts"]
    assert (facts["weight"], facts["score_ucr_per_unit"], facts["payment_ucr"]) == ("0.525000", 42, 60)
    why = rival.look(f"explain/bid%2F{lost}")
    assert why["answer"] == "lost"
    assert why["facts"]["why"].startswith("others score more")
    assert (why["facts"]["least_winning_score_ucr"], why["facts"]["would_have_won_above_ucr"]) == (42, 80)
