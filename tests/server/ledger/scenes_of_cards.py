"""Scenes of the story of protocol 2 about cards: purses, a copy, a release, wallets that merge."""

from shared.allowance import EPOCH_HOUR
from shared.amounts import Amount
from shared.bodies import (
    CardHome,
    CardLink,
    CardLose,
    CardRegister,
    CardUnblock,
    Issue,
    Merge,
    Reload,
    SaleVoid,
    Transfer,
)
from shared.errors import Code
from shared.ids import Hash, loss, purse, wallet
from tests.server.ledger.neighbours import CAFE, CAFE_CARD, given
from tests.server.ledger.pursed import HOUR, RICH, THIN, allowance, issue, release, slot
from tests.server.ledger.scenes import FORGED_CARD, FRESH_WALLET, OK, RELEASED, Cast, no, say
from tests.server.ledger.world import BAR, FED, GRAIN, card, holder, purse as wallet_of, sale

FORGED = Hash("ab" * 32)


def purses_are_filled(cast: Cast) -> None:
    """Four cards get purses: 4 with €5 in grains and €95, 5 with €30, 6 with €20, 8 with €10."""
    bar, world = cast.world.node, cast.world
    say(
        world,
        bar,
        (CardRegister(card(RICH), BAR, "T2", holder(RICH)), OK),
        (CardRegister(card(THIN), BAR, "T1", holder(THIN)), OK),
        (CardRegister(card(FORGED_CARD), BAR, "T1", holder(FORGED_CARD)), OK),
        (CardRegister(card(RELEASED), BAR, "T1", holder(RELEASED)), OK),
        (Reload(Amount(20_000), FED, card(RICH), "stripe:cs_4:paid"), OK),
        (Reload(Amount(5_000), FED, card(THIN), "stripe:cs_5:paid"), OK),
        (Reload(Amount(2_000), FED, card(FORGED_CARD), "stripe:cs_6:paid"), OK),
        (Reload(Amount(1_000), FED, card(RELEASED), "stripe:cs_8:paid"), OK),
        (given(GRAIN, 500, RICH, "gift:4"), OK),
    )
    say(
        world,
        bar,
        (issue(RICH), OK),
        (issue(THIN), OK),
        (issue(FORGED_CARD), OK),
        (issue(RELEASED), OK),
        (issue(1), no(Code.WRONG_TIER)),
        (issue(RICH, group=9), no(Code.UNKNOWN_GROUP)),
        (issue(99), no(Code.UNKNOWN_CARD)),
    )
    say(world, cast.node, (issue(RICH), no(Code.NOT_AUTHORISED)))
    assert world.held(purse(card(RICH)), GRAIN) == 500
    assert world.held(purse(card(RICH))) == 9_500


def purses_are_spent(cast: Cast) -> None:
    """Both places claim, one payment is interrupted, and a large sale gets a larger purse."""
    world, first = cast.world, allowance(1, 10_000)
    say(
        world,
        world.till,
        (slot(0, 400, first), OK),
        (SaleVoid(card(RICH), (700, 900)), OK),
        (SaleVoid(card(RICH), (0, 99_999)), no(Code.WRONG_SPAN)),
        (slot(900, 1_000, first, total=50), no(Code.WRONG_SPAN)),
    )
    say(world, cast.till, (slot(400, 700, first), OK))
    say(world, world.till, (slot(800, 900, first), OK))
    say(world, world.node, (issue(RICH, need=12_000), OK))  # of 9 200 up to 12 000
    say(
        world,
        cast.till,
        (slot(900, 1_000, allowance(2, 12_800, base=900)), OK),
        (slot(1_000, 1_100, FORGED), OK),  # the purse can pay it all the same
    )
    assert world.held(purse(card(RICH))) == 11_800
    assert world.held(wallet_of(RICH)) == 20_000 - 9_500 - 2_800


