"""The picture shows every sort of account, and no arrow to nowhere."""

import re
from itertools import combinations

from shared import ids
from shared.ids import AssetId, CardRef, Hash, PlaceId, WalletId, may_be_negative
from tools.documents.accounts import BOX_HEIGHT, BOX_WIDTH, BOXES, FLOWS, HEIGHT, WIDTH, drawing

ACCOUNTS = {
    "wallet": ids.wallet(WalletId("0" * 32)),
    "place": ids.place(PlaceId("bar")),
    "issuer": ids.issuer(AssetId("FED")),
    "loss": ids.loss(PlaceId("bar")),
    "hold": ids.hold(Hash("0" * 64)),
    "reserve": ids.reserve(PlaceId("bar")),
    "pot": ids.POT_COMMONS,
    "external": ids.EXTERNAL,
    "purse": ids.purse(CardRef("0" * 32)),
    "pool": ids.pool("FED-GRAIN"),
}


def test_every_sort_of_account_is_drawn_with_its_floor() -> None:
    floors = {box.name.partition(":")[0]: box.floor for box in BOXES}
    assert floors == {name: not may_be_negative(account) for name, account in ACCOUNTS.items()}


def test_arrows_join_boxes_and_nothing_leaves_the_picture() -> None:
    names = {box.name for box in BOXES}
    assert {end for flow in FLOWS for end in (flow.source, flow.target)} == names
    assert all(0 < box.x < WIDTH and 0 < box.y < HEIGHT for box in BOXES)
    assert f'viewBox="0 0 {WIDTH} {HEIGHT}"' in drawing()


def test_no_word_stands_on_another_nor_on_a_box() -> None:
    words = [
        (int(x), int(y), word)
        for x, y, word in re.findall(
            r'class="why halo" x="(\d+)" y="(\d+)"[^>]*>([^<]+)', drawing()
        )
    ]
    assert len(words) == len([flow for flow in FLOWS if flow.why])
    areas = [(x - 3 * len(word), y - 11, x + 3 * len(word), y + 3) for x, y, word in words]
    areas += [
        (
            box.x - BOX_WIDTH // 2,
            box.y - BOX_HEIGHT // 2,
            box.x + BOX_WIDTH // 2,
            box.y + BOX_HEIGHT // 2,
        )
        for box in BOXES
    ]
    for one, other in combinations(areas, 2):
        apart_x = one[2] <= other[0] or other[2] <= one[0]
        apart_y = one[3] <= other[1] or other[3] <= one[1]
        assert apart_x or apart_y, (one, other)
