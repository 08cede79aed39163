"""The inbox over HTTP: agents ask, humans answer, auditors read no texts."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interfaces.served import Client, Served

HOUR_MS = 3_600_000
QUESTION = {"minutes": 10, "price_ucr": 20, "subject": "Which one?", "question": "The red, or the blue?"}


@pytest.fixture(scope="module", autouse=True)
def minutes(served: Served) -> None:
    """Humans give 10,000 minutes an hour, so that no test is in another's way."""
    with served.client() as admin:
        admin.make("resources", id="attention.minutes", unit="minute", capacity=10_000, period_ms=HOUR_MS)


@pytest.fixture
def human(served: Served, admin: Client, name: str) -> Iterator[Client]:
    """A human, under the test's name."""
    key = admin.make("keys", holder=f"{name}-olga", role="human")["key"]
    with served.client(key) as client:
        yield client


@pytest.fixture
def auditor(served: Served, admin: Client, name: str) -> Iterator[Client]:
    with served.client(admin.make("keys", holder=f"{name}-eye", role="auditor")["key"]) as client:
        yield client


def waiting(client: Client, agent: str) -> list[dict[str, Any]]:
    """An agent's questions that have not ended, as somebody sees them."""
    return [each for each in client.look("inbox", limit=1_000)["items"] if each["agent"] == agent]


def test_from_question_to_answer(agent: Client, human: Client, name: str) -> None:
    made = agent.make("inbox", id=f"{name}-q", **QUESTION)
    assert (made["id"], made["agent"], made["hold_ucr"]) == (f"{name}-q", name, 200)
    account = agent.look(f"accounts/{name}")
    assert (account["balance_ucr"], account["held_ucr"]) == (1_000, 200)

    taken = human.make(f"inbox/{name}-q/take")
    assert (taken["subject"], taken["question"]) == ("Which one?", "The red, or the blue?")
    assert taken["human"] == f"human:{name}-olga"

    scores = {"interesting": 7, "useful": 10, "understandable": 0}
    answered = human.make(
        f"inbox/{name}-q/answer", answer="The blue.", minutes=4, scores=scores, reward_ucr=33
    )
    assert (answered["paid_ucr"], answered["released_ucr"], answered["reward_ucr"]) == (80, 120, 33)
    assert agent.balance(name) == 1_000 - 80 + 33

    read = agent.look(f"inbox/{name}-q")
    assert (read["status"], read["answer"], read["scores"]) == ("answered", "The blue.", scores)
    assert (read["minutes_used"], read["paid_ucr"], read["reward_ucr"], read["place"]) == (4, 80, 33, None)
    assert [each["id"] for each in agent.look("inbox", status="answered")["items"]] == [f"{name}-q"]


def test_who_pays_more_is_answered_first(agent: Client, human: Client, name: str) -> None:
    for number, price in enumerate((10, 30, 20)):
        agent.make("inbox", id=f"{name}-{number}", minutes=1, price_ucr=price, subject="What?")
    found = waiting(human, name)
    assert [each["id"] for each in found] == [f"{name}-1", f"{name}-2", f"{name}-0"]
    places = [each["place"] for each in found]
    assert places == sorted(places)
    assert [each["subject"] for each in found] == ["What?"] * 3


def test_the_inbox_in_pages(agent: Client, name: str) -> None:
    for number in range(5):
        agent.make("inbox", id=f"{name}-{number}", minutes=1, price_ucr=100 - number, subject="What?")
    seen: list[str] = []
    cursor = None
    while True:
        page = agent.look("inbox", limit=2, **({} if cursor is None else {"cursor": cursor}))
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"{name}-{number}" for number in range(5)]
    answer = agent.get("/api/v1/inbox", params={"cursor": "none"})
    assert (answer.status_code, answer.json()["field"]) == (400, "cursor")


def test_two_humans_do_not_answer_the_same(
    served: Served, admin: Client, agent: Client, human: Client, name: str
) -> None:
    agent.make("inbox", id=f"{name}-q", **QUESTION)
    human.make(f"inbox/{name}-q/take")
    key = admin.make("keys", holder=f"{name}-max", role="human")["key"]
    with served.client(key) as other:
        for step, body in (("take", {}), ("decline", {}), ("answer", {"answer": "Red.", "minutes": 1})):
            assert other.refusal(f"inbox/{name}-q/{step}", **body) == (409, "question_taken", "id")
    assert agent.refusal(f"inbox/{name}-q/withdraw") == (409, "question_taken", "id")


