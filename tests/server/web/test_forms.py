"""The hidden field of forms: for one visitor, for a time, of this process."""

from threading import Thread

from server.web.forms import MAX_AGE_MS, Forms


class Time:
    now = 1_000_000

    def __call__(self) -> int:
        return self.now


def test_a_field_opens_for_its_visitor_only() -> None:
    forms = Forms(Time())
    field = forms.issue("claire")
    assert forms.open("claire", field) == field.split(".")[0]
    assert forms.open("somebody", field) is None


def test_a_changed_field_or_another_process_is_refused() -> None:
    forms = Forms(Time())
    field = forms.issue("claire")
    key, made, mac = field.split(".")
    for bad in ("", "x", f"{key}x.{made}.{mac}", f"{key}.{int(made) + 1}.{mac}", f"{key}.{made}."):
        assert forms.open("claire", bad) is None
    assert Forms(Time()).open("claire", field) is None
    assert forms.open("claire", field + "é") is None


def test_a_field_expires() -> None:
    time = Time()
    forms = Forms(time)
    field = forms.issue("claire")
    time.now += MAX_AGE_MS
    assert forms.open("claire", field)
    time.now += 1
    assert forms.open("claire", field) is None


def test_the_second_waits_for_where_the_first_went() -> None:
    forms = Forms(Time())
    assert forms.claim("key")
    assert not forms.claim("key")
    seen: list[str | None] = []
    second = Thread(target=lambda: seen.append(forms.destination("key")))
    second.start()
    forms.settle("key", "/there")
    second.join()
    assert seen == ["/there"]
    assert forms.destination("key") == "/there"


def test_a_released_key_may_be_used_again() -> None:
    forms = Forms(Time())
    forms.claim("key")
    forms.release("key")
    assert forms.destination("key") is None
    assert forms.claim("key")
