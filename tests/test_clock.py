"""The machine of story time, driven through generated days by a simulated bot: no real time passes here."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.clock import Due, Late, Nothing, Quiet, StoryClock, Stuck, Timer, real_ms, wall_ms

START_MS = 1_767_603_600_000
SETTLE_MS = 50
PATIENCE_MS = 2_000
EPSILON_MS = 1e-3


@dataclass(frozen=True)
class Answering:
    """How the bot takes one act."""

    ack_ms: float
    """Real time until the HTTP answer."""
    fails: int
    """How many attempts end badly before one does not; each is retried, minutes of story time later."""
    replies: tuple[float, ...]
    """When calls come, from the attempt that went well; also after its answer, as from a background task."""
    call_ms: float
    """How long each call is in work."""
    receipts: tuple[int, ...]
    """After each call an event follows, so much later in story time."""


@dataclass(frozen=True)
class Exchange:
    """An act, what is expected of the bot, and how long the story then waits."""

    wait_ms: int
    answering: Answering
    within_ms: int | None


@dataclass
class Bot:
    """A simulated bot and its network over one clock; it keeps its own account of what is open, due and waited for."""

    clock: StoryClock
    now: float = 0.0
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    order: itertools.count[int] = field(default_factory=itertools.count)
    pending: list[Timer] = field(default_factory=list)
    open_attempts: int = 0
    calls: int = 0
    sign: float = 0.0
    last_attempt: float = -math.inf
    replies: int = 0
    taken: list[tuple[int, float]] = field(default_factory=list)
    jumps: int = 0

    def after(self, delay: float, do: Callable[[], None]) -> None:
        heapq.heappush(self.events, (self.now + delay, next(self.order), do))

    def schedule(self, due_ms: int, what: object, kind: str, *, is_prompt: bool = False) -> None:
        self.pending.append(self.clock.schedule(due_ms, what, kind=kind, is_prompt=is_prompt))  # type: ignore[arg-type]

    def is_retry_due(self) -> bool:
        return any(timer.kind == "retry" for timer in self.pending)

    def fire(self, timer: Timer, answering: Answering, tried: int) -> None:
        self.open_attempts += 1
        if timer.kind in ("act", "retry"):
            self.last_attempt = self.now
        goes_well = timer.kind == "receipt" or tried >= answering.fails

        def close() -> None:
            self.open_attempts -= 1
            self.sign = self.now
            if not goes_well:
                self.schedule(timer.due_ms + 300_000 * (tried + 1), (answering, tried + 1), "retry")
            self.clock.closed(timer, self.now)

        self.after(answering.ack_ms, close)
        if goes_well and timer.kind != "receipt":
            for number, delay in enumerate(answering.replies):
                self.after(delay, lambda number=number: self.call(timer, answering, number))

    def call(self, timer: Timer, answering: Answering, number: int) -> None:
        self.calls += 1
        self.sign = self.now
        self.clock.call_began(self.now)

        def end() -> None:
            self.calls -= 1
            self.sign = self.now
            self.replies += 1
            if number < len(answering.receipts):
                self.schedule(timer.due_ms + 1 + number + answering.receipts[number], (answering, 0), "receipt")
            self.clock.call_ended(self.now)

        self.after(answering.call_ms, end)

    def sleep(self, until: float | None) -> None:
        """Let real time pass to whichever comes first: what the clock waits for, or the bot's next deed."""
        nexts = [at for at, _, _ in self.events[:1]] + ([until] if until is not None else [])
        assert nexts, "the clock waits for ever, and nothing will come"
        assert until is None or until > self.now - EPSILON_MS
        self.now = max(self.now, min(nexts))
        while self.events and self.events[0][0] <= self.now:
            heapq.heappop(self.events)[2]()


