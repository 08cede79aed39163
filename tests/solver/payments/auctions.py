"""Bundle auctions for payments: as the literature writes them, and random ones with a bill to share."""

import random
from collections.abc import Sequence

from econonexus.solver.problem import Problem


def auction(*bids: tuple[str, str, int], bidding: str = "xor") -> Problem:
    """Bids as (owner, items, price), an item a letter and one unit of each."""
    items = sorted({item for _, bundle, _ in bids for item in bundle})
    owners = list(dict.fromkeys(owner for owner, _, _ in bids))
    agents = tuple(owners.index(owner) for owner, _, _ in bids)
    return Problem(
        prices=tuple(price for _, _, price in bids),
        bundles=tuple(tuple((items.index(item), 1) for item in sorted(bundle)) for _, bundle, _ in bids),
        supply=(1,) * len(items),
        agents=agents,
        owners=agents,
        exclusive=bidding == "xor",
        budgets=(None,) * len(owners),
        floors=(0,) * len(bids),
    )


def crowded(seed: int) -> Problem:
    """Local bidders, one good each, against a few who want several: so the core asks for more than VCG."""
    dice = random.Random(seed)
    scale = dice.choice((1, 1, 10**15, 2**59))
    goods, bidders = dice.randint(3, 6), 8
    locals_ = [(owner, (owner % goods,), dice.randint(4, 8)) for owner in range(goods)]
    large = [_large(dice, owner, goods) for owner in range(goods, bidders) for _ in range(dice.randint(1, 2))]
    bids = locals_ + large
    agents = tuple(owner for owner, _, _ in bids)
    prices = tuple(price * scale + dice.randrange(3) for _, _, price in bids)
    return Problem(
        prices=prices,
        bundles=tuple(tuple((item, 1) for item in bundle) for _, bundle, _ in bids),
        supply=(1,) * goods,
        agents=agents,
        owners=tuple(agent // 2 if seed % 5 == 0 else agent for agent in agents),
        exclusive=dice.random() < 0.5,
        budgets=(None,) * bidders,
        floors=tuple(dice.randint(0, price // 3) if seed % 2 else 0 for price in prices),
    )


def _large(dice: random.Random, owner: int, goods: int) -> tuple[int, Sequence[int], int]:
    bundle = sorted(dice.sample(range(goods), dice.randint(2, min(4, goods))))
    return owner, bundle, len(bundle) * dice.randint(3, 5)
