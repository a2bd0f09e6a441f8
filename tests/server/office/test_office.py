"""The office over a real database and engine: what it shows is what the ledger holds."""

from server.web.port import Done, LoggedIn, Mistakes, NotDone, Refusal
from server.web.views.cards import CardState, ImportPreview
from server.web.views.common import Level, LineKind, LineResult, Money, PartKind
from server.web.views.overview import CheckKind, Overview, Setup, TodoKind
from server.web.views.terminals import TerminalState
from tests.server.engine.world import GRAIN, START_MS
from tests.server.office.world import CARD_FILE, FORM, PRODUCT, OfficeWorld, bought

HOUR = 3_600_000


def grains(moneys: tuple[Money, ...]) -> list[int]:
    return [money.amount for money in moneys if money.asset.code == GRAIN]


def test_a_new_node_shows_what_is_missing(world: OfficeWorld) -> None:
    setup = world.office.overview()
    assert isinstance(setup, Setup)
    assert [(step.kind, step.done) for step in setup.steps] == [
        ("account", True),
        ("place", True),
        ("asset", True),
        ("products", False),
        ("cards", False),
        ("terminal", True),
        ("stripe", False),
        ("copy", False),
    ]


def test_cards_enter_all_at_once_and_are_on_the_chain(world: OfficeWorld) -> None:
    before = world.solo.tip.height
    preview = world.office.preview_import("lot.csv", CARD_FILE.encode())
    assert isinstance(preview, ImportPreview)
    assert (preview.new, preview.known, preview.problems) == (3, 0, ())
    assert world.office.import_cards(preview.id) == Done(preview.id, 3)
    assert world.solo.tip.height == before + 1
    page = world.office.cards("44C2")
    assert page.registered == 3
    assert page.found == ()
    found = world.office.cards("b194").found
    assert [(card.number, card.batch, card.state) for card in found] == [
        ("B194AEB9", "lot", CardState.NEW)
    ]


def test_a_known_file_changes_nothing_and_a_bad_one_neither(world: OfficeWorld) -> None:
    world.import_cards()
    height = world.solo.tip.height
    again = world.office.preview_import("again.csv", CARD_FILE.encode())
    assert isinstance(again, ImportPreview)
    assert (again.new, again.known) == (0, 3)
    assert world.office.import_cards(again.id) == NotDone(Refusal.ALREADY)
    bad = world.office.preview_import("bad.csv", b"nonsense\n" + CARD_FILE.encode())
    assert isinstance(bad, ImportPreview)
    assert bad.problems[0].cause == "columns"
    assert world.office.import_cards(bad.id) == NotDone(Refusal.ALREADY)
    assert world.office.import_cards("unknown") == NotDone(Refusal.GONE)
    assert world.solo.tip.height == height


def test_an_import_that_broke_off_is_healed_by_the_same_file(world: OfficeWorld) -> None:
    world.import_cards()
    with world.database.write() as connection:
        connection.exec_driver_sql("DELETE FROM local_card WHERE number = 'B194AEB9'")
    preview = world.office.preview_import("lot.csv", CARD_FILE.encode())
    assert isinstance(preview, ImportPreview)
    assert (preview.new, preview.known) == (1, 2)
    assert world.office.import_cards(preview.id) == Done(preview.id, 1)


def test_the_day_adds_up(ready: OfficeWorld) -> None:
    ready.fund(0, 2_000)
    ready.sell(0, bought(("Bière ambrée", 2, 350), ("Consigne", 1, 100)))
    ready.clock.now += HOUR
    ready.sell(0, bought(("Café", 1, 150)))
    ready.give_back(1, bought(("Consigne", 1, 100)))
    view = ready.office.overview()
    assert isinstance(view, Overview)
    assert (view.sales_today, grains(view.totals_today)) == (2, [850])
    grain = [asset.code for asset in view.assets].index(GRAIN)
    assert [hour.amounts[grain] for hour in view.hours] == [800, 50]
    assert [(line.label, line.money and line.money.amount) for line in view.last_sales] == [
        ("Consigne", -100),
        ("Café", 150),
        ("2\u00a0×\u00a0Bière ambrée, Consigne", 800),
    ]
    rows = {(row.kind, row.name): grains(row.amounts) for row in view.money}
    assert rows[PartKind.WALLETS, ""] == [1_150]
    assert rows[PartKind.PLACE, "Bar"] == [850]
    assert grains(view.money_total) == [2_000]


