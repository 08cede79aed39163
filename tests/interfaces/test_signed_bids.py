"""Signed bids: a real key signs them, and a wrong one, another price and a replay are refused."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from nacl.signing import SigningKey

from tests.interfaces.served import Client, Served
from tests.interfaces.test_markets import Fair

SEED = bytes(range(32))


class Signer:
    """An agent with a key of its own, which it signs with as the guide says."""

    def __init__(self, fair: Fair, auction: str) -> None:
        self.key = SigningKey(SEED)
        self.fair, self.auction, self.agent = fair, auction, fair.agent("ann")

    def placing(self, bid: str, price: int, hold: int | None = None, units: int = 1) -> str:
        hold = price if hold is None else hold
        return self.signed(
            ["econonexus/bid/1", self.auction, bid, self.agent, {self.fair.name: units}, price, hold]
        )

    def raising(self, bid: str, price: int) -> str:
        return self.signed(["econonexus/raise/1", self.auction, bid, self.agent, price])

    def signed(self, text: list[Any]) -> str:
        return self.key.sign(json.dumps(text, separators=(",", ":")).encode()).signature.hex()


@pytest.fixture
def fair(served: Served, admin: Client, name: str) -> Iterator[Fair]:
    fair = Fair(served, admin, name)
    yield fair
    fair.close()


@pytest.fixture
def signer(fair: Fair) -> Signer:
    """ann, whose public key is registered, and an auction that takes signed bids alone."""
    fair.market("uniform_price", signed=True, revisions="withdraw")
    signer = Signer(fair, fair.auction(units=2))
    public = signer.key.verify_key.encode().hex()
    shown = fair.ann.make(f"agents/{signer.agent}/signing-key", public_key=public)
    assert shown["signing_key"] == public
    return signer


def test_what_is_signed_is_taken(fair: Fair, signer: Signer) -> None:
    bids = f"auctions/{signer.auction}/bids"
    one = fair.ann.make(bids, id="b1", price_ucr=70, signature=signer.placing("b1", 70))
    assert one["hold_ucr"] == 70
    two = signer.placing("b2", 60, 90, units=2)
    held = fair.ann.make(bids, id="b2", units=2, unit_price_ucr=30, cap_ucr=90, signature=two)["hold_ucr"]
    assert held == 90
    fair.ann.make(f"{bids}/b1/raise", price_ucr=80, signature=signer.raising("b1", 80))
    assert fair.admin.make(f"auctions/{signer.auction}/close")["status"] == "settled"


def test_without_a_signature_there_is_no_bid(fair: Fair, signer: Signer) -> None:
    bids = f"auctions/{signer.auction}/bids"
    assert fair.ann.refusal(bids, id="b1", price_ucr=70) == (403, "signature_needed", "signature")
    fair.ann.make(bids, id="b1", price_ucr=70, signature=signer.placing("b1", 70))
    unsigned = fair.ann.refusal(f"{bids}/b1/raise", price_ucr=80)
    assert unsigned == (403, "signature_needed", "signature")


def test_another_price_cap_item_bid_or_auction_is_not_what_was_signed(fair: Fair, signer: Signer) -> None:
    signature = signer.placing("b1", 70)
    other = fair.auction(id=f"{fair.name}-other")
    wrong = (403, "not_allowed", "signature")
    bids = f"auctions/{signer.auction}/bids"
    assert fair.ann.refusal(bids, id="b1", price_ucr=71, signature=signature) == wrong
    assert fair.ann.refusal(bids, id="b1", price_ucr=70, cap_ucr=71, signature=signature) == wrong
    assert fair.ann.refusal(bids, id="b1", price_ucr=70, units=2, signature=signature) == wrong
    assert fair.ann.refusal(bids, id="b2", price_ucr=70, signature=signature) == wrong
    assert fair.ann.refusal(f"auctions/{other}/bids", id="b1", price_ucr=70, signature=signature) == wrong
    fair.ann.make(bids, id="b1", price_ucr=70, signature=signature)
    assert fair.ann.refusal(f"{bids}/b1/raise", price_ucr=90, signature=signer.raising("b1", 80)) == wrong


def test_anothers_key_is_not_good(fair: Fair, signer: Signer) -> None:
    signature = signer.placing("b1", 70)
    bids = f"auctions/{signer.auction}/bids"
    assert fair.bob.refusal(bids, id="b1", price_ucr=70, signature=signature)[:2] == (409, "no_signing_key")
    fair.bob.make(f"agents/{fair.agent('bob')}/signing-key", public_key=signer.key.verify_key.encode().hex())
    assert fair.bob.refusal(bids, id="b1", price_ucr=70, signature=signature)[:2] == (403, "not_allowed")
    forged = SigningKey(bytes(32)).sign(b"anything").signature.hex()
    assert fair.ann.refusal(bids, id="b1", price_ucr=70, signature=forged)[:2] == (403, "not_allowed")
    taken = fair.bob.refusal(f"agents/{signer.agent}/signing-key", public_key="00" * 32)
    assert taken[:2] == (403, "not_allowed"), "nobody registers a key for another"


def test_a_replay_is_refused_also_of_what_was_taken_back(fair: Fair, signer: Signer) -> None:
    bids = f"auctions/{signer.auction}/bids"
    body = {"id": "b1", "price_ucr": 70, "signature": signer.placing("b1", 70)}
    fair.ann.make(bids, **body)
    assert fair.ann.refusal(bids, **body)[:2] == (409, "bid_exists")
    raised = {"price_ucr": 80, "signature": signer.raising("b1", 80)}
    fair.ann.make(f"{bids}/b1/raise", **raised)
    assert fair.ann.refusal(f"{bids}/b1/raise", **raised)[:2] == (409, "bid_stands")
    fair.ann.make(f"{bids}/b1/withdraw")
    assert fair.ann.refusal(bids, **body)[:2] == (409, "bid_exists")


def test_the_signature_is_in_the_journal_and_nobody_sees_it_who_could_guess_by_it(
    fair: Fair, signer: Signer
) -> None:
    signature = signer.placing("b1", 70)
    fair.ann.make(f"auctions/{signer.auction}/bids", id="b1", price_ucr=70, signature=signature)
    assert signature not in fair.admin.get("/api/v1/events?limit=1000").text
    command = [sys.executable, "-m", "econonexus", "ledger", "export", "--data", str(fair.served.data)]
    before = subprocess.run([*command, "--private"], capture_output=True, text=True, check=True).stdout
    assert signature not in before
    fair.admin.make(f"auctions/{signer.auction}/close")
    after = subprocess.run([*command, "--private"], capture_output=True, text=True, check=True).stdout
    assert signature in after


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"price_ucr": 5, "signature": "00" * 64}, "id"),
        ({"id": "b", "valuation_ucr": 5, "signature": "00" * 64}, "signature"),
        ({"id": "b", "price_ucr": 5, "signature": "00"}, "signature"),
    ],
)
def test_what_cannot_be_verified_is_bad_input(
    fair: Fair, signer: Signer, body: dict[str, Any], field: str
) -> None:
    status, _, told = fair.ann.refusal(f"auctions/{signer.auction}/bids", **body)
    assert (status, told) == (400, field)