def take(bot: Bot, timer: Timer, before_ms: int, *, is_waiting: bool) -> None:
    """Check the moment at which a timer was taken, and let the bot have it."""
    assert all((other.due_ms, other.seq) >= (timer.due_ms, timer.seq) for other in bot.pending), "jumped over a cause"
    assert bot.clock.now_ms(bot.now) >= timer.due_ms, "early"
    if timer.due_ms > before_ms + 1 and not timer.is_prompt:
        bot.jumps += 1
        assert bot.open_attempts == 0
        assert bot.calls == 0
        assert bot.now >= bot.sign + SETTLE_MS - EPSILON_MS
        assert not is_waiting or timer.kind == "retry" or bot.is_retry_due()
    bot.pending.remove(timer)
    bot.taken.append((timer.due_ms, bot.now))


def play(exchanges: list[Exchange]) -> Bot:
    """Play the exchanges on an instant clock, checking each signal against the bot's own account."""
    bot = Bot(StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS))
    cursor = START_MS
    keys = itertools.count(1)
    for exchange in exchanges:
        cursor += exchange.wait_ms
        if exchange.wait_ms:
            bot.schedule(cursor, None, "wake")
            drive(bot, None, lambda signal: isinstance(signal, Due) and signal.timer.kind == "wake")
        bot.schedule(cursor, (exchange.answering, 0), "act", is_prompt=True)
        if exchange.within_ms is not None:
            expect(bot, next(keys), exchange)
    key = next(keys)
    bot.clock.want_quiet(key, scopes=(0,), real_ms=bot.now)
    drive(bot, None, lambda signal: isinstance(signal, Quiet))
    assert not [timer for timer in bot.pending if timer.kind != "wake"], "quiet, and yet more was to come"
    assert bot.now >= bot.sign + SETTLE_MS - EPSILON_MS
    return bot


def expect(bot: Bot, key: int, exchange: Exchange) -> None:
    """Wait for one more reply than there was, and check when the clock gives it up."""
    assert exchange.within_ms is not None
    heard, since = bot.replies, bot.now
    bot.clock.expect(key, within_ms=exchange.within_ms, scopes=(0,), real_ms=bot.now)
    signal = drive(bot, lambda: bot.replies > heard, lambda signal: isinstance(signal, Late))
    if signal is None:
        bot.clock.met(key, bot.now)
        return
    deadline = max(since, bot.last_attempt) + exchange.within_ms
    assert bot.now >= deadline - EPSILON_MS, "judged too early"
    assert bot.now <= deadline + SETTLE_MS + EPSILON_MS, "waited past the deadline"
    assert not bot.is_retry_due(), "given up although a retry is due"


def drive(bot: Bot, is_met: Callable[[], bool] | None, is_end: Callable[[object], bool]) -> object:
    """Do what the clock says until it says the end, or until the condition holds; each signal is checked."""
    before = bot.clock.now_ms(bot.now)
    for _ in range(10_000):
        if is_met is not None and is_met():
            return None
        before = bot.clock.now_ms(bot.now)
        signal = bot.clock.next(bot.now)
        match signal:
            case Due(timer):
                take(bot, timer, before, is_waiting=is_met is not None)
                if timer.kind != "wake":
                    bot.fire(timer, *timer.what)
            case Nothing(until):
                bot.sleep(until)
            case Quiet() | Late() | Stuck():
                assert is_end(signal), signal
        if not isinstance(signal, Nothing) and is_end(signal):
            return signal
    raise AssertionError("the clock never comes to an end")


milliseconds = st.floats(min_value=0, max_value=900, allow_nan=False)
answerings = st.builds(
    Answering,
    ack_ms=milliseconds,
    fails=st.integers(0, 3),
    replies=st.lists(milliseconds, max_size=3).map(lambda delays: tuple(sorted(delays))),
    call_ms=st.floats(min_value=0, max_value=40, allow_nan=False),
    receipts=st.lists(st.integers(0, 5_000), max_size=3).map(tuple),
)
exchanges = st.builds(
    Exchange,
    wait_ms=st.sampled_from([0, 0, 1, 5_000, 21_600_000]),
    answering=answerings,
    within_ms=st.one_of(st.none(), st.integers(1, 1_500)),
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(exchanges, min_size=1, max_size=5))
def test_every_signal_keeps_the_rules_whatever_the_bot_does(story: list[Exchange]) -> None:
    bot = play(story)

    assert len(bot.taken) >= len(story)