def test_the_business_day_begins_at_six(ready: OfficeWorld) -> None:
    ready.fund(0, 2_000)
    ready.sell(0, bought(("Café", 1, 150)))
    ready.clock.now += 24 * HOUR
    view = ready.office.overview()
    assert isinstance(view, Overview)
    assert (view.sales_today, view.totals_today) == (0, ())
    assert [line.label for line in ready.office.sales("").lines] == ["Café"]


def test_an_offline_sale_with_a_loss_says_so(ready: OfficeWorld) -> None:
    ready.fund(0, 100)
    ready.sell(0, bought(("Bière", 1, 350)))
    (line,) = ready.office.sales("").lines
    assert line.result is LineResult.OVERDRAWN
    assert (line.money and line.money.amount, line.loss and line.loss.amount) == (350, 250)
    assert line.card == "B194AEB9"


def test_a_refused_sale_shows_the_ledgers_reason(ready: OfficeWorld) -> None:
    ready.give_back(99, bought(("Consigne", 1, 100)))
    (line,) = ready.office.sales("").lines
    assert (line.result, line.reason) == (LineResult.REJECTED, "unknown_sale")


def test_sales_are_paged(ready: OfficeWorld) -> None:
    ready.fund(0, 100_000)
    for price in range(1, 56):
        ready.sell(0, bought(("Sou", 1, price)))
    first = ready.office.sales("")
    second = ready.office.sales(first.older)
    assert (len(first.lines), len(second.lines), second.older) == (50, 5, "")
    seen = [line.money.amount for line in (*first.lines, *second.lines) if line.money]
    assert seen == list(range(55, 0, -1))
    assert len(ready.office.sales("nonsense").lines) == 50


def test_a_cards_history_ends_at_its_balance(ready: OfficeWorld) -> None:
    ready.fund(0, 2_000)
    ready.sell(0, bought(("Bière", 2, 350)))
    page = ready.office.card("b194-aeb9")
    assert page is not None
    assert grains(page.row.balances) == [1_300]
    assert [
        (line.kind, line.money and line.money.amount, line.after and line.after.amount)
        for line in page.lines
    ] == [(LineKind.SALE, -700, 1_300), (LineKind.ISSUE, 2_000, 2_000)]


def test_blocking_says_which_terminals_do_not_know(ready: OfficeWorld) -> None:
    assert ready.office.block_card("B194AEB9") == Done("B194AEB9", 0, 1)
    assert ready.office.block_card("B194AEB9") == NotDone(Refusal.ALREADY)
    assert ready.office.block_card("00000000") == NotDone(Refusal.GONE)
    page = ready.office.card("B194AEB9")
    assert page is not None
    assert (page.row.state, page.terminals, page.unaware) == (CardState.BLOCKED, 1, ("Till",))
    assert page.blocked_ms == START_MS
    author = ready.till[0].author
    ready.keeper.told(author, revision=1, height=ready.solo.tip.height)
    page = ready.office.card("B194AEB9")
    assert page is not None
    assert page.unaware == ()


def test_a_terminal_goes_through_its_states(ready: OfficeWorld) -> None:
    author, office = ready.till[0].author, ready.office

    def state() -> TerminalState:
        return office.terminals().rows[0].state

    assert state() is TerminalState.NEVER
    now = ready.clock.now
    ready.keeper.heard(author, seq=0, unsent=0, amount=0, at_ms=now + 400, version="0.1.0")
    assert state() is TerminalState.SYNCED
    ready.keeper.heard(author, seq=3, unsent=2, amount=700, at_ms=now, version="0.1.0")
    assert state() is TerminalState.SENDING
    ready.clock.now += 2 * HOUR
    row = office.terminals().rows[0]
    assert (row.state, row.unsent, row.unsent_money and row.unsent_money.amount) == (
        TerminalState.OFFLINE,
        2,
        700,
    )
    # Two of twelve hours are gone; money: 493 of 500 are left.
    assert (row.autonomy, row.time_left_ms) == (833, 10 * HOUR)
    ready.clock.now += 11 * HOUR
    assert state() is TerminalState.PAUSED
    assert office.shell().terminals_to_sync == 1


