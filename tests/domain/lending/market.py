"""A market that lends on reputation, and agents whose records were earned by contracts."""

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.ids import SECOND, AccountId
from econonexus.domain.kinds import Mechanism, Verdict
from econonexus.domain.promises import DAY, PromiseRules
from econonexus.domain.refusals import Refusal
from econonexus.domain.subjects.lines import Use
from econonexus.domain.terms import Terms
from tests.domain.workshop import CR, Workshop

LENDS = Terms(credit="reputation")
KEPT_FOR = {"0.6": 1, "0.8": 3, "0.9": 6, "0.95": 12}
"""How many contracts of 50 credits, each of which weighs as five plain ones, lift the lower bound above that:
0.05^(1/6) = 0.607, 0.05^(1/16) = 0.829, 0.05^(1/31) = 0.908; after twelve a day has passed and 59 and a
little are left of 60: 0.05^(1/60) = 0.951."""


OPENED: list["Lending"] = []
"""All that a test has opened; when it is over, both bookkeepers must agree on each of them."""


class Lending(Workshop):
    """A market `m` of machines that lends. `pia.2` is an agent of Pia's with money of its own."""

    def __init__(
        self,
        mechanism: Mechanism = Mechanism.SECOND_PRICE,
        terms: Terms = LENDS,
        rules: PromiseRules | None = None,
        units: int = 1,
    ) -> None:
        super().__init__(rules)
        self.do(c.DeclareResource("gpu", "hour", 100, 3600 * SECOND))
        self.do(c.CreateMarket("m", ("gpu",), mechanism, terms))
        self.units = units
        OPENED.append(self)

    def known(self, above: str, owner: str = "pia") -> None:
        """Let an owner keep so many promises that its record is above a number."""
        for _ in range(KEPT_FOR[above]):
            self.judged(self.award(50 * CR, {owner: 50 * CR}), Verdict.SATISFACTORY)

    def join(self, agent: str, own: int, stake: int = 0) -> None:
        """A new agent of the owner before the dot, with so much money and so much at stake."""
        self.do(c.CreateAgent(agent, owner=agent.split(".")[0], credits=own + stake))
        if stake:
            self.do(c.PostStake(agent, stake))

    def open(self, name: str = "a", lasts: int = DAY) -> None:
        """Announce an auction."""
        self.do(c.AnnounceAuction(name, "m", {"gpu": self.units}, self.now + lasts))

    def bid(self, agent: str, price: int, auction: str = "a", cap: int | None = None) -> tuple[e.Event, ...]:
        """Place a bid that must be taken."""
        return self.do(c.PlaceBid(agent, auction, agent, {"gpu": 1}, price, cap))

    def no(self, agent: str, price: int, auction: str = "a") -> Refusal:
        """Place a bid that must be refused."""
        return self.refusal(c.PlaceBid(f"{agent}-no", auction, agent, {"gpu": 1}, price))

    def close(self, auction: str = "a") -> dict[str, int]:
        """Close an auction: who won, and what each pays."""
        happened = self.do(c.CloseAuction(auction))
        (cleared,) = (event for event in happened if isinstance(event, e.AuctionCleared))
        return {win.agent: win.payment for win in cleared.wins}

    def use(self, wallet: str) -> Use:
        """What a wallet has out."""
        return self.economy.state.lines.by_wallet[AccountId(wallet)]

    def held(self, account: str) -> int:
        return self.account(account).held
