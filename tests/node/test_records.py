"""Records in the chain: private texts beside it, old versions, damage."""

import hashlib
import json

import msgspec
import pytest

from econonexus.domain.commands import PlaceHold
from econonexus.domain.events import BidPlaced, HoldPlaced, HoldVoided, Minted, Withheld
from econonexus.domain.kinds import Unreported
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.node import records
from econonexus.node.intake import content_digest
from econonexus.node.records import Record, RecordUnreadable, check_chain, digest_of, seal, seal_all, unseal
from econonexus.ports import GENESIS_HASH, Head, JournalDamaged, StoredRecord

EMPTY = Head(0, GENESIS_HASH)


def minted(note: str = "", sequence: int = 1, digest: str = "") -> Record:
    return Record(sequence, 5, "operator", "m1", Minted("mint", "ann", 7, "reward", note), digest)


def of_body(body: bytes, sequence: int = 1, previous: bytes = GENESIS_HASH) -> StoredRecord:
    return StoredRecord(sequence, body, hashlib.sha256(previous + body).digest())


def test_a_body_is_json_that_needs_nothing_of_ours() -> None:
    assert json.loads(seal(minted(), GENESIS_HASH).body) == {
        "sequence": 1,
        "time": 5,
        "caller": "operator",
        "command": "m1",
        "event": {
            "type": "minted/1",
            "source": "mint",
            "destination": "ann",
            "amount": 7,
            "reason": "reward",
        },
    }


def test_a_hash_is_that_of_the_hash_before_and_the_body() -> None:
    stored = seal(minted(), b"\x07" * 32)
    assert stored.hash == hashlib.sha256(b"\x07" * 32 + stored.body).digest()


def test_only_a_command_whose_caller_named_it_has_a_key() -> None:
    assert seal(minted(), GENESIS_HASH).key is None
    assert seal(minted(digest="d"), GENESIS_HASH).key == ("operator", "m1")


def test_a_record_is_read_as_it_was_written() -> None:
    for record in (
        minted(),
        minted("thank you"),
        Record(3, 9, "ann", "c3", Refusal(RefusalCode.AMOUNT_TOO_LARGE, "amount", requested=10**30), "d"),
        Record(4, 9, "ann", "c4", HoldVoided("h", "ann", 5, ("b",)), part=1, parts=2, trace="00-ab-cd-01"),
    ):
        assert unseal(seal(record, GENESIS_HASH)) == record


def test_private_text_is_not_in_the_body() -> None:
    stored = seal(minted("my secret"), GENESIS_HASH)
    assert b"my secret" not in stored.body
    assert stored.aside is not None
    assert b"my secret" in stored.aside


def test_equal_private_texts_have_different_digests() -> None:
    """Or else short texts could be guessed, and equal ones be told."""
    assert seal(minted("yes"), GENESIS_HASH).body != seal(minted("yes"), GENESIS_HASH).body


def test_a_withheld_text_is_the_digest_of_what_lies_beside_its_record() -> None:
    stored = seal(minted("my secret"), GENESIS_HASH)
    salt, values = json.loads(stored.aside or b"")
    event = unseal(msgspec.structs.replace(stored, aside=None)).event
    assert len(salt) == 32
    assert values == {"note": "my secret"}
    assert isinstance(event, Minted)
    assert event.note == Withheld(hashlib.sha256(stored.aside or b"").hexdigest())


def bid(digest: str = "") -> Record:
    placed = BidPlaced("b", "a", "ann", "ann", "burn", {"gpu": 1}, price=77_123, held=88_456)
    return Record(9, 5, "ann", "c9", placed, digest)


def test_sealed_numbers_and_what_they_could_be_guessed_from_are_not_in_the_body() -> None:
    stored = seal(bid("d" * 32), GENESIS_HASH)
    for told in (b"77123", b"88456", b"d" * 32):
        assert told not in stored.body
        assert told in (stored.aside or b"")
    assert stored.key == ("ann", "c9")


def test_sealed_numbers_are_read_as_they_were_written() -> None:
    for record in (bid(), bid("d" * 32)):
        assert unseal(seal(record, GENESIS_HASH)) == record


