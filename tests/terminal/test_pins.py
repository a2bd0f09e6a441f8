"""PIN verifiers, with the real Argon2id at its lightest."""

from __future__ import annotations

from dataclasses import replace

from nacl.pwhash import argon2id

from terminal.pins import ArgonPins

from .till.dialogue import LEO, MAIA, OPERATORS


def verifier(pin: str) -> str:
    light = {"opslimit": argon2id.OPSLIMIT_MIN, "memlimit": argon2id.MEMLIMIT_MIN}
    return argon2id.str(pin.encode(), **light).rstrip(b"\0").decode()


PEOPLE = (
    replace(OPERATORS[0], pin=""),
    replace(OPERATORS[2], pin="no verifier"),
    replace(OPERATORS[1], pin=verifier("4321")),
)


def test_a_code_is_somebody_s() -> None:
    assert ArgonPins().find(PEOPLE, "4321") == LEO


def test_a_wrong_code_is_nobody_s() -> None:
    assert ArgonPins().find(PEOPLE, "1234") is None
    assert ArgonPins().find(PEOPLE, "") is None


def test_a_verifier_of_another_library_opens_too() -> None:
    # argon2-cffi 25.1, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("1234")
    made = (
        "$argon2id$v=19$m=8,t=1,p=1$YZJMF1Vmrp2aReTX1xR7fA"
        "$29gxb+W/2KhRp+eGlUMmxWbnw16wU6k8WOZ59JokGUk"
    )
    people = (replace(OPERATORS[0], pin=made),)
    assert ArgonPins().find(people, "1234") == MAIA
    assert ArgonPins().find(people, "4321") is None
