"""The second bookkeeper finds what does not add up, at the record where it happens.

Every forged journal here has an unbroken hash chain: whoever can write the file can also make the
hashes, so the books must not lean on them.
"""

import hashlib
import json
from collections.abc import AsyncIterator, Iterable

import pytest

from econonexus.audit.books import Books, Discrepancy
from econonexus.audit.verify import compare, verify
from econonexus.domain import events as e
from econonexus.domain.kinds import AccountKind, BudgetMode
from econonexus.domain.money import Price
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.node.records import Record, seal
from econonexus.ports import GENESIS_HASH, Checkpoint, StoredRecord

HOUR = 3_600_000_000_000


def chain(*happened: e.Event | Refusal, start: int = 1_000, step: int = 10) -> list[StoredRecord]:
    """A journal of these events, one every `step` ns from `start` on, rightly chained."""
    stored: list[StoredRecord] = []
    link = GENESIS_HASH
    for number, event in enumerate(happened):
        sequence = number + 1
        record = Record(sequence, start + number * step, "op", f"c{sequence}", event, f"digest-{sequence}")
        stored.append(seal(record, link))
        link = stored[-1].hash
    return stored


def read(records: Iterable[StoredRecord]) -> Books:
    books = Books()
    for record in records:
        books.read(record.sequence, record.body, record.hash, record.aside)
    books.close()
    return books


def wallet(name: str, asset: str = "credit") -> e.AccountOpened:
    return e.AccountOpened(name, name, AccountKind.WALLET, asset)


def budget(
    name: str, limit: int, window: int = 0, carry_over: int = 0, parent: str | None = None
) -> e.BudgetCreated:
    return e.BudgetCreated(name, parent, "credit", limit, window, carry_over, BudgetMode.HARD, ())


def limited(name: str, limit: int, window: int = 0, carry_over: int = 0) -> tuple[e.Event, e.Event]:
    """A budget with ann beneath it: two records."""
    return budget(name, limit, window, carry_over), e.BudgetAssigned("ann", name)


START = (e.AssetDeclared("credit", 6), wallet("ann"), wallet("bob"), e.Minted("mint", "ann", 100))
"""Four records: ann has 100."""

LATER = 10**9
HOLD = e.HoldPlaced("h", "ann", "bob", 60, LATER)
DEBT = e.CreditLineSet("ann", "debt:ann", "ann", 20)
USD = e.AssetDeclared("usd", 6)
EXCHANGE = (
    USD,
    wallet("cy", "usd"),
    e.ExchangeDeclared("x", "credit", "usd", Price(7, 2)),
    e.Minted("mint:usd", "exchange:x:usd", 50),
)
"""Seven usd for two credits; it has 50 usd."""
NESTED = (
    budget("org", 50),
    budget("team", 40, parent="org"),
    budget("run", 30, parent="team"),
    e.BudgetAssigned("ann", "team"),
)


def sold_for(received: int) -> e.Converted:
    """Two credits of ann's are sold; they are worth 7 usd."""
    return e.Converted("x", "ann", "exchange:x:credit", 2, "exchange:x:usd", "cy", received)


def hold_in(*levels: str) -> e.HoldPlaced:
    return e.HoldPlaced("h", "ann", "bob", 5, LATER, levels)


