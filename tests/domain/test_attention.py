"""The inbox: agents ask for a human, and pay for the minutes that are used."""

from hypothesis import given, settings
from hypothesis import strategies as st

from econonexus.domain import commands as c
from econonexus.domain import events as e
from econonexus.domain.attention import ATTENTION, DAY, HOUR, MINUTE, InboxRules, Scores
from econonexus.domain.kinds import BudgetMode, Mechanism, Proceeds, QuestionStatus
from econonexus.domain.refusals import Refusal
from econonexus.domain.refusals import RefusalCode as No
from tests.world import START, World, nested

CREDIT = 1_000_000
GOOD = Scores(8, 9, 7)


def office(minutes: int = 60) -> World:
    """Humans give 60 minutes an hour; ann and bob have 1,000 credits each."""
    world = World()
    world.do(
        c.DeclareResource(ATTENTION, "minute", minutes, HOUR),
        c.CreateAgent("ann", credits=1_000 * CREDIT),
        c.CreateAgent("bob", credits=1_000 * CREDIT),
    )
    return world


def asked(name: str, agent: str = "ann", minutes: int = 10, price: int = CREDIT) -> c.AskHuman:
    return c.AskHuman(name, agent, minutes, price, "Which", "one?")


def in_turn(world: World) -> list[str]:
    return [question.id for question in world.economy.state.inbox.in_turn(world.now)]


def test_a_question_reserves_what_its_minutes_cost_and_pays_for_those_used() -> None:
    world = office()
    world.do(asked("r", minutes=30, price=2 * CREDIT))
    assert (world.balance("ann"), world.available("ann")) == (1_000 * CREDIT, 940 * CREDIT)
    world.do(c.TakeQuestion("r", "olga"), c.AnswerQuestion("r", "olga", 12, "This one.", GOOD))
    assert (world.balance("ann"), world.available("ann")) == (976 * CREDIT, 976 * CREDIT)
    assert world.balance("burn") == 24 * CREDIT
    world.check_history()


def test_what_was_asked_and_answered_is_no_part_of_the_state() -> None:
    world = office()
    world.do(
        c.AskHuman("r", "ann", 5, 1, "the subject", "the question"),
        c.TakeQuestion("r", "olga"),
        c.AnswerQuestion("r", "olga", 5, "the answer", GOOD),
    )
    image = world.economy.state.image()
    assert not any(text in image for text in (b"the subject", b"the question", b"the answer"))


def test_proceeds_go_where_the_rules_say() -> None:
    world = office()
    world.do(c.OpenAccount("staff", "staff"))
    for proceeds, seller, account in (
        (Proceeds.SELLER, "staff", "staff"),
        (Proceeds.TREASURY, None, "treasury"),
    ):
        world.do(
            c.SetInboxRules(InboxRules(proceeds=proceeds, seller=seller)),
            asked(account),
            c.TakeQuestion(account, "olga"),
            c.AnswerQuestion(account, "olga", 3, "So."),
        )
        assert world.balance(account) == 3 * CREDIT


def test_a_question_keeps_its_destination_when_the_rules_change() -> None:
    world = office()
    world.do(asked("r"), c.SetInboxRules(InboxRules(proceeds=Proceeds.TREASURY)))
    world.do(c.TakeQuestion("r", "olga"), c.AnswerQuestion("r", "olga", 1, "So."))
    assert (world.balance("burn"), world.balance("treasury")) == (CREDIT, 0)


def test_minutes_that_cost_nothing_in_the_end_move_nothing() -> None:
    world = office()
    world.do(asked("r"), c.TakeQuestion("r", "olga"), c.AnswerQuestion("r", "olga", 0, "I do not know."))
    assert (world.available("ann"), world.balance("burn")) == (1_000 * CREDIT, 0)


def test_a_question_counts_in_the_budgets_above_its_agent() -> None:
    world = office()
    world.do(*nested(("team", 25 * CREDIT), ("ann", 100 * CREDIT)))
    world.do(asked("r", minutes=20))
    assert world.left("team") == 5 * CREDIT
    refusal = world.refusal(asked("s", minutes=6))
    assert (refusal.code, refusal.subject, refusal.requested, refusal.available) == (
        No.BUDGET_EXHAUSTED,
        "team",
        6 * CREDIT,
        5 * CREDIT,
    )
    world.do(c.TakeQuestion("r", "olga"), c.AnswerQuestion("r", "olga", 20, "So."))
    assert (world.budget("team").spent, world.budget("team").held) == (20 * CREDIT, 0)