def a_card_is_copied(cast: Cast) -> None:
    """Two sales claim the same cents of card 5, and card 6 bears an allowance that nobody gave."""
    world, permit = cast.world, allowance(1, 3_000, of=THIN)
    say(world, world.till, (slot(0, 3_000, permit, of=THIN), OK))
    say(world, cast.till, (slot(0, 3_000, permit, of=THIN), "overdrawn"))  # 2 000 in the wallet
    assert world.held(loss(CAFE)) == -1_000
    say(world, world.till, (sale(THIN, 10, "online"), no(Code.CARD_BLOCKED)))
    say(
        world,
        world.node,
        (CardUnblock(card(THIN)), no(Code.CARD_BLOCKED)),
        (issue(THIN), no(Code.CARD_BLOCKED)),
    )
    say(
        world,
        cast.till,
        (slot(0, 500, allowance(1, 2_000, of=FORGED_CARD), of=FORGED_CARD), OK),
        (slot(500, 3_500, FORGED, of=FORGED_CARD), "overdrawn"),  # 2 000 were promised
    )
    assert world.held(loss(CAFE)) == -2_500  # 1 500 more: no till's word makes another place lose


def a_purse_is_released(cast: Cast) -> None:
    """Card 8's purse goes back to its wallet, which pays what is claimed late."""
    world, bar = cast.world, cast.world.node
    heard = release(world.till, cast.till, cast.stolen, cast.forked, of=RELEASED)
    say(world, bar, (heard, no(Code.ALLOWANCE_VALID)))
    world.time += 25 * HOUR
    say(world, cast.node, (heard, no(Code.NOT_AUTHORISED)))
    say(
        world,
        bar,
        (release(world.till, cast.till, of=RELEASED), no(Code.HEADS_MISSING)),
        (CardLink(card(RELEASED), FRESH_WALLET), no(Code.PURSE_OPEN)),
        (heard, OK),
        (heard, no(Code.PURSE_EMPTY)),
    )
    late = slot(0, 300, allowance(1, 1_000, of=RELEASED), of=RELEASED)
    say(world, cast.till, (late, OK))
    assert world.held(wallet_of(RELEASED)) == 700


def cards_move(cast: Cast) -> None:
    """Card 8 gets a wallet of its own and a new home; card 2 is lost and found."""
    world, bar, cafe = cast.world, cast.world.node, cast.node
    say(
        world,
        bar,
        (CardLink(card(RELEASED), FRESH_WALLET), OK),
        (CardLink(card(RELEASED), FRESH_WALLET), no(Code.ALREADY_EXISTS)),
        (CardLink(card(CAFE_CARD), FRESH_WALLET), no(Code.NOT_AUTHORISED)),
        (CardHome(card(RELEASED), CAFE), OK),
        (CardHome(card(RELEASED), BAR), no(Code.NOT_AUTHORISED)),
        (CardLose(card(2)), OK),
        (CardLose(card(2)), no(Code.CARD_BLOCKED)),
        (CardUnblock(card(2)), OK),
        (CardUnblock(card(2)), no(Code.ALREADY_EXISTS)),
    )
    say(
        world,
        cafe,
        (CardHome(card(RELEASED), CAFE), no(Code.ALREADY_EXISTS)),
        (CardLose(card(1)), no(Code.NOT_AUTHORISED)),
    )


def wallets_merge(cast: Cast) -> None:
    """Card 6's wallet joins card 4's, which pays its debt of 1 500 at once."""
    world, bar = cast.world, cast.world.node
    gone, stays = holder(FORGED_CARD), holder(RICH)
    say(
        world,
        bar,
        (Merge(gone, gone), no(Code.BAD_FIELD)),
        (Merge(holder(CAFE_CARD), stays), no(Code.NOT_AUTHORISED)),
        (Merge(gone, stays), OK),
        (Merge(gone, stays), no(Code.WALLET_MERGED)),
        (Issue(Amount(60), GRAIN, "gift:6", gone), OK),
        (Reload(Amount(40), FED, card(FORGED_CARD), "stripe:cs_6b:paid"), OK),
        (Transfer(Amount(5), GRAIN, holder(1), gone), OK),
        (Transfer(Amount(1), GRAIN, gone, holder(1)), no(Code.WALLET_MERGED)),
    )
    assert world.held(loss(BAR)) == 0
    assert world.held(wallet(stays)) == 7_700 - 1_500 + 40
    assert world.held(wallet(stays), GRAIN) == 65


def numbers_jump(cast: Cast) -> None:
    """After lost blocks an allowance has a number that no lost one can have had."""
    world, cafe = cast.world, cast.node
    say(world, cafe, (issue(RELEASED), OK))  # the fourth; 355 grains
    issued = world.time // HOUR - EPOCH_HOUR
    permit = allowance(1_004, 2_355, base=1_050, of=RELEASED, issued=issued)
    say(world, cast.till, (slot(1_050, 1_060, permit, of=RELEASED), OK))
