"""What a run says on the command line."""

from server.demurrage.report import lines
from server.demurrage.run import Day
from server.ledger.records import Asset
from shared.ids import AssetId
from shared.kinds import AssetClass
from tests.server.demurrage.tiny import BAR, GRAIN

ASSETS: dict[AssetId, Asset] = {
    GRAIN: Asset(
        asset_class=AssetClass.LOCAL,
        issuer=BAR,
        name="Grain",
        peg="EUR",
        priority=0,
        scale=2,
        symbol="g",
    )
}


def test_a_run_in_words() -> None:
    days = [
        Day(20781),
        Day(20782, notices=1),
        Day(20783, notices=2, melts=3, melted={GRAIN: 9_55}, distributions=1),
        Day(20784, reversals=1, rejected=2),
    ]
    assert list(lines(days, ASSETS, dry=False)) == [
        "2026-11-25  1 notice",
        "2026-11-26  2 notices, 3 melts (9.55\u00a0g), 1 month shared",
        "2026-11-27  1 late sale repaid, 2 rejected, tried again next time",
        "4 days played, 9.55\u00a0g melted",
    ]


def test_a_quiet_day() -> None:
    assert list(lines([Day(1)], ASSETS, dry=True)) == ["1 day played, nothing would melt"]