def test_a_soft_budget_is_overrun_and_says_so() -> None:
    world = office()
    world.do(c.CreateBudget("ann", 4 * CREDIT, mode=BudgetMode.SOFT, alerts=()))
    overrun, made = world.do(asked("r"))
    assert overrun == e.BudgetOverrun("ann", BudgetMode.SOFT, 10 * CREDIT, 4 * CREDIT)
    assert made.budgets == ("ann",)


# The order.


def test_questions_wait_in_the_order_of_pay_and_time() -> None:
    """Two credits a minute and an hour of waiting are three."""
    world = office()
    world.do(asked("early", price=2 * CREDIT))
    world.wait(HOUR - MINUTE)
    world.do(asked("sooner", "bob", price=3 * CREDIT))
    world.wait(2 * MINUTE)
    world.do(asked("later", "bob", price=3 * CREDIT))
    assert in_turn(world) == ["sooner", "early", "later"]


def test_after_a_day_the_oldest_comes_first_whatever_the_others_pay() -> None:
    world = office()
    world.do(asked("poor", price=1))
    world.wait(DAY - 1)
    world.do(asked("rich", "bob", minutes=1, price=900 * CREDIT))
    assert in_turn(world) == ["rich", "poor"]
    world.wait(1)
    assert in_turn(world) == ["poor", "rich"]


def test_other_rules_order_what_waits_already() -> None:
    world = office()
    world.do(asked("poor", price=1))
    world.wait(HOUR)
    world.do(asked("rich", "bob", price=2))
    assert in_turn(world) == ["poor", "rich"]
    world.do(c.SetInboxRules(InboxRules(ageing=0)))
    assert in_turn(world) == ["rich", "poor"]


def test_a_question_that_comes_back_stands_where_it_was() -> None:
    world = office()
    world.do(asked("first"), asked("second"), c.TakeQuestion("first", "olga"))
    assert in_turn(world) == ["second"]
    world.wait(25 * MINUTE)
    assert in_turn(world) == ["first", "second"]


# Taking.


def test_what_one_human_has_taken_no_other_answers() -> None:
    world = office()
    world.do(asked("r"), c.TakeQuestion("r", "olga"))
    for command in (
        c.TakeQuestion("r", "max"),
        c.AnswerQuestion("r", "max", 1, "So."),
        c.DeclineQuestion("r", "max"),
        c.WithdrawQuestion("r", "ann"),
    ):
        assert world.code(command) is No.QUESTION_TAKEN


def test_a_lease_lasts_for_the_minutes_and_a_quarter_of_an_hour_more() -> None:
    world = office()
    (taken,) = world.do(asked("r", minutes=30), c.TakeQuestion("r", "olga"))
    assert taken.until == START + 45 * MINUTE
    assert world.wait(45 * MINUTE - 1) == []
    assert world.wait(1) == [e.QuestionReturned("r", "ann", "olga")]
    assert world.code(c.AnswerQuestion("r", "olga", 1, "So.")) is No.QUESTION_NOT_TAKEN
    world.do(c.TakeQuestion("r", "max"))


def test_who_has_a_question_may_keep_it_longer_but_not_beyond_its_deadline() -> None:
    world = office()
    world.do(c.AskHuman("r", "ann", 10, 1, "Which", expires_at=START + 30 * MINUTE))
    world.do(c.TakeQuestion("r", "olga"))
    world.wait(20 * MINUTE)
    (taken,) = world.do(c.TakeQuestion("r", "olga"))
    assert taken.until == START + 30 * MINUTE
    # Then it comes back, and expires at once.
    assert [type(event) for event in world.wait(10 * MINUTE)] == [e.QuestionReturned, e.QuestionExpired]