def test_declined_or_withdrawn_it_costs_nothing(agent: Client, human: Client, name: str) -> None:
    agent.make("inbox", id=f"{name}-a", **QUESTION)
    agent.make("inbox", id=f"{name}-b", **QUESTION)
    assert human.make(f"inbox/{name}-a/decline", reason="Ask a painter.")["released_ucr"] == 200
    assert agent.make(f"inbox/{name}-b/withdraw")["status"] == "withdrawn"
    assert agent.look(f"accounts/{name}")["available_ucr"] == 1_000
    assert agent.look(f"inbox/{name}-a")["answer"] == "Ask a painter."


def test_no_reason_is_needed_to_decline(agent: Client, human: Client, name: str) -> None:
    agent.make("inbox", id=f"{name}-q", **QUESTION)
    assert human.post(f"/api/v1/inbox/{name}-q/decline").json()["status"] == "declined"


def test_texts_are_for_the_agent_and_for_humans_alone(
    served: Served, admin: Client, agent: Client, human: Client, auditor: Client, name: str
) -> None:
    words = {"subject": f"{name}-subject-word", "question": f"{name}-question-word"}
    agent.make("inbox", id=f"{name}-q", minutes=1, price_ucr=1, **words)
    human.make(f"inbox/{name}-q/take")
    human.make(f"inbox/{name}-q/answer", answer=f"{name}-answer-word", minutes=1)
    for reader in (agent, human, admin):
        assert f"{name}-answer-word" in reader.get(f"/api/v1/inbox/{name}-q").text
    other = admin.make("agents", id=f"{name}-other")["key"]
    with served.client(other) as stranger:
        assert stranger.get(f"/api/v1/inbox/{name}-q").status_code == 404
        assert waiting(stranger, name) == []
    for path in (f"inbox/{name}-q", "inbox?status=all&limit=1000", "events?limit=1000"):
        seen = auditor.get(f"/api/v1/{path}").text
        assert f"{name}-q" in seen
        assert not any(f"{name}-{kind}-word" in seen for kind in ("subject", "question", "answer"))


def test_an_agent_asks_for_itself_and_an_operator_says_for_whom(
    admin: Client, agent: Client, name: str
) -> None:
    assert agent.refusal("inbox", agent="somebody", **QUESTION)[:2] == (403, "not_allowed")
    assert admin.refusal("inbox", **QUESTION) == (400, "invalid_input", "agent")
    assert admin.make("inbox", agent=name, **QUESTION)["agent"] == name


def test_what_cannot_be_paid_is_not_asked(agent: Client) -> None:
    assert agent.refusal("inbox", **QUESTION | {"minutes": 51}) == (402, "insufficient_funds", "price_ucr")
    assert agent.refusal("inbox", **QUESTION | {"minutes": 0}) == (400, "invalid_input", "minutes")
    assert agent.refusal("inbox", **QUESTION | {"minutes": 10_001}) == (409, "over_capacity", "minutes")
    assert agent.refusal("inbox", **QUESTION | {"subject": ""}) == (400, "invalid_input", "subject")
    assert agent.refusal("inbox", minutes=1, price_ucr=1) == (400, "invalid_input", "subject")


def test_scores_are_from_0_to_10_and_a_reward_is_of_the_days_pool(
    agent: Client, human: Client, admin: Client, name: str
) -> None:
    agent.make("inbox", id=f"{name}-q", **QUESTION)
    human.make(f"inbox/{name}-q/take")
    answer = f"inbox/{name}-q/answer"
    scores = {"interesting": 11, "useful": 1, "understandable": 1}
    assert human.refusal(answer, answer="Red.", minutes=1, scores=scores)[2] == "scores.interesting"
    left = admin.look("attention")["rewards_left_ucr"]
    refusal = human.refusal(answer, answer="Red.", minutes=1, reward_ucr=left + 1)
    assert refusal == (409, "rewards_exhausted", "reward_ucr")
    human.make(answer, answer="Red.", minutes=1, reward_ucr=5)
    assert admin.look("attention")["rewards_left_ucr"] == left - 5


def test_the_same_answer_twice_is_paid_once(agent: Client, human: Client, name: str) -> None:
    agent.make("inbox", id=f"{name}-q", **QUESTION)
    human.make(f"inbox/{name}-q/take")
    body = {"answer": "Red.", "minutes": 10, "reward_ucr": 1}
    first = human.make(f"inbox/{name}-q/answer", f"{name}-key", **body)
    assert human.make(f"inbox/{name}-q/answer", f"{name}-key", **body) == first
    assert agent.balance(name) == 801


