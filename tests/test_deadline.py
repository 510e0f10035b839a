"""A time limit on code that has none of its own."""

import sys

import pytest

from explorer.deadline import OutOfTimeError, deadline


def endless():
    def call():
        try:
            call.count += 1
        except Exception:  # as a library may hold up what it does not know
            return

    call.count = 0
    while True:
        call()


def test_what_takes_too_long_is_broken_off():
    with pytest.raises(OutOfTimeError), deadline(0.05):
        endless()


def test_what_is_done_in_time_is_left_alone_and_nothing_stays_behind():
    before = sys.gettrace()
    with deadline(600):
        done = sum(map(int, "123"))
    assert done == 6
    assert sys.gettrace() is before


def test_nothing_stays_behind_after_a_failure():
    before = sys.gettrace()
    with pytest.raises(OutOfTimeError), deadline(0):
        endless()
    assert sys.gettrace() is before
