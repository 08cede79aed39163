"""The second bookkeeper verifies the signatures of bids again, with text and code of its own."""

import json
from typing import Any

import pytest
from msgspec.structs import replace
from nacl.signing import SigningKey

from econonexus.audit.books import Books, Discrepancy
from econonexus.audit.verify import verify
from econonexus.bootstrap import is_signed
from econonexus.domain import events as e
from econonexus.domain.events import Event
from econonexus.domain.kinds import Mechanism
from econonexus.domain.terms import Terms
from tests.audit.test_books import _stream, chain
from tests.audit.test_market_books import NOW, agent

KEY, OTHER = SigningKey(b"k" * 32), SigningKey(b"o" * 32)
TERMS = Terms(signed=True)
RULE = Mechanism.UNIFORM_PRICE
START = (
    e.AssetDeclared("credit", 6),
    *agent("pat"),
    e.SigningKeyRegistered("pat", KEY.verify_key.encode().hex()),
    e.ResourceDeclared("gpu", "h", 8, 60),
    e.MarketCreated("spot", ("gpu",), RULE, TERMS),
    e.AuctionAnnounced("a", "spot", RULE, {"gpu": 4}, NOW, NOW + 50, TERMS),
)


def signed(text: list[Any], key: SigningKey = KEY) -> str:
    return key.sign(json.dumps(text, separators=(",", ":")).encode()).signature.hex()


PLACED = e.BidPlaced(
    *("b", "a", "pat", "pat", "burn", {"gpu": 2}, 10, 25),
    signature=signed(["econonexus/bid/1", "a", "b", "pat", {"gpu": 2}, 20, 25]),
)
RAISED = e.BidRaised(
    *("b", "a", "pat", "pat", 12, 25), signature=signed(["econonexus/raise/1", "a", "b", "pat", 24])
)


async def entered(*happened: Event) -> Books:
    """The books after all that, if it verifies."""
    records = _stream(chain(*START, *happened, start=NOW, step=0))
    return (await verify(records, [], lambda _: True, None, is_signed))[1]


async def test_what_was_signed_adds_up() -> None:
    books = await entered(PLACED, RAISED)
    # The raise, to 24 for both units, is within the cap.
    assert list(books.pledges.reserved()) == [("pat", 25, [])]


@pytest.mark.parametrize(
    "forged",
    [
        (replace(PLACED, price=11),),
        (replace(PLACED, held=26),),
        (replace(PLACED, signature=""),),
        (replace(PLACED, bid="c"),),
        (
            replace(
                PLACED, signature=signed(["econonexus/bid/1", "a", "b", "pat", {"gpu": 2}, 20, 25], OTHER)
            ),
        ),
        (e.SigningKeyRegistered("pat", OTHER.verify_key.encode().hex()), PLACED),
        (PLACED, replace(RAISED, price=11)),
        (PLACED, replace(RAISED, signature=PLACED.signature)),
    ],
)
async def test_a_bid_without_its_agents_signature_is_found(forged: tuple[Event, ...]) -> None:
    with pytest.raises(Discrepancy, match="without its agent's signature"):
        await entered(*forged)