def test_an_honest_journal_adds_up() -> None:
    books = read(
        chain(
            *START,
            e.Transferred("ann", "bob", 30),
            HOLD,
            e.HoldToppedUp("h", "ann", 10, LATER),
            e.HoldPosted("h", "ann", "bob", 45, 25),
            e.Burned("bob", "burn", 5),
            Refusal(RefusalCode.INSUFFICIENT_FUNDS),
        )
    )

    assert books.balance["ann"] == 25  # 100 - 30 - 45
    assert books.balance["bob"] == 70  # 30 + 45 - 5
    assert books.held["ann"] == 0
    assert books.supply() == {"credit": (100, 5)}
    assert books.refusals == 1


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        ((e.Transferred("ann", "bob", 101),), "below its floor"),
        ((HOLD, e.Transferred("ann", "bob", 41)), "below its floor"),
        ((HOLD, e.HoldToppedUp("h", "ann", 41, LATER)), "below its floor"),
        ((e.AccountFrozen("ann"), e.Transferred("ann", "bob", 1)), "which is frozen"),
        ((e.AccountFrozen("ann"), HOLD), "which is frozen"),
        ((HOLD, HOLD), "a second time"),
        ((e.HoldPosted("h", "ann", "bob", 1, 1),), "which is not open"),
        ((HOLD, e.HoldVoided("h", "ann", 60), e.HoldVoided("h", "ann", 60)), "which is not open"),
        ((HOLD, e.HoldPosted("h", "ann", "bob", 60, 1)), "another amount"),
        ((HOLD, e.HoldPosted("h", "ann", "burn", 60, 0)), "other accounts"),
        ((HOLD, e.HoldVoided("h", "ann", 59)), "another amount"),
        ((HOLD, e.HoldExpired("h", "ann", 60)), "before its deadline"),
        ((e.HoldPlaced("h", "ann", "bob", 1, 500),), "a deadline that has passed"),
        ((wallet("ann"),), "a second time"),
        ((wallet("cy", "eur"),), "for an asset that was not declared: eur"),
        ((e.AccountOpened("cy", "cy", AccountKind.MINT, "credit"),), "opens cy as a mint"),
        ((e.BudgetOverrun("b", BudgetMode.SOFT, 2, 1),), "speaks of budget b, which does not exist"),
        (
            (e.AssetDeclared("usd", 6), wallet("cy", "usd"), e.Transferred("ann", "cy", 1)),
            "moves credit into",
        ),
        ((e.Transferred("ann", "bob", 0),), "an amount of 0"),
        ((e.Transferred("ann", "bob", -5),), "not a whole number"),
        ((e.Transferred("ann", "nobody", 5),), "cannot be entered"),
        ((*limited("b", 50), e.Transferred("ann", "bob", 51, ("b",))), "over its limit"),
        ((*limited("b", 50), e.HoldPlaced("h", "ann", "bob", 51, LATER, ("b",))), "over its limit"),
        ((budget("b", 50), budget("b", 50)), "a second time"),
        (
            (budget("b", 9), e.HoldPlaced("h", "ann", "bob", 5, LATER, ("b",)), e.BudgetClosed("b")),
            "is held in it",
        ),
        # Parts that only some accounts play.
        ((e.Transferred("mint", "ann", 1),), "takes money from mint to ann"),
        ((e.Transferred("ann", "mint", 1),), "takes money from ann to mint"),
        ((e.HoldPlaced("h", "mint", "ann", 1, LATER),), "takes money from mint to ann"),
        ((e.Minted("ann", "bob", 1),), "takes money from ann to bob"),
        ((e.Minted("mint", "burn", 1),), "takes money from mint to burn"),
        ((e.Burned("ann", "bob", 1),), "takes money from ann to bob"),
        ((e.Burned("ann", "burn", 1), e.Transferred("burn", "ann", 1)), "takes money from burn to ann"),
        ((e.CreditDrawn("mint", "ann", 1),), "takes money from mint to ann"),
        ((e.DebtRepaid("ann", "bob", 1),), "takes money from ann to bob"),
        ((DEBT, e.Transferred("debt:ann", "ann", 1)), "takes money from debt:ann to ann"),
        ((DEBT, e.Transferred("ann", "debt:ann", 1)), "takes money from ann to debt:ann"),
        ((DEBT, e.CreditDrawn("debt:ann", "bob", 1)), "neither is the other's debt"),
        ((DEBT, e.CreditDrawn("debt:ann", "ann", 21)), "below its floor"),
        ((DEBT, e.AccountFrozen("ann"), e.CreditDrawn("debt:ann", "ann", 1)), "which is frozen"),
        ((e.CreditLineSet("ann", "ann", "ann", 20),), "lets ann go below 0"),
        ((DEBT, e.CreditLineSet("bob", "debt:ann", "bob", 20)), "lets debt:ann go below 0"),
        # Exchanges.
        ((*EXCHANGE, e.Converted("x", "ann", "bob", 2, "exchange:x:usd", "cy", 7)), "in other accounts"),
        ((*EXCHANGE, sold_for(8)), "at another rate"),
        # The budgets that an event names must be those that the money leaves.
        ((*limited("b", 5), e.Transferred("ann", "bob", 100)), "counts in the budgets none, but leaves b"),
        ((*limited("b", 5), HOLD), "counts in the budgets none, but leaves b"),
        ((*limited("b", 5), e.Burned("ann", "burn", 9)), "counts in the budgets none, but leaves b"),
        ((*limited("b", 5), *EXCHANGE, sold_for(7)), "counts in the budgets none, but leaves b"),
        (
            (budget("b", 5), e.Transferred("ann", "bob", 1, ("b",))),
            "counts in the budgets b, but leaves none",
        ),
        (
            (*NESTED, e.Transferred("ann", "bob", 1, ("team",))),
            "counts in the budgets team, but leaves team, org",
        ),
        (
            (*NESTED, e.BudgetAssigned("bob", "org"), e.Transferred("ann", "bob", 1, ("team", "org"))),
            "leaves team",
        ),
        ((*NESTED, hold_in("run")), "counts in the budgets run, but leaves run, team, org"),
        ((*NESTED, hold_in("org")), "counts in the budgets org, but leaves team, org"),
        (
            (*NESTED, budget("other", 9), hold_in("other")),
            "counts in the budgets other, but leaves team, org",
        ),
        ((*NESTED, hold_in("team", "org"), e.HoldPosted("h", "ann", "bob", 5, 0)), "in other budgets"),
        (
            (*NESTED, hold_in("team", "org"), e.HoldToppedUp("h", "ann", 5, LATER, ("team",))),
            "in other budgets",
        ),
        ((*NESTED, e.BudgetAssigned("ann", None)), "beneath budget None, where it does not stand"),
        ((*NESTED, e.BudgetClosed("team")), "while something stands beneath it"),
        ((*NESTED, e.BudgetClosed("run"), e.BudgetClosed("team")), "while something stands beneath it"),
        (
            (
                USD,
                e.BudgetCreated("b", None, "usd", 1, 0, 0, BudgetMode.HARD, ()),
                e.BudgetAssigned("ann", "b"),
            ),
            "of credit beneath",
        ),
    ],
)
def test_a_forged_event_is_found_where_it_stands(forged: tuple[e.Event, ...], problem: str) -> None:
    journal = chain(*START, *forged)

    with pytest.raises(Discrepancy, match=problem) as found:
        read(journal)

    assert found.value.sequence == len(START) + len(forged)