@settings(max_examples=100, deadline=None)
@given(st.lists(exchanges, min_size=1, max_size=4), st.integers(1, 40))
def test_a_slower_bot_changes_no_due_time(story: list[Exchange], slowness: int) -> None:
    patient = [Exchange(e.wait_ms, Answering(e.answering.ack_ms, e.answering.fails, (), 0, ()), None) for e in story]
    slow = [
        Exchange(e.wait_ms, Answering(e.answering.ack_ms * slowness, e.answering.fails, (), 0, ()), None)
        for e in patient
    ]

    quick_dues = sorted(due for due, _ in play(patient).taken)
    slow_dues = sorted(due for due, _ in play(slow).taken)

    assert quick_dues == slow_dues


def test_hours_of_story_time_take_a_settling_time_each() -> None:
    at_once = Answering(ack_ms=1, fails=0, replies=(0.5,), call_ms=0.1, receipts=())
    bot = play([Exchange(21_600_000, at_once, 1_000) for _ in range(10)])

    assert bot.now < 10 * (SETTLE_MS + 2) + SETTLE_MS + 1
    assert bot.taken[-1][0] == START_MS + 10 * 21_600_000


def test_three_failed_deliveries_and_a_background_reply_take_no_time_to_speak_of() -> None:
    answering = Answering(ack_ms=2, fails=3, replies=(30.0,), call_ms=1, receipts=(500,))
    bot = play([Exchange(0, answering, 5_000)])

    assert bot.replies == 1
    assert bot.now < 6 * (SETTLE_MS + 40)


def test_a_bot_that_never_stops_is_told_with_what_goes_on() -> None:
    bot = Bot(StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS, patience_ms=PATIENCE_MS))
    chatter = Answering(ack_ms=1, fails=0, replies=(), call_ms=1, receipts=())

    def talk() -> None:
        bot.call(Timer(START_MS, 0, "act", 0, None), chatter, 9)
        bot.after(20, talk)

    bot.after(0, talk)
    bot.clock.want_quiet(1, scopes=(0,), real_ms=0.0)
    signal = drive(bot, None, lambda signal: isinstance(signal, Stuck))

    assert isinstance(signal, Stuck)
    assert signal.key == 1
    assert "call" in signal.goes_on
    assert PATIENCE_MS <= bot.now <= PATIENCE_MS + 100


def test_a_bot_that_never_stops_cannot_hold_up_a_wait_for_ever() -> None:
    bot = Bot(StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS, patience_ms=PATIENCE_MS))
    chatter = Answering(ack_ms=1, fails=0, replies=(), call_ms=1, receipts=())

    def talk() -> None:
        bot.call(Timer(START_MS, 0, "act", 0, None), chatter, 9)
        bot.after(20, talk)

    bot.after(0, talk)
    bot.schedule(START_MS + 21_600_000, None, "wake")
    signal = drive(bot, None, lambda signal: isinstance(signal, Stuck))

    assert isinstance(signal, Stuck)
    assert signal.key is None


def test_a_background_reply_has_its_whole_time_before_the_clock_passes_on() -> None:
    """The wait of hours behind the expectation must not begin while the reply may still come."""
    late_reply = Answering(ack_ms=1, fails=0, replies=(900.0,), call_ms=1, receipts=())
    at_once = Answering(ack_ms=1, fails=0, replies=(1.0,), call_ms=1, receipts=())
    bot = play([Exchange(0, late_reply, 1_000), Exchange(21_600_000, at_once, 1_000)])

    assert bot.replies == 2


@pytest.mark.parametrize(("pace", "real_until"), [(1.0, 60_000), (10.0, 6_000 + 0.9 * SETTLE_MS)])
def test_a_finite_pace_stretches_idle_time(pace: float, real_until: float) -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0, pace=pace, settle_ms=SETTLE_MS)
    clock.schedule(60_000, None, kind="wake")
    now = 0.0
    while isinstance(signal := clock.next(now), Nothing):
        assert signal.until_ms is not None
        now = max(signal.until_ms, now)

    assert isinstance(signal, Due)
    assert now == pytest.approx(real_until, abs=0.01)