def test_revoking_disputes_what_comes_later(ready: OfficeWorld) -> None:
    ready.fund(0, 2_000)
    ready.sell(0, bought(("Café", 1, 150)))
    author = ready.till[0].author
    page = ready.office.revocation(author)
    assert page is not None
    assert page.received_seq == 1
    assert ready.office.revoke(author, "stolen") == Done(author)
    assert ready.office.revoke(author, "stolen") == NotDone(Refusal.ALREADY)
    assert ready.office.revoke("0" * 32, "stolen") == NotDone(Refusal.GONE)
    ready.sell(0, bought(("Bière", 1, 350)))
    view = ready.office.terminal(author)
    assert view is not None
    assert [line.result for line in view.sales] == [LineResult.DISPUTED, LineResult.ACCEPTED]
    assert [event.kind for event in view.events] == ["revoked", "paired"]
    assert ready.office.revocation(author) is None


def test_a_code_is_for_ten_minutes(ready: OfficeWorld) -> None:
    office = ready.office
    assert office.start_pairing("nowhere", "") == Mistakes({"name": "required", "place": "place"})
    assert office.start_pairing("bar", "Till") == Mistakes({"name": "taken"})
    ident = office.start_pairing("bar", "Bar 2")
    assert isinstance(ident, str)
    code = office.pairing(ident)
    assert code is not None
    assert len(code.pin) == 6
    assert code.pin.isdecimal()
    assert (code.state, code.expires_ms) == ("waiting", START_MS + 600_000)
    ready.clock.now += 600_000
    code = office.pairing(ident)
    assert code is not None
    assert code.state == "expired"
    other = office.start_pairing("bar", "Bar 3")
    assert isinstance(other, str)
    ready.keeper.joined(other, ready.till[0].author)
    code = office.pairing(other)
    assert code is not None
    assert code.short_id == f"{ready.till[0].author[:4]} {ready.till[0].author[4:8]}".upper()


def test_products_go_to_terminals_with_a_revision(ready: OfficeWorld) -> None:
    office = ready.office
    (beer,) = office.products()
    assert (beer.name, beer.price.amount, beer.price.asset.code) == ("Bière", 350, "FED")
    author = ready.till[0].author
    ready.keeper.told(author, revision=office.shop.revision(), height=0)
    assert office.save_product(beer.id, {**PRODUCT, "price": "3,60"}) == Done(beer.id, 0, 1)
    assert office.save_product("", PRODUCT) == Mistakes({"name": "taken"})
    assert office.save_product("", {**PRODUCT, "price": "x"}) == Mistakes({"price": "price"})
    assert office.withdraw_product("unknown", on_sale=False) == NotDone(Refusal.GONE)
    ready.keeper.told(author, revision=office.shop.revision() + 1, height=0)
    assert office.withdraw_product(beer.id, on_sale=False) == Done(beer.id, 1, 1)
    assert [(p.price.amount, p.on_sale) for p in office.products()] == [(360, False)]


def test_a_pin_is_kept_as_a_slow_verifier(ready: OfficeWorld) -> None:
    form = {"name": "Yann", "role": "seller", "pin": "4812", "card": "b194-aeb9", "until": ""}
    done = ready.office.save_operator("", form)
    assert isinstance(done, Done)
    with ready.database.read() as connection:
        row = connection.exec_driver_sql("SELECT pin, card FROM local_operator").one()
    assert row.pin.startswith("$argon2id$")
    assert row.card == "B194AEB9"
    ready.office.save_operator(done.id, {**form, "pin": "", "until": "2026-01-01"})
    (yann,) = ready.office.team().operators
    assert (yann.has_pin, yann.active) == (True, False)