@pytest.mark.parametrize(
    "honest",
    [
        (*NESTED, e.Transferred("ann", "bob", 5, ("team", "org"))),
        (*NESTED, e.BudgetAssigned("bob", "org"), e.Transferred("ann", "bob", 5, ("team",))),
        (*NESTED, e.BudgetAssigned("ann", None, "team"), e.Transferred("ann", "bob", 5)),
        (*NESTED, hold_in("team", "org")),
        (
            *NESTED,
            hold_in("run", "team", "org"),
            e.HoldPosted("h", "ann", "bob", 5, 0, ("run", "team", "org")),
        ),
        (*NESTED, e.BudgetAssigned("bob", "org"), hold_in("run", "team")),
        (*NESTED, e.BudgetAssigned("bob", "run"), hold_in()),
        (budget("org", 50), budget("run", 30, parent="org"), hold_in("run", "org")),
        (*NESTED, e.BudgetClosed("run"), e.BudgetAssigned("ann", "org", "team"), e.BudgetClosed("team")),
        (DEBT, e.CreditDrawn("debt:ann", "ann", 20), e.DebtRepaid("ann", "debt:ann", 20)),
        (*EXCHANGE, sold_for(7)),
    ],
)
def test_what_may_happen_adds_up(honest: tuple[e.Event, ...]) -> None:
    assert read(chain(*START, *honest)).sequence == len(START) + len(honest)


def test_a_record_nested_without_end_is_no_traceback() -> None:
    body = b'{"sequence":1,"time":1,"event":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    link = hashlib.sha256(GENESIS_HASH + body).digest()

    with pytest.raises(Discrepancy, match="record 1: is nested too deeply"):
        read([StoredRecord(1, body, link)])