def test_without_its_sealed_numbers_a_record_is_damaged() -> None:
    """They are part of the state, unlike private texts."""
    with pytest.raises(JournalDamaged, match="the sealed values of record 9 are missing"):
        unseal(msgspec.structs.replace(seal(bid(), GENESIS_HASH), aside=None))


def test_records_sealed_together_have_salts_of_their_own() -> None:
    """More of them than are drawn at a time."""
    stored = seal_all([minted("yes", sequence) for sequence in range(1, 41)], GENESIS_HASH)
    assert len({json.loads(each.aside or b"")[0] for each in stored}) == 40
    assert check_chain(stored, EMPTY).sequence == 40


def of_before(text: str = "my secret", salt: str = "5a" * 16) -> StoredRecord:
    """As the release before wrote private texts, each with a salt and digest; readable for ever."""
    digest = hashlib.sha256(b"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5amy secret").hexdigest()
    event = (
        f'{{"type":"minted/1","source":"mint","destination":"ann","amount":7,"note":{{"digest":"{digest}"}}}}'
    )
    stored = of_body(f'{{"sequence":1,"time":5,"caller":"o","command":"m","event":{event}}}'.encode())
    return msgspec.structs.replace(stored, aside=json.dumps({"note": [salt, text]}).encode())


def test_private_texts_of_before_are_read() -> None:
    assert unseal(of_before()).event == Minted("mint", "ann", 7, note="my secret")


@pytest.mark.parametrize(
    ("text", "salt"), [("my secret", "5b" * 16), ("another", "5a" * 16), ("5amy secret", "5a" * 15)]
)
def test_private_texts_of_before_are_checked(text: str, salt: str) -> None:
    """Were the salt's length free, characters could move between it and the text."""
    with pytest.raises(JournalDamaged, match="record 1 has a private field note that does not match"):
        unseal(of_before(text, salt))


def test_an_empty_text_is_not_private() -> None:
    assert seal(minted(""), GENESIS_HASH).aside is None


@pytest.mark.parametrize(
    "aside",
    [
        b"",
        b"\xff",
        b"not json",
        b"[]",
        b'{"note":"plain"}',
        b'{"note":["00","another text"]}',
        b'{"no such field":["00","text"]}',
        b'["00",{"note":"my secret"}]',
        b'["00",{"no such field":"text"}]',
        b'["00",{"note":["my secret"]}]',
    ],
)
def test_damaged_private_values_are_noticed(aside: bytes) -> None:
    stored = msgspec.structs.replace(seal(minted("my secret"), GENESIS_HASH), aside=aside)
    with pytest.raises(JournalDamaged, match="record 1 "):
        unseal(stored)


def test_nothing_beside_the_chain_can_change_what_is_in_it() -> None:
    """Or else whoever can write to the table of private values could redirect money."""
    stored = seal(minted("my secret"), GENESIS_HASH)
    for aside in (b'["00",{"destination":"mallory"}]', b'{"destination":["00","mallory"]}'):
        with pytest.raises(JournalDamaged, match="destination"):
            unseal(msgspec.structs.replace(stored, aside=aside))