def test_whose_last_day_has_passed_leaves_the_tills_with_a_revision(ready: OfficeWorld) -> None:
    form = {"name": "Yann", "role": "seller", "pin": "4812", "card": "", "until": "2026-01-01"}
    ready.office.save_operator("", form)
    ready.office.save_operator("", {**form, "name": "Zoé", "until": "2099-01-01"})
    revision = ready.office.shop.revision()
    assert ready.office.shop.end_what_is_over() == 1
    assert ready.office.shop.revision() == revision + 1
    assert ready.office.shop.end_what_is_over() == 0
    assert ready.office.shop.revision() == revision + 1
    assert [each.active for each in ready.office.team().operators] == [True, False]


def test_a_catalogue_file_enters_whole_or_not_at_all(ready: OfficeWorld) -> None:
    good = b"""
[[product]]
name = "Caf\xc3\xa9"
category = "Chaud"
price = "1.50"
vat = "5.5"
[[operator]]
name = "Yann"
role = "seller"
pin = "4812"
"""
    assert ready.office.import_catalogue(good) == Done(of=2)
    assert [(p.name, p.vat_bp) for p in ready.office.products()] == [("Bière", 2000), ("Café", 550)]
    bad = good.replace(b"4812", b"48x2")
    assert ready.office.import_catalogue(bad) == Mistakes(
        {"file": "toml", "detail": "operator 1: pin (pin)"}
    )
    assert len(ready.office.products()) == 2


def test_checks_and_things_to_do(ready: OfficeWorld) -> None:
    view = ready.office.overview()
    assert isinstance(view, Overview)
    assert [todo.kind for todo in view.todo] == [TodoKind.NO_COPY]
    levels = {check.kind: check.level for check in ready.office.health().checks}
    assert levels[CheckKind.AUDIT] is Level.WARN
    assert levels[CheckKind.BACKUP] is Level.WARN
    ready.office.audit()
    ready.office.keeper.backed_up("/mnt/usb", elsewhere=True)
    levels = {check.kind: check.level for check in ready.office.health().checks}
    assert levels[CheckKind.AUDIT] is levels[CheckKind.COPY] is Level.OK
    view = ready.office.overview()
    assert isinstance(view, Overview)
    assert view.todo == ()


def test_the_chain_page_tells_the_head_and_the_audits(ready: OfficeWorld) -> None:
    ready.office.audit()
    page = ready.office.chain()
    tip = ready.solo.tip
    assert (page.blocks[0].height, page.blocks[0].hash, page.state) == (
        tip.height,
        tip.hash,
        tip.state,
    )
    assert page.chain == ready.chain
    assert page.audits[0].to_height == tip.height
    block = ready.office.block(0)
    assert block is not None
    assert [(op.author, op.seq, op.kind) for op in block.operations] == [("Node", 1, "genesis")]
    assert ready.office.block(10_000) is None


def test_the_melt_page_reads_the_policy_and_looks_ahead(ready: OfficeWorld) -> None:
    ready.fund(0, 10_000)
    (page,) = ready.office.melting()
    assert (page.asset.code, page.rate_bp, page.grace_days, page.melted) == (GRAIN, 200, 180, 0)
    assert page.next is not None
    assert (page.next.at_most.amount, page.next.wallets) == (200, 1)
    assert [note.days_before for note in page.next.notices] == [60, 30, 7]
    assert len(page.forecast) == 6


def test_the_reserve_balances(ready: OfficeWorld) -> None:
    page = ready.office.reserve()
    assert page is not None
    assert (page.outstanding, page.backing, page.holder) == (0, 0, "Bar")
    assert page.fees_left is not None
    assert page.fees_left.amount == 5_000


def test_public_figures_name_nobody(ready: OfficeWorld) -> None:
    page = ready.office.public()
    assert [(place.name, place.accepts) for place in page.places] == [("Bar", ("Euro", "Grain"))]
    assert [asset.asset.code for asset in page.assets] == ["FED", "GRAIN"]


def test_a_first_admin_logs_in_and_out(world: OfficeWorld) -> None:
    token = world.accounts.invite()
    assert world.office.invitation_is_open(token)
    outcome = world.office.accept_invitation(token, FORM)
    assert isinstance(outcome, LoggedIn)
    person = world.office.person(outcome.token)
    assert person is not None
    assert person.email == "claire@example.org"
    assert not world.office.invitation_is_open(token)
    assert world.office.accept_invitation(token, FORM) is None
    world.office.logout(outcome.token)
    assert world.office.person(outcome.token) is None