def test_an_attempt_is_open_from_the_moment_it_is_taken() -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(0, "hello", kind="act")
    clock.schedule(3_600_000, None, kind="wake")
    taken = clock.next(1_000.0)

    assert isinstance(taken, Due)
    assert clock.open_attempts == 1
    assert isinstance(clock.next(5_000.0), Nothing)


def test_a_deadline_in_the_moment_of_a_timeout_waits_for_the_retry() -> None:
    """A bot that lets the first attempt hang answers the second; both last as long as the expectation."""
    clock = StoryClock(start_ms=0, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(0, "hello", kind="act")
    first = clock.next(0.0)
    assert isinstance(first, Due)
    clock.expect(1, within_ms=5_000, scopes=(0,), real_ms=0.0)

    assert isinstance(clock.next(5_000.5), Nothing)
    clock.schedule(5_000, "hello", kind="retry")
    clock.closed(first.timer, 5_001.0)
    assert isinstance(clock.next(5_001.0), Due)


def test_an_attempt_that_is_put_off_takes_no_time_from_the_bot() -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0)
    clock.schedule(0, "act", kind="act")
    act = clock.next(0.0)
    assert isinstance(act, Due)
    clock.expect(1, within_ms=1_000, real_ms=0.0)

    clock.put_off(act.timer, 10.0, wait_ms=2_000)
    clock.closed(act.timer, 2_100.0)

    assert isinstance(clock.next(3_009.0), Nothing)
    assert clock.next(3_011.0) == Late(1)


def test_a_reply_in_that_moment_still_counts_as_late() -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(0, "hello", kind="act")
    clock.next(0.0)
    clock.expect(1, within_ms=1_000, scopes=(0,), real_ms=0.0)

    assert not clock.is_late(1, 1_000.0)
    assert clock.is_late(1, 1_000.1)


def test_silence_is_a_stretch_of_real_time_that_no_attempt_moves() -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.expect(1, within_ms=1_000, scopes=(0,), real_ms=0.0, is_fixed=True)
    clock.schedule(0, "a receipt", kind="act")
    clock.next(400.0)

    assert clock.next(1_000.0) == Late(1)


def test_due_times_of_one_moment_go_in_the_order_in_which_they_were_set() -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0)
    for name in ("first", "second", "third"):
        clock.schedule(0, name, kind="act")
    taken = [clock.next(0.0) for _ in range(3)]

    assert [signal.timer.what for signal in taken if isinstance(signal, Due)] == ["first", "second", "third"]


def test_the_system_clocks_go_forward() -> None:
    before = real_ms()

    assert real_ms() >= before
    assert wall_ms() > START_MS


def test_time_does_not_pass_over_a_receipt_while_somebody_waits_for_the_bot() -> None:
    clock = StoryClock(start_ms=0, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(60_000, "a receipt", kind="receipt")
    clock.expect(1, within_ms=2_000, scopes=(0,), real_ms=0.0)

    assert clock.next(1_000.0) == Nothing(2_000.0)
    assert clock.next(2_000.0) == Late(1)
    assert isinstance(clock.next(2_000.0), Due)


def test_a_story_of_many_waits_is_not_taken_for_a_restless_bot() -> None:
    """Each wait takes a settling time of work; they add up to more than the patience, with a pause after each."""
    clock = StoryClock(start_ms=0, real_ms=0.0, settle_ms=SETTLE_MS, patience_ms=PATIENCE_MS)
    now = 0.0
    for hour in range(3 * PATIENCE_MS // SETTLE_MS):
        clock.schedule(hour * 3_600_000, "hello", kind="act")
        clock.schedule((hour + 1) * 3_600_000, None, kind="wake")
        signals = []
        while not signals or not isinstance(signals[-1], Due) or signals[-1].timer.kind != "wake":
            signals.append(clock.next(now))
            assert not isinstance(signals[-1], Stuck)
            if isinstance(signals[-1], Nothing):
                now = signals[-1].until_ms or now
            elif isinstance(signals[-1], Due) and signals[-1].timer.is_attempt:
                now += 1
                clock.closed(signals[-1].timer, now)

    assert now > 3 * PATIENCE_MS


def test_receipts_that_a_restless_bot_causes_are_no_progress() -> None:
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS, patience_ms=PATIENCE_MS)
    clock.schedule(START_MS + 21_600_000, None, kind="wake")
    signal: object = None
    for now in range(0, 3 * PATIENCE_MS, 20):
        clock.call_began(now)
        clock.schedule(START_MS, "a receipt", kind="receipt")
        clock.call_ended(now)
        while isinstance(signal := clock.next(now), Due):
            clock.closed(signal.timer, now)
        if isinstance(signal, Stuck):
            break

    assert isinstance(signal, Stuck)


# --- streams, which nobody waits for ---------------------------------------------------------------------------------


def streaming(count: int, *, pace: float = math.inf, every_ms: int = 60_000) -> StoryClock:
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, pace=pace, settle_ms=SETTLE_MS)
    for number in range(count):
        clock.schedule(START_MS + number * every_ms, number, kind="stream")
    return clock