def test_a_changed_byte_breaks_the_chain() -> None:
    journal = chain(*START)
    third = journal[2]
    changed = StoredRecord(3, third.body.replace(b"bob", b"bab"), third.hash)

    with pytest.raises(Discrepancy, match="record 3: does not match the hash chain"):
        read([*journal[:2], changed, journal[3]])


def test_a_missing_record_is_named() -> None:
    journal = chain(*START)

    with pytest.raises(Discrepancy, match="record 3: missing, the next one is 4"):
        read([*journal[:2], journal[3]])


def test_a_command_cannot_act_twice() -> None:
    first = Record(1, 1_000, "op", "same", e.AssetDeclared("credit", 6), "d1")
    again = Record(2, 1_000, "op", "same", wallet("ann"), "d2")
    one = seal(first, GENESIS_HASH)

    with pytest.raises(Discrepancy, match="record 2: command same of op is here a second time"):
        read([one, seal(again, one.hash)])


def test_time_does_not_go_back() -> None:
    first = seal(Record(1, 1_000, "op", "c1", e.AssetDeclared("credit", 6)), GENESIS_HASH)
    second = seal(Record(2, 999, "op", "c2", wallet("ann")), first.hash)

    with pytest.raises(Discrepancy, match="record 2: is earlier than the one before"):
        read([first, second])


def test_windows_are_counted_one_by_one() -> None:
    """Limit 50 an hour, 20 carried over: after an hour in which 40 were spent, 10 are carried over."""
    journal = chain(
        *START,
        e.Minted("mint", "ann", 1),
        *limited("b", 50, HOUR, 20),
        e.Transferred("ann", "bob", 40, ("b",)),
        start=0,
        step=0,
    )
    link = journal[-1].hash
    next_hour = seal(Record(9, HOUR, "op", "c9", e.Transferred("ann", "bob", 60, ("b",))), link)
    too_much = seal(Record(10, HOUR, "op", "c10", e.Transferred("ann", "bob", 1, ("b",))), next_hour.hash)

    assert read([*journal, next_hour]).budgets.by_name["b"].spent == 60
    with pytest.raises(
        Discrepancy, match="record 10: takes budget b over its limit: 61 spent and 0 held of 50 and 10"
    ):
        read([*journal, next_hour, too_much])


def test_empty_windows_carry_what_they_may_and_are_counted_at_once() -> None:
    """Of 50 an hour 40 are spent: 10 are carried, and 50 more of each of two empty hours, but 100 at most."""
    journal = chain(
        *START, *limited("b", 50, HOUR, 100), e.Transferred("ann", "bob", 40, ("b",)), start=0, step=0
    )
    rule = read(journal).budgets.by_name["b"]
    rule.roll(3 * HOUR)
    assert (rule.spent, rule.carried, rule.ends) == (0, 100, 4 * HOUR)
    # Windows of a nanosecond, ten years of them.
    tiny = read(chain(*START, budget("n", 1, 1, 2**63 - 1), start=0, step=0)).budgets.by_name["n"]
    tiny.roll(10 * 8_766 * HOUR)
    assert tiny.carried == 10 * 8_766 * HOUR


def test_a_lowered_limit_is_no_discrepancy_but_spending_on_is() -> None:
    lowered = e.BudgetChanged("b", 10, 0, BudgetMode.HARD, ())
    spent = (*START, *limited("b", 50), e.Transferred("ann", "bob", 40, ("b",)), lowered)

    assert read(chain(*spent)).budgets.by_name["b"].limit == 10
    with pytest.raises(Discrepancy, match="over its limit"):
        read(chain(*spent, e.Transferred("ann", "bob", 1, ("b",))))


def test_figures_of_another_bookkeeper_are_compared() -> None:
    books = read(chain(*START))
    figures = {name: (books.balance[name], books.held[name]) for name in books.balance}
    compare(figures, books)

    figures["ann"] = (100, 1)
    with pytest.raises(
        Discrepancy, match=r"leaves ann with balance and held \(100, 0\) in the books, \(100, 1\)"
    ):
        compare(figures, books)


async def _stream(records: list[StoredRecord]) -> AsyncIterator[StoredRecord]:
    for record in records:
        yield record


def _checkpoint(sequence: int, link: bytes) -> Checkpoint:
    return Checkpoint(sequence, link.hex(), 0, "key", "signature")


