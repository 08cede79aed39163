"""What an agent signs when it signs a bid: a text that is good for this one bid and no other.

The text is JSON without spaces, the names of items in their order, amounts in µcr for all of a bid's units:
`["econonexus/bid/1","<auction>","<bid>","<agent>",{"<item>":<units>},<price>,<hold>]`, where what is held is
the cap, or the price where there is none; and to raise it
`["econonexus/raise/1","<auction>","<bid>","<agent>",<price>]`. An auction and a bid's id are in it, and no id
is taken twice in one auction, so that a text once signed is worth nothing a second time.
"""

import msgspec


def of_bid(auction: str, bid: str, agent: str, items: dict[str, int], price: int, hold: int) -> bytes:
    """What is signed to place a bid."""
    content = ("econonexus/bid/1", auction, bid, agent, items, price, hold)
    return msgspec.json.encode(content, order="sorted")


def of_raise(auction: str, bid: str, agent: str, price: int) -> bytes:
    """What is signed to raise a bid."""
    return msgspec.json.encode(("econonexus/raise/1", auction, bid, agent, price))
