"""The rows of the table of mutants for purses, cards and wallets."""

from typing import Final

from tests.server.ledger.mutants import CARDS, CLAIMS, EFFECT, MERGE, PURSES, SALES, Mutant

OF_CARDS: Final = (
    # ---------- slots and purses ----------
    Mutant("span is the total", SALES, " or body.total != after - before:", ":"),
    Mutant(
        "purse before wallet",
        SALES,
        "Due(funded, (from_purse, from_wallet)",
        "Due(funded, (from_wallet, from_purse)",
    ),
    Mutant("a purse pays what is in it", SALES, "min(after, record.credit) -", "after -"),
    Mutant(
        "cents that nobody promised",
        CLAIMS,
        "record.epoch == len(context.state.rows(Lost)):",
        "False:",
    ),
    Mutant(
        "lost blocks may have promised more",
        CLAIMS,
        "record.epoch == len(context.state.rows(Lost)):",
        "True:",
    ),
    Mutant(
        "whoever had the card pays",
        SALES,
        " if height is None else wallet_at(context, card, height)",
        "",
    ),
    Mutant(
        "nothing of a purse below its void line",
        SALES,
        "max(before, record.void_line)",
        "before",
    ),
    Mutant("a loss of who sold", SALES, "Posting(loss(at),", 'Posting(loss(PlaceId("bar")),'),
    Mutant("merged by consent", MERGE, " or serves(context, signed, target.home):", ":"),
    Mutant("a copied card is blocked", SALES, "    if overlaps:\n", "    if False:\n"),
    Mutant(
        "claims overlap",
        CLAIMS,
        "low < after and before < high",
        "low <= after and before <= high",
    ),
    Mutant("claims overlap at all", CLAIMS, "low < after and before < high", "(low, high) == span"),
    Mutant("claims join", CLAIMS, "max(high, joined[-1][1])", "high"),
    Mutant(
        "purse limit",
        PURSES,
        "due = min(limit - funds(context, body.card, assets)",
        "due = min(limit",
    ),
    Mutant("limit by tier", PURSES, 'if card.tier == "T1"', "if True"),
    Mutant(
        "need is a need", PURSES, "max(_limit(context, card), body.need)", "_limit(context, card)"
    ),
    Mutant(
        "suspended nodes issue nothing",
        PURSES,
        "if signed.author in validators(context).suspended:",
        "if False:",
    ),
    Mutant(
        "tills of a consent that ended are waited for",
        PURSES,
        " or state.get(Acceptance, (asset, at)) is not None",
        "",
    ),
    Mutant("no purse on a plain card", PURSES, 'if card.tier == "T0":', "if False:"),
    Mutant("no purse on a blocked card", PURSES, 'if card.status == "blocked":', "if False:"),
    Mutant(
        "purse of what its home accepts",
        PURSES,
        "if not all(context.state.takes(card.home, asset) for asset in assets):",
        "if False:",
    ),
    Mutant("numbers jump at a recovery", PURSES, " + JUMP * (recoveries - before.epoch)", ""),
    Mutant(
        "an older allowance may be valid longer",
        PURSES,
        "max(before.expires, hour + body.valid_hours)",
        "hour + body.valid_hours",
    ),
    Mutant("claims are spent", PURSES, "highest(after.claims), after.voided", "after.voided"),
    Mutant("voids are spent", PURSES, ", after.voided)", ")"),
    Mutant("release waits", PURSES, "if context.time < before.expires * HOUR_MS:", "if False:"),
    Mutant(
        "release after all are heard",
        PURSES,
        "if not _all_heard(context, body, assets):",
        "if False:",
    ),
    Mutant("heard and on the chain", PURSES, " or heard[author] > (head.seq if head else 0)", ""),
    Mutant(
        "what was released is spent",
        PURSES,
        "replace(before, void_line=_counted(before))",
        "before",
    ),
    Mutant("a void of what was credited", PURSES, "low < high <= _counted(before)", "low < high"),
    Mutant(
        "a revoked till voids nothing",
        PURSES,
        'if author.status == "revoked" and signed',
        "if False and signed",
    ),
    # ---------- cards and wallets ----------
    Mutant("a purse stays with its wallet", CARDS, "if is_open(context, body.card):", "if False:"),
    Mutant("a copied card stays blocked", CARDS, "if card.reason == FORK:", "if False:"),
    Mutant(
        "links to one's own wallets",
        CARDS,
        "if target is not None and (code := serves(context, signed, target.home)):",
        "if False:",
    ),
    Mutant(
        "purses of cents",
        CARDS,
        "if asset.peg != EUR or asset.asset_class not in IN_PURSES:",
        "if False:",
    ),
    Mutant("a merge takes all", MERGE, "if amount:", 'if amount and asset == "FED":'),
    Mutant("a wallet merges once", MERGE, "if source.merged or target.merged:", "if False:"),
    Mutant(
        "debts merge",
        MERGE,
        "target = owing(target, asset, place, debt)",
        "pass",
    ),
    Mutant("a merge with itself", MERGE, "if body.source == body.target:", "if False:"),
    Mutant(
        "cards go where their wallet went",
        EFFECT,
        "return merged_into(context, card.wallet)",
        "return card.wallet",
    ),
    Mutant(
        "purses melt with their wallet",
        EFFECT,
        "accounts = (wallet_account(wallet), *map(purse, cards))",
        "accounts = (wallet_account(wallet),)",
    ),
)