def taken(clock: StoryClock, now: float) -> list[Timer]:
    found = []
    while isinstance(signal := clock.next(now), Due):
        found.append(signal.timer)
    return found


def test_stream_passes_over_time_at_once_once_all_is_settled_and_no_more_than_64_of_it_are_open() -> None:
    clock = streaming(200)
    at_the_start, settled = taken(clock, 0.0), taken(clock, SETTLE_MS)
    clock.closed(settled[0], SETTLE_MS + 1)
    clock.closed(settled[5], SETTLE_MS + 1)
    after_two_ended = taken(clock, SETTLE_MS + 1)

    assert [timer.what for timer in at_the_start] == [0]
    assert [timer.what for timer in settled] == list(range(1, 64))
    assert [timer.what for timer in after_two_ended] == [64, 65]


def test_stream_is_held_up_by_nobody_where_the_clock_keeps_real_time() -> None:
    assert len(taken(streaming(200, pace=1, every_ms=0), 0.0)) == 200


def test_nothing_waits_for_a_stream() -> None:
    clock = streaming(10)
    taken(clock, SETTLE_MS)
    clock.want_quiet(1, scopes=(0,), real_ms=SETTLE_MS)

    assert clock.next(SETTLE_MS) == Quiet(1)


def test_end_of_the_story_waits_for_the_rest_of_its_streams() -> None:
    clock = streaming(1)
    clock.want_quiet(1, scopes=(0,), real_ms=0.0, with_aside=True)
    [timer] = taken(clock, SETTLE_MS)
    before = clock.next(SETTLE_MS + 1)
    clock.closed(timer, SETTLE_MS + 2)

    assert before == Nothing(None)
    assert clock.next(SETTLE_MS + 2) == Quiet(1)


def test_what_is_due_now_passes_a_stream_that_is_full_and_what_comes_later_does_not() -> None:
    clock = streaming(65, every_ms=0)
    taken(clock, SETTLE_MS)
    clock.schedule(START_MS, "now", kind="act")
    clock.schedule(START_MS + 3_600_000, "later", kind="act", is_prompt=True)
    first = taken(clock, SETTLE_MS)

    assert [timer.what for timer in first] == ["now"]


def test_stream_does_not_pass_over_time_while_somebody_waits_for_the_bot() -> None:
    clock = streaming(3)
    clock.expect(1, within_ms=1_000, scopes=(0,), real_ms=0.0)
    during = taken(clock, SETTLE_MS)

    assert [timer.what for timer in during] == [0]
    assert clock.next(1_000.0) == Late(1)
    assert [timer.what for timer in taken(clock, 1_000.0)] == [1, 2]


@pytest.mark.parametrize("pace", [1.0, 10.0])
def test_clock_tells_how_far_behind_it_is(pace: float) -> None:
    clock = streaming(2, pace=pace, every_ms=1_000)
    taken(clock, 0.0)
    taken(clock, SETTLE_MS + (1_000 - SETTLE_MS) / pace + 3.0)

    assert clock.behind_ms(START_MS + 1_000) == pytest.approx(3.0)
    assert streaming(1).behind_ms(START_MS - 5_000) == 0.0