def test_an_old_version_is_read_through_its_upcasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two steps: version -1 called the destination `to`, version 0 gave the amount in credits."""
    monkeypatch.setitem(
        records.UPCASTS,
        "minted/-1",
        lambda raw: {
            **{k: v for k, v in raw.items() if k != "to"},
            "type": "minted/0",
            "destination": raw["to"],
        },
    )
    monkeypatch.setitem(
        records.UPCASTS,
        "minted/0",
        lambda raw: {**raw, "type": "minted/1", "amount": int(str(raw["amount"])) * 1_000_000},
    )
    event = '{"type":"minted/-1","source":"mint","to":"ann","amount":2}'
    old = f'{{"sequence":1,"time":5,"caller":"o","command":"m","event":{event}}}'.encode()
    assert unseal(of_body(old)).event == Minted("mint", "ann", 2_000_000)


def test_a_hold_placed_before_there_were_further_limits_is_read_as_one_without() -> None:
    """As the release before wrote it, which stays readable for ever."""
    event = (
        b'{"type":"hold_placed/1","hold":"h","source":"ann","destination":"burn","amount":60,'
        b'"expires_at":900,"budgets":["b"],"code":"llm"}'
    )
    body = b'{"sequence":1,"time":5,"caller":"o","command":"h","event":' + event + b"}"
    held = unseal(of_body(body)).event
    assert held == HoldPlaced("h", "ann", "burn", 60, 900, ("b",), "llm", unreported=Unreported.RELEASE)


def test_a_hold_without_further_limits_is_written_as_before() -> None:
    """So that an older program can read a journal in which nothing new was used."""
    record = Record(1, 5, "o", "h", HoldPlaced("h", "ann", "burn", 60, 900))
    assert json.loads(seal(record, GENESIS_HASH).body)["event"] == {
        "type": "hold_placed/1", "hold": "h", "source": "ann", "destination": "burn", "amount": 60,
        "expires_at": 900,
    }  # fmt: skip


def test_a_command_from_before_still_has_the_digest_it_had() -> None:
    """Or else a retry after an upgrade would be told that its id was used for something else."""
    command = PlaceHold("h", "ann", 60, 900)
    before = b'{"type":"PlaceHold","hold":"h","source":"ann","amount":60,"expires_at":900}'
    assert content_digest(command) == digest_of(before)


@pytest.mark.parametrize("event", ['{"type":"minted/2","x":1}', '{"type":"teleported/1"}', '{"no":"type"}'])
def test_a_record_of_a_newer_version_is_unreadable_and_not_damaged(event: str) -> None:
    body = f'{{"sequence":7,"time":5,"caller":"o","command":"m","event":{event}}}'.encode()
    with pytest.raises(RecordUnreadable, match=r"record 7 .* upgrade") as fault:
        unseal(of_body(body, 7))
    assert not isinstance(fault.value, JournalDamaged)


@pytest.mark.parametrize("body", [b"", b"\xff", b"[]", b"{}", b'{"event":7}', b'{"caller":"\xff"}'])
def test_what_is_no_record_is_damage(body: bytes) -> None:
    with pytest.raises(JournalDamaged, match="record 7 is not a record"):
        unseal(of_body(body, 7))


def three() -> list[StoredRecord]:
    stored: list[StoredRecord] = []
    link = GENESIS_HASH
    for sequence in (1, 2, 3):
        stored.append(seal(minted(sequence=sequence), link))
        link = stored[-1].hash
    return stored


def test_an_unbroken_chain_leads_to_its_head() -> None:
    assert check_chain(three(), EMPTY) == Head(3, three()[2].hash)
    assert check_chain(three()[1:], Head(1, three()[0].hash)) == Head(3, three()[2].hash)


def test_a_changed_body_breaks_the_chain_there() -> None:
    stored = three()
    stored[1] = msgspec.structs.replace(stored[1], body=stored[1].body.replace(b'"amount":7', b'"amount":8'))
    with pytest.raises(JournalDamaged, match="record 2 does not match"):
        check_chain(stored, EMPTY)


def test_a_changed_body_with_its_hash_made_anew_breaks_the_chain_at_the_next() -> None:
    stored = three()
    body = stored[1].body.replace(b'"amount":7', b'"amount":8')
    stored[1] = of_body(body, 2, stored[0].hash)
    with pytest.raises(JournalDamaged, match="record 3 does not match"):
        check_chain(stored, EMPTY)


def test_a_missing_record_is_named() -> None:
    stored = three()
    with pytest.raises(JournalDamaged, match="record 2 is missing"):
        check_chain([stored[0], stored[2]], EMPTY)


def test_swapped_records_are_noticed() -> None:
    first, second, third = three()
    with pytest.raises(JournalDamaged):
        check_chain([first, third, second], EMPTY)


def test_the_digest_of_a_refused_request_lies_beside_its_record() -> None:
    """A bid that was refused is nobody's to guess either."""
    digest = digest_of(b"a body with a price in it")
    record = Record(1, 5, "ann", "bid-1", Refusal(RefusalCode.BUDGET_EXHAUSTED), digest)
    stored = seal(record, GENESIS_HASH)
    assert digest.encode() not in stored.body
    assert unseal(stored) == record