def test_the_rules_say_who_is_paid(agent: Client, human: Client, admin: Client, name: str) -> None:
    before = admin.look("attention")
    assert (before["reserve_ucr"], before["ageing_ucr"], before["proceeds"]) == (1, 1_000_000, "burn")
    assert (before["patience_ms"], before["grace_ms"], before["lasts_ms"]) == (
        24 * HOUR_MS,
        HOUR_MS // 4,
        7 * 24 * HOUR_MS,
    )
    treasury = admin.balance("treasury")
    assert admin.make("attention", proceeds="treasury", reserve_ucr=5)["proceeds"] == "treasury"
    assert agent.refusal("inbox", **QUESTION | {"price_ucr": 4}) == (409, "below_reserve", "price_ucr")
    agent.make("inbox", id=f"{name}-q", **QUESTION)
    human.make(f"inbox/{name}-q/take")
    human.make(f"inbox/{name}-q/answer", answer="Red.", minutes=2)
    assert admin.balance("treasury") == treasury + 40
    assert admin.refusal("attention", seller="nobody") == (404, "unknown_account", "seller")
    assert admin.make("attention", proceeds="burn", reserve_ucr=1)["seller"] is None


def test_a_human_does_nothing_but_answer(human: Client) -> None:
    assert human.look("whoami")["role"] == "human"
    for path in ("agents", "events", "policy", "accounts/treasury", "spend"):
        assert human.get(f"/api/v1/{path}").status_code == 403


# Why it waits.


def test_a_question_is_explained_by_its_place_and_the_numbers_that_put_it_there(
    agent: Client, human: Client, name: str
) -> None:
    agent.make("inbox", id=f"{name}-first", minutes=1, price_ucr=100, subject="What?")
    agent.make("inbox", id=f"{name}-second", minutes=1, price_ucr=99, subject="What?")
    first = agent.look(f"explain/{name}-first")
    assert (first["about"], first["answer"]) == ("question", "waiting")
    assert agent.look(f"explain/question%2F{name}-first")["answer"] == "waiting"
    facts = agent.look(f"explain/{name}-second")["facts"]
    before = facts["place"] - 1
    assert before >= 1
    assert facts["waits_for"] == f"its turn: {before} stand before it"
    assert facts["priority_ucr"] == 99 + facts["of_that_for_waiting_ucr"]
    assert (facts["reserved_ucr"], facts["stands_before_all_that_waited_less"]) == (99, False)
    human.make(f"inbox/{name}-first/take")
    taken = agent.look(f"explain/{name}-first")["facts"]
    assert taken["waits_for"] == f"the answer of human:{name}-olga"


def test_what_became_of_a_question_is_told_from_the_journal(
    served: Served, admin: Client, agent: Client, human: Client, auditor: Client, name: str
) -> None:
    agent.make("inbox", id=f"{name}-q", **QUESTION)
    human.make(f"inbox/{name}-q/take")
    human.make(f"inbox/{name}-q/answer", answer="The blue.", minutes=4, reward_ucr=3)
    told = auditor.look(f"explain/{name}-q")
    assert told["answer"] == "answered"
    assert [event["type"].split(".")[1] for event in told["events"]] == [
        "human_asked",
        "question_taken",
        "question_answered",
        "human_reward_issued",
    ]
    assert (told["facts"]["paid_ucr"], told["facts"]["released_ucr"]) == (80, 120)
    assert "blue" not in str(told)
    key = admin.make("agents", id=f"{name}-other")["key"]
    with served.client(key) as stranger:
        assert stranger.get(f"/api/v1/explain/{name}-q").status_code in (403, 404)


def test_a_question_waits_for_minutes_where_there_are_too_few(
    agent: Client, admin: Client, human: Client, name: str
) -> None:
    admin.make("agents", id=f"{name}-rich", credits_ucr=20_000)
    big = {"agent": f"{name}-rich", "minutes": 9_900, "price_ucr": 1, "subject": "All of it?"}
    admin.make("inbox", id=f"{name}-big", **big)
    human.make(f"inbox/{name}-big/take")
    agent.make("inbox", id=f"{name}-q", minutes=200, price_ucr=1, subject="What?")
    facts = agent.look(f"explain/{name}-q")["facts"]
    free = facts["minutes_free"]
    assert facts["waits_for"] == f"minutes: {free} are free of the 200 it asks for"
    assert facts["enough_minutes_from"] is not None
    assert human.refusal(f"inbox/{name}-q/take") == (409, "attention_exhausted", "id")
    human.make(f"inbox/{name}-big/decline")
    assert agent.look(f"explain/{name}-q")["facts"]["minutes_free"] == free + 9_900