def test_real_time_adds_up_without_an_error_over_a_day() -> None:
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, pace=1.0, settle_ms=SETTLE_MS)
    clock.schedule(START_MS + 86_400_000, None, kind="wake")
    for number in range(1, 300_000):
        clock.now_ms(number * 288.0001)
    signal = clock.next(86_399_999.999)

    assert isinstance(signal, Nothing)
    assert signal.until_ms == pytest.approx(86_400_000, abs=1e-5)


# --- strands, each of which has its own exchanges --------------------------------------------------------------------


def test_quiet_and_deadlines_of_a_strand_hang_on_its_own_exchanges() -> None:
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(START_MS + 3_600_000, "a retry", kind="retry", scope=2)
    clock.want_quiet(1, scopes=(1, 0), real_ms=0.0)
    clock.want_quiet(2, scopes=(2, 0), real_ms=0.0)
    clock.expect(3, within_ms=20, scopes=(2, 0), real_ms=0.0)
    clock.expect(4, within_ms=20, scopes=(1, 0), real_ms=0.0)

    assert clock.next(20.0) == Late(4)
    assert clock.next(SETTLE_MS) == Quiet(1)
    assert isinstance(clock.next(SETTLE_MS), Due)


def test_what_is_still_to_come_of_a_strand_belongs_to_the_whole_once_it_has_ended() -> None:
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(START_MS + 3_600_000, "a receipt", kind="receipt", scope=2)
    clock.fold(2, 1)
    clock.fold(1, 0)
    clock.want_quiet(1, scopes=(0,), real_ms=0.0)
    first = clock.next(SETTLE_MS)
    assert isinstance(first, Due)
    clock.closed(first.timer, SETTLE_MS)

    assert clock.root(2) == 0
    assert clock.next(3 * SETTLE_MS) == Quiet(1)


def test_receipts_that_were_on_their_way_do_not_try_the_patience_of_who_waits_for_quiet() -> None:
    """Six hundred of them, each of which needs a settling time: more than the patience altogether."""
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS, patience_ms=PATIENCE_MS)
    for number in range(600):
        clock.schedule(START_MS + number * 1_000, number, kind="receipt")
    clock.want_quiet(1, scopes=(0,), real_ms=0.0)
    now, signal = 0.0, clock.next(0.0)
    while not isinstance(signal, Quiet):
        assert not isinstance(signal, Stuck)
        if isinstance(signal, Due):
            now += 1
            clock.closed(signal.timer, now)
        elif isinstance(signal, Nothing):
            now = signal.until_ms or now
        signal = clock.next(now)

    assert now > 10 * PATIENCE_MS


def test_what_is_kept_back_goes_when_nothing_else_is_due() -> None:
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS)
    clock.schedule(START_MS, "kept back", kind="act")
    first = clock.next(0.0)
    assert isinstance(first, Due)
    clock.hold(first.timer)
    clock.schedule(START_MS + 5_000, "another", kind="act")
    clock.want_quiet(1, scopes=(0,), real_ms=0.0)
    second = clock.next(SETTLE_MS)
    assert isinstance(second, Due)
    clock.closed(second.timer, SETTLE_MS)
    third = clock.next(3 * SETTLE_MS)

    assert second.timer.what == "another"
    assert isinstance(third, Due)
    assert third.timer.what == "kept back"


def test_a_thousand_who_wait_are_not_all_looked_at_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from simulator.clock.deadlines import Deadlines

    looked: list[int] = []
    judged = Deadlines._judged_ms
    monkeypatch.setattr(Deadlines, "_judged_ms", lambda self, each: looked.append(1) or judged(self, each))
    clock = StoryClock(start_ms=START_MS, real_ms=0.0, settle_ms=SETTLE_MS)
    for number in range(1_000):
        clock.expect(number, within_ms=1_000 + number, scopes=(number,), real_ms=0.0)
    for now in range(1_000):
        clock.next(float(now))
    late = [clock.next(5_000.0) for _ in range(1_000)]

    assert len(looked) <= 2_000
    assert late == [Late(number) for number in range(1_000)]
