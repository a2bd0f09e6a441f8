"""One answer for each caller, whoever is woken first, and also when one of them is interrupted."""

import signal
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread, get_ident
from types import FrameType

import pytest

from server.store.promise import Promise


def test_everybody_gets_his_own_answer() -> None:
    promises: list[Promise[int]] = [Promise() for _ in range(20)]
    with ThreadPoolExecutor(20) as callers:
        waiting = [callers.submit(promise.wait) for promise in reversed(promises)]
        Promise.keep(promises, range(20))
        assert [one.result(10) for one in waiting] == list(reversed(range(20)))


def test_an_answer_may_come_before_it_is_waited_for() -> None:
    promise: Promise[str] = Promise()
    Promise.keep([promise], ["here"])
    assert promise.wait() == "here"


def test_an_error_is_raised_where_it_is_waited_for() -> None:
    heard: list[Exception] = []
    promise: Promise[str] = Promise(heard.append)
    error = OSError("gone")
    promise.fail(error)
    assert heard == [error]
    with pytest.raises(OSError, match="gone"):
        promise.wait()


def test_as_many_answers_as_promises() -> None:
    with pytest.raises(ValueError, match="shorter"):
        Promise.keep([Promise(), Promise()], [1])


def test_an_interrupted_caller_holds_nobody_up() -> None:
    first, second = Promise[int](), Promise[int]()
    here, interrupted = get_ident(), Event()

    def hear(_: int, frame: FrameType | None) -> None:
        if frame and frame.f_code.co_name == "_pass_on" and not interrupted.is_set():
            interrupted.set()
            raise KeyboardInterrupt

    def insist() -> None:
        while not interrupted.wait(0.01):
            signal.pthread_kill(here, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, hear)
    thread = Thread(target=insist)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            first.wait()
    finally:
        interrupted.set()
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    Promise.keep([first, second], [1, 2])
    assert second.wait() == 2
