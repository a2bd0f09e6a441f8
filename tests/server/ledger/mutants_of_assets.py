"""The rows of the table of mutants for assets, exchange, belonging and corrections."""

from typing import Final

from tests.server.ledger.mutants import EFFECT, IDS, MONEY, REGISTRY, STATE, Mutant

ASSETS, EXCHANGE, COMMUNITY, CORRECTIONS = (
    f"server/ledger/{name}.py" for name in ("assets", "exchange", "community", "corrections")
)

OF_ASSETS: Final = (
    # ---------- assets ----------
    Mutant(
        "a class has its worth", ASSETS, "if body.peg not in _PEGS[body.asset_class]:", "if False:"
    ),
    Mutant("euros have cents", ASSETS, "if body.peg == EUR and body.scale != CENTS:", "if False:"),
    Mutant("facts are whole", ASSETS, "if body.asset_class in FACTS and body.scale:", "if False:"),
    Mutant(
        "federated by validators",
        ASSETS,
        "        if code := decides(context, signed):\n",
        "        if code := None:\n",
    ),
    Mutant(
        "first classes",
        ASSETS,
        "if body.asset_class not in _FIRST_CLASSES:",
        "if False:",
    ),
    Mutant("closed once", ASSETS, "    if asset.archived:\n", "    if False:\n"),
    Mutant(
        "no consent to what is closed", ASSETS, "if asset.archived and body.accept:", "if False:"
    ),
    Mutant(
        "each side for itself",
        ASSETS,
        'asset.issuer if body.side == "issuer" else body.place)',
        "body.place)",
    ),
    Mutant("both agree", STATE, "consent is not None and consent.issuer and consent.place", "True"),
    Mutant("the issuer agrees", STATE, " and consent.issuer and", " and"),
    Mutant("the place agrees", STATE, "and consent.issuer and consent.place", "and consent.issuer"),
    Mutant(
        "consent is heard in its block",
        STATE,
        "elif type(value) is Acceptance:\n            self._accepted.clear()",
        "elif type(value) is Acceptance:\n            pass",
    ),
    Mutant("meals are not for all", STATE, " and asset.asset_class in _GROUP and", " and"),
    Mutant(
        "no more of what is closed",
        MONEY,
        "    if asset.archived:\n        return Code.ASSET_ARCHIVED\n    if context",
        "    if context",
    ),
    Mutant("no cash for what is closed", MONEY, "        if asset.archived:", "        if False:"),
    Mutant("no cash for facts", MONEY, " and asset.asset_class in ISSUED:", ":"),
    Mutant("facts stay with their holder", MONEY, "if asset.asset_class in FACTS:", "if False:"),
    Mutant(
        "a holder's own wallet", EFFECT, "if WalletId(signed.author) == name else", "if True else"
    ),
    # ---------- exchange ----------
    Mutant(
        "pool wins",
        EXCHANGE,
        "taken = body.amount * found.take // found.give",
        "taken = -(-body.amount * found.take // found.give)",
    ),
    Mutant(
        "the way back",
        EXCHANGE,
        "Rate(pool(opposite), policy.take, policy.give)",
        "Rate(pool(opposite), policy.give, policy.take)",
    ),
    Mutant("something for something", EXCHANGE, "    if not taken:\n", "    if False:\n"),
    Mutant("not into what is closed", EXCHANGE, "if assets[body.take].archived:", "if False:"),
    Mutant(
        "backed tokens are not created",
        EXCHANGE,
        "frozenset({AssetClass.FEDERATED, AssetClass.LIBRE})",
        "frozenset({AssetClass.LIBRE})",
    ),
    Mutant(
        "free money is not created",
        EXCHANGE,
        "frozenset({AssetClass.FEDERATED, AssetClass.LIBRE})",
        "frozenset({AssetClass.FEDERATED})",
    ),
    Mutant(
        "only what is missing",
        EXCHANGE,
        "missing = taken - context.state.balance(found.pool, body.take)",
        "missing = taken",
    ),
    Mutant("pools have a floor", IDS, '("issuer:", "loss:")', '("issuer:", "loss:", "pool:")'),
    Mutant(
        "no round trip",
        EXCHANGE,
        "if value.give and _contradicts(context, first, second, value):",
        "if False:",
    ),
    Mutant("closed pairs do not count", EXCHANGE, " and known.give and (one", " and (one"),
    Mutant("one name a pair", EXCHANGE, 'f"{second}-{first}")):', '"-")):'),
    Mutant("both issuers", EXCHANGE, "for asset in own or both:", "for asset in own[:1] or both:"),
    Mutant("two backed tokens", EXCHANGE, "for asset in own or both:", "for asset in own:"),
    Mutant("facts have no rate", EXCHANGE, "if any(asset.asset_class in FACTS", "if any(False"),
    Mutant("idleness goes along", EXCHANGE, "        brought,\n", "        None,\n"),
    Mutant(
        "no step is caught up",
        EXCHANGE,
        "max(clock.last_use + policy.grace_days, context.day + 1)",
        "clock.last_use + policy.grace_days",
    ),
    # ---------- belonging ----------
    Mutant(
        "stamps at the issuer's",
        COMMUNITY,
        "if signed.place != asset.issuer:",
        "if False:",
    ),
    Mutant("once a period", COMMUNITY, "member.paid < body.period <=", "body.period <="),
    Mutant(
        "no period to come",
        COMMUNITY,
        "member.paid < body.period <= context.day // days:",
        "member.paid < body.period:",
    ),
    Mutant("paid is remembered", COMMUNITY, "replace(member, paid=body.period)", "member"),
    Mutant("members only", COMMUNITY, " or not belongs(member, body.period, days):", ":"),
    Mutant("from the day they join", COMMUNITY, "member.since // days <= period <=", "period <="),
    Mutant("until they leave", COMMUNITY, " <= period <= member.until // days", " <= period"),
    Mutant(
        "late members wait",
        COMMUNITY,
        "paid=current if fixed else NEVER",
        "paid=NEVER",
    ),
    Mutant("the part is the rule's", COMMUNITY, "if body.amount != part.amount:", "if False:"),
    Mutant("the part is fixed", COMMUNITY, "    if fixed is not None:\n", "    if False:\n"),
    Mutant("at least the floor", COMMUNITY, "max(policy.floor, policy.ppm", "max(0, policy.ppm"),
    Mutant(
        "shared by all members",
        COMMUNITY,
        "* mass // (MILLION * max(1, members))",
        "* mass // MILLION",
    ),
    Mutant(
        "a period keeps its length",
        COMMUNITY,
        "known is not None and value.period_days != days",
        "False",
    ),
    Mutant(
        "one person, one part",
        COMMUNITY,
        "replace(longer, paid=max(stays.paid, leaves.paid))",
        "longer",
    ),
    Mutant("a merged member is none", COMMUNITY, "replace(leaves, until=NEVER)))", "leaves))"),
    # ---------- corrections ----------
    Mutant("undone once", CORRECTIONS, "if context.state.get(Corrected, key):", "if False:"),
    Mutant(
        "the mark of what is undone",
        CORRECTIONS,
        "Effect(booked, (mark, *records))",
        "Effect(booked, records)",
    ),
    Mutant("what took effect", CORRECTIONS, " or not done.verdict.took_effect or", " or"),
    Mutant(
        "of its own place", CORRECTIONS, "return winds_down(context, signed, at)", "return None"
    ),
    Mutant(
        "what was given is the receiver's",
        CORRECTIONS,
        "return code or _serves_home(context, signed, body.target)",
        "return code",
    ),
    Mutant("a bet on the rate", CORRECTIONS, " or _rate_has_changed(context, done):", ":"),
    Mutant(
        "a loss that comes back is no token",
        CORRECTIONS,
        "if _makes_tokens_of_losses(context, booked):",
        "if False:",
    ),
    Mutant("cash comes back to its place", CORRECTIONS, "(each.target in own) -", "0 -"),
    Mutant(
        "a debt to the pot comes back",
        CORRECTIONS,
        "    if account == POT_GUARANTEE:\n",
        "    if False:\n",
    ),
    Mutant(
        "a debt comes back",
        CORRECTIONS,
        "wallets[name] = owing(record, posting.asset, at, posting.amount)",
        "wallets[name] = record",
    ),
    Mutant("what returns repays", CORRECTIONS, "        booked.extend(repaid)\n", ""),
    Mutant(
        "no posting to oneself",
        CORRECTIONS,
        "if any(posting.source == posting.target for posting in postings):",
        "if False:",
    ),
    Mutant(
        "a debt stays paid",
        CORRECTIONS,
        "amount = max(0, min(amount, lacks[key]))",
        "amount = max(0, amount)",
    ),
    Mutant(
        "a correction is no use",
        CORRECTIONS,
        "posting.source if posting.source.startswith(_WALLET) else posting.target",
        "posting.source",
    ),
    # ---------- policies ----------
    Mutant(
        "chain policies",
        REGISTRY,
        "decides(context, signed) if context.protocol >= VOTES",
        "None if True",
    ),
    Mutant(
        "purses of all",
        REGISTRY,
        "    if subject == CHAIN:\n        return decides(context, signed)\n",
        "    if subject == CHAIN:\n        return None\n",
    ),
)