def test_who_took_a_question_in_time_may_answer_it_after_its_deadline() -> None:
    world = office()
    world.do(c.AskHuman("r", "ann", 10, 1, "Which", expires_at=START + 5 * MINUTE))
    world.do(c.TakeQuestion("r", "olga"))
    world.wait(20 * MINUTE)
    (taken,) = world.do(c.TakeQuestion("r", "olga"))
    assert taken.until == START + 25 * MINUTE
    world.do(c.AnswerQuestion("r", "olga", 10, "This one."))


def test_humans_promise_no_more_minutes_than_they_give() -> None:
    """60 minutes an hour: 40 are taken, 20 are left; what is taken counts for an hour from then on."""
    world = office()
    world.do(asked("a", minutes=40), asked("b", minutes=21), c.TakeQuestion("a", "olga"))
    refusal = world.refusal(c.TakeQuestion("b", "max"))
    assert (refusal.code, refusal.requested, refusal.available) == (No.ATTENTION_EXHAUSTED, 21, 20)
    # 25 of the 40 were used: 35 are free.
    world.do(c.AnswerQuestion("a", "olga", 25, "So."), c.TakeQuestion("b", "max"))
    world.do(asked("c", minutes=15))
    assert world.refusal(c.TakeQuestion("c", "olga")).available == 14
    world.wait(HOUR)  # The lease of b has lapsed, and the hour of a is over.
    world.do(c.TakeQuestion("b", "max"), c.TakeQuestion("c", "olga"))


def test_minutes_are_free_again_when_a_question_is_declined_or_comes_back() -> None:
    world = office()
    world.do(asked("a", minutes=60), asked("b", minutes=60), c.TakeQuestion("a", "olga"))
    assert world.refusal(c.TakeQuestion("b", "olga")).available == 0
    world.do(c.DeclineQuestion("a", "olga"))
    (taken,) = world.do(c.TakeQuestion("b", "olga"))
    assert taken.minutes == 60
    (returned,) = world.wait(75 * MINUTE)
    assert isinstance(returned, e.QuestionReturned)
    world.do(asked("d", minutes=60))
    (taken,) = world.do(c.TakeQuestion("d", "olga"))
    assert (taken.question, taken.minutes) == ("d", 60)


def test_minutes_sold_by_auction_are_not_promised_again() -> None:
    world = office()
    world.do(
        c.CreateMarket("talks", (ATTENTION,), Mechanism.UNIFORM_PRICE),
        c.AnnounceAuction("talk", "talks", {ATTENTION: 45}, START + 10),
        asked("r", minutes=16),
    )
    assert world.refusal(c.TakeQuestion("r", "olga")).available == 15


# How a question ends without an answer.


def test_declined_withdrawn_or_expired_a_question_costs_nothing() -> None:
    world = office()
    world.do(asked("declined"), asked("withdrawn"), asked("expired"), asked("taken"))
    assert world.available("ann") == 960 * CREDIT
    world.do(c.TakeQuestion("taken", "olga"), c.DeclineQuestion("taken", "olga", "Not my field."))
    world.do(c.DeclineQuestion("declined", "olga"), c.WithdrawQuestion("withdrawn", "ann"))
    assert world.available("ann") == 990 * CREDIT
    assert world.wait(7 * DAY) == [e.QuestionExpired("expired", "ann", "ann", 10 * CREDIT)]
    assert world.available("ann") == world.balance("ann") == 1_000 * CREDIT
    ended = world.economy.state.inbox.ended
    assert {name: question.status for name, question in ended.items()} == {
        "taken": QuestionStatus.DECLINED,
        "declined": QuestionStatus.DECLINED,
        "withdrawn": QuestionStatus.WITHDRAWN,
        "expired": QuestionStatus.EXPIRED,
    }


def test_a_question_waits_for_a_week_unless_it_says_otherwise() -> None:
    world = office()
    world.do(asked("week"), c.AskHuman("hour", "ann", 1, 1, "Which", expires_at=START + HOUR))
    assert [event.question for event in world.wait(HOUR)] == ["hour"]
    assert world.wait(7 * DAY - HOUR - 1) == []
    assert [event.question for event in world.wait(1)] == ["week"]


# Rewards.