async def test_a_checkpoint_shows_that_the_journal_was_rewritten() -> None:
    honest, forged = chain(*START), chain(*START[:3], e.Minted("mint", "ann", 1_000))
    signed = _checkpoint(4, honest[3].hash)

    findings, _ = await verify(_stream(honest), [signed], lambda _: True)
    assert findings.checkpoints == 1
    with pytest.raises(Discrepancy, match="record 4: was signed with another hash"):
        await verify(_stream(forged), [signed], lambda _: True)


async def test_a_checkpoint_shows_that_records_were_cut_off() -> None:
    journal = chain(*START)

    with pytest.raises(Discrepancy, match="record 3: is the last, but record 4 was signed"):
        await verify(_stream(journal[:3]), [_checkpoint(4, journal[3].hash)], lambda _: True)


async def test_a_signature_that_is_not_genuine_is_found() -> None:
    journal = chain(*START)

    with pytest.raises(Discrepancy, match="record 4: bears a signature that is not genuine"):
        await verify(_stream(journal), [_checkpoint(4, journal[3].hash)], lambda _: False)


async def test_a_private_text_that_was_changed_is_found() -> None:
    (record,) = chain(e.Minted("mint", "ann", 1, note="salary"))[:1]
    assert record.aside is not None
    changed = StoredRecord(
        1, record.body, record.hash, record.key, record.aside.replace(b"salary", b"bonus!")
    )
    opened = chain(e.AssetDeclared("credit", 6), wallet("ann"), e.Minted("mint", "ann", 1, note="salary"))
    assert opened[2].aside is not None
    forged = StoredRecord(
        3, opened[2].body, opened[2].hash, opened[2].key, opened[2].aside.replace(b"salary", b"bonus!")
    )

    assert changed.aside != record.aside
    with pytest.raises(Discrepancy, match="record 3: the private field note does not match its digest"):
        await verify(_stream([*opened[:2], forged]), [], lambda _: True)


async def test_a_private_text_of_before_is_held_against_its_own_digest() -> None:
    """Every text had a salt of 32 characters and a digest then."""
    opened = chain(e.AssetDeclared("credit", 6), wallet("ann"), e.Minted("mint", "ann", 1))
    digest = hashlib.sha256(b"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5asalary").hexdigest()
    noted = b'"amount":1,"note":{"digest":"%s"}' % digest.encode()
    body = opened[2].body.replace(b'"amount":1', noted)
    link = hashlib.sha256(opened[1].hash + body).digest()

    def with_note(salt: str, text: str) -> list[StoredRecord]:
        aside = json.dumps({"note": [salt, text]}).encode()
        return [*opened[:2], StoredRecord(3, body, link, None, aside)]

    findings, _ = await verify(_stream(with_note("5a" * 16, "salary")), [], lambda _: True)
    assert findings.records == 3
    for salt, text in (("5b" * 16, "salary"), ("5a" * 16, "bonus!"), ("5a" * 15, "5asalary")):
        with pytest.raises(Discrepancy, match="record 3: the private field note "):
            await verify(_stream(with_note(salt, text)), [], lambda _: True)


async def test_private_values_that_are_no_pair_of_texts_are_found() -> None:
    (record,) = chain(e.AssetDeclared("credit", 6))

    for aside in (
        *(b'{"note": 5}', b'["note"]', b'{"note": [1, 2]}', b"{", b"[" * 100_000, b"7"),
        *(b'["salt", 5]', b'[5, {"note": "x"}]', b'["salt", {"note": "x"}, 1]'),
    ):
        forged = StoredRecord(1, record.body, record.hash, record.key, aside)
        with pytest.raises(Discrepancy, match="record 1: "):
            await verify(_stream([forged]), [], lambda _: True)


async def test_how_far_the_signatures_reach_is_said() -> None:
    journal = chain(*START)

    unsigned, _ = await verify(_stream(journal), [], lambda _: True)
    signed, _ = await verify(
        _stream(journal),
        [_checkpoint(1, journal[0].hash), _checkpoint(3, journal[2].hash)],
        lambda _: True,
    )

    assert (unsigned.signed_to, signed.signed_to) == (0, 3)