def rewarded(world: World, name: str, reward: int, agent: str = "ann") -> tuple[e.Event, ...] | Refusal:
    world.do(asked(name, agent, minutes=1, price=1), c.TakeQuestion(name, "olga"))
    return world.submit(c.AnswerQuestion(name, "olga", 0, "Well asked.", GOOD, reward))


def test_a_human_may_reward_in_new_credits() -> None:
    world = office()
    happened = rewarded(world, "r", 5 * CREDIT)
    assert isinstance(happened, tuple)
    assert happened[-1] == e.HumanRewardIssued(
        "r", "ann", "olga", "mint", "ann", 5 * CREDIT, 0, 5 * CREDIT, 100 * CREDIT
    )
    assert world.balance("ann") == 1_005 * CREDIT
    assert world.economy.state.ledger.supply("credit") == 2_005 * CREDIT
    world.check_history()


def test_a_day_has_a_pool_of_a_hundred_credits() -> None:
    world = office()
    rewarded(world, "a", 60 * CREDIT)
    rewarded(world, "b", 40 * CREDIT, "bob")
    refusal = rewarded(world, "c", 1)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.requested, refusal.available) == (No.REWARDS_EXHAUSTED, 1, 0)
    # The day is that of UTC, and the world began in the first microsecond of one.
    world.wait(DAY - START - 1)
    assert isinstance(rewarded(world, "d", 1), Refusal)
    world.wait(1)
    assert not isinstance(rewarded(world, "e", 100 * CREDIT), Refusal)


def test_an_answer_whose_reward_is_refused_is_not_given() -> None:
    world = office()
    assert isinstance(rewarded(world, "r", 101 * CREDIT), Refusal)
    assert world.economy.state.inbox.by_id["r"].status is QuestionStatus.TAKEN


def test_a_reward_repays_debt_first() -> None:
    world = office()
    world.do(c.SetCreditLine("ann", 10), c.DrawCredit("ann", 10))
    happened = rewarded(world, "r", 4)
    assert isinstance(happened, tuple)
    assert happened[-1] == e.DebtRepaid("ann", "debt:ann", 4)


def test_an_agent_without_a_wallet_asks_and_is_rewarded_on_its_teams() -> None:
    world = office()
    world.do(c.CreateTeam("crew"), c.Mint("crew", 100), c.CreateAgent("sam", "crew", wallet=False))
    world.do(asked("r", "sam", 10, 10), c.TakeQuestion("r", "olga"))
    world.do(c.AnswerQuestion("r", "olga", 3, "So.", GOOD, 7))
    assert world.balance("crew") == 100 - 30 + 7


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(1, 60 * CREDIT), st.integers(0, DAY // 3)), max_size=25))
def test_the_pool_of_a_day_is_never_exceeded(rewards: list[tuple[int, int]]) -> None:
    world = office(1_000)
    given_on: dict[int, int] = {}
    for number, (reward, pause) in enumerate(rewards):
        world.wait(pause)
        day, before = world.now // DAY, given_on.get(world.now // DAY, 0)
        happened = rewarded(world, f"r{number}", reward)
        if isinstance(happened, Refusal):
            assert before + reward > 100 * CREDIT
        else:
            given_on[day] = before + reward
            assert given_on[day] <= 100 * CREDIT
    world.check_history()


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.integers(1, 60), st.integers(1, 10**6), st.integers(0, 60), st.integers(0, HOUR)),
        max_size=20,
    )
)
def test_what_was_reserved_is_paid_or_released_to_the_last_unit(
    asked_: list[tuple[int, int, int, int]],
) -> None:
    world = office()
    paid = 0
    for number, (minutes, price, used, pause) in enumerate(asked_):
        name = f"r{number}"
        world.do(asked(name, minutes=minutes, price=price))
        world.wait(pause)
        if not isinstance(world.submit(c.TakeQuestion(name, "olga")), Refusal):
            used = min(used, minutes)
            world.do(c.AnswerQuestion(name, "olga", used, "So."))
            paid += used * price
    world.wait(8 * DAY)
    assert world.available("ann") == world.balance("ann") == 1_000 * CREDIT - paid
    assert not world.economy.state.inbox.by_id
