"""THE table of mutants: for each rule that guards money, the line that keeps it, and a wrong one.

`test_mutants.py` proves that the ledger's tests notice each.  `before` stands exactly once in its
file.
"""

from typing import Final, NamedTuple


class Mutant(NamedTuple):
    """One wrong line: which rule it breaks, where, and how."""

    rule: str
    file: str
    before: str
    after: str


EXECUTOR, MONEY, RULES = (f"server/ledger/{name}.py" for name in ("executor", "money", "rules"))
STATE, EFFECT, AUDIT = (f"server/ledger/{name}.py" for name in ("state", "effect", "audit"))
SALES, REFUNDS, PURSES = (f"server/ledger/{name}.py" for name in ("sales", "refunds", "purses"))
CLAIMS, CARDS, MERGE = (f"server/ledger/{name}.py" for name in ("claims", "cards", "merge"))
MELTING, DEMURRAGE = "server/ledger/melting.py", "server/ledger/demurrage.py"
REGISTRY, CHAIN, MEMORY = (f"server/ledger/{name}.py" for name in ("registry", "chain", "memory"))
TRANSACTION, IDS, SIGNING = (f"shared/{name}.py" for name in ("transaction", "ids", "signing"))

MUTANTS: Final = (
    # ---------- links, numbers, forks ----------
    Mutant("link inside a batch", TRANSACTION, "envelope.prev != previous:", "False:"),
    Mutant("number inside a batch", TRANSACTION, " or envelope.seq != seq:", ":"),
    Mutant("chain inside a batch", TRANSACTION, "if envelope.chain != chain:", "if False:"),
    Mutant("link to the head", EXECUTOR, "fresh[0].envelope.prev != head.hash:", "False:"),
    Mutant("gap", EXECUTOR, "if batch.first > expected:", "if batch.first > expected + 1:"),
    Mutant("known part is the same", EXECUTOR, "done.hash == last.hash", "True"),
    Mutant("known part has no second effect", EXECUTOR, "transactions[skipped:]:", "transactions:"),
    Mutant("fork quarantines", EXECUTOR, "elif answer.code is Code.FORK:", "elif False:"),
    Mutant("fork makes a block", EXECUTOR, " or any(taken.code is Code.FORK", " or any(False"),
    Mutant("quarantine", EXECUTOR, '(author.status == "quarantined" or', "("),
    Mutant("head moves on", EXECUTOR, "if skipped < len(batch.transactions):", "if not skipped:"),
    # ---------- who may ----------
    Mutant("signers of a kind", RULES, " or author.role not in kind.signers:", ":"),
    Mutant("later kinds", RULES, "if kind is not None and kind.since > protocol:", "if False:"),
    Mutant("revoked after", RULES, "seq > author.after:", "seq >= author.after:"),
    Mutant("revoked at all", RULES, "seq > author.after:", "False:"),
    Mutant("late sale is disputed", RULES, "if isinstance(body, AnySale):", "if False:"),
    Mutant("founder at height 0", RULES, "if context.height > 0 or known", "if known"),
    Mutant("founder's own key", RULES, " or author_id(bytes.fromhex(body.founder)) != name:", ":"),
    Mutant("own places only", EFFECT, "if record.node == signed.author else", "if True else"),
    # ---------- floors and ceilings ----------
    Mutant("floor", STATE, "if left < 0 and not", "if left < -1 and not"),
    Mutant("floor of places", IDS, '("issuer:", "loss:")', '("issuer:", "loss:", "place:")'),
    Mutant("all postings or none", STATE, "            after[source] = left\n", ""),
    Mutant("supply", STATE, "if left < -MAX_AMOUNT or there > MAX_AMOUNT:", "if False:"),
    Mutant(
        "a rejection leaves no trace",
        RULES,
        "return rejected(_short_of(short.account)), ()",
        "pass",
    ),
    # ---------- evidence ----------
    Mutant(
        "unique evidence",
        "server/ledger/evidence.py",
        "if used_by(context.state, signed.author, name):",
        "if False:",
    ),
    Mutant("evidence of a reload", MONEY, "(*proof, *records))", "records)"),
    Mutant(
        "evidence of an issue",
        MONEY,
        "(*proof, ((target,), after), *clock))",
        "(((target,), after), *clock))",
    ),
    Mutant(
        "evidence of the reserve", MONEY, "EUR, body.amount),), proof)", "EUR, body.amount),), ())"
    ),
    Mutant(
        "one reversal a sale", MELTING, "if context.state.get(Evidence, (proof,)):", "if False:"
    ),
    # ---------- money in ----------
    Mutant(
        "federated is not issued",
        MONEY,
        "if asset.asset_class not in ISSUED:\n        return Code.WRONG_ASSET",
        "if False:\n        return Code.WRONG_ASSET",
    ),
    Mutant(
        "reload is of the federated",
        MONEY,
        "if asset.asset_class is not AssetClass.FEDERATED:",
        "if False:",
    ),
    Mutant("backing", MONEY, "return Effect((backing, *postings)", "return Effect((*postings,)"),
    Mutant(
        "blocked card: set aside",
        MONEY,
        'if card is None or card.status == "blocked" or',
        "if card is None or",
    ),
    Mutant(
        "place sells its own",
        MONEY,
        "if free(context.state, signed.place, body.asset) < body.amount:",
        "if False:",
    ),
    Mutant(
        "local asset at its place",
        MONEY,
        "elif asset.issuer == signed.place and",
        "elif",
    ),
    Mutant("debts first", EFFECT, "part = min(debt, amount) if owed == asset else 0", "part = 0"),
    Mutant(
        "debts of this asset",
        EFFECT,
        "min(debt, amount) if owed == asset else 0",
        "min(debt, amount)",
    ),
    Mutant(
        "repaid to who made it good",
        EFFECT,
        "if at == DISPUTES else amount",
        "if False else amount",
    ),
    Mutant("no more than is owed", EFFECT, "min(debt, amount) if", "amount if"),
    Mutant(
        "what was paid is owed no more",
        EFFECT,
        "debts.append((owed, place, debt - part))",
        "debts.append((owed, place, debt))",
    ),
    # ---------- sales ----------
    Mutant("place + loss", MONEY, " + state.balance(loss(at), asset)", ""),
    Mutant(
        "online is all or nothing",
        SALES,
        "            if online:\n                return Code.INSUFFICIENT_FUNDS\n",
        "",
    ),
    Mutant("blocked card online", SALES, 'if online and card.status == "blocked":', "if False:"),
    Mutant(
        "order of assets",
        STATE,
        "for _, code in sorted(usable)",
        "for _, code in sorted(usable, reverse=True)",
    ),
    Mutant("pegged assets only", STATE, "if asset.peg == EUR and asset", "if asset"),
    Mutant("own local assets only", STATE, " or asset.issuer == place:", " or True:"),
    Mutant("overdrawn says so", SALES, "holder), *uses), OVERDRAWN)", "holder), *uses), ACCEPTED)"),
    Mutant(
        "shortfall is owed",
        SALES,
        "(*records, ((payer,), holder), *uses), OVERDRAWN)",
        "(*records, *uses), OVERDRAWN)",
    ),
    Mutant(
        "one cent pays once",
        SALES,
        "held -= _drawn(postings, source, asset)",
        "pass",
    ),
    Mutant("lines in their classes", SALES, "if asset.asset_class not in PAYS_LINES:", "if False:"),
    Mutant(
        "lines where accepted",
        SALES,
        "None if context.state.takes(at, part.asset) else Code.NOT_ACCEPTED",
        "None",
    ),
    Mutant("lines before the rest", SALES, "else (*lines, *rest)", "else (*rest, *lines)"),
    # ---------- refunds ----------
    Mutant(
        "refund ceiling",
        REFUNDS,
        "if returned + body.amount > whole(sold.body):",
        "if body.amount > whole(sold.body):",
    ),
    Mutant(
        "refund ceiling at all",
        REFUNDS,
        "if returned + body.amount > whole(sold.body):",
        "if False:",
    ),
    Mutant("refund of own place", REFUNDS, "if sold.place != signed.place:", "if False:"),
    Mutant(
        "refund of a rejected sale",
        REFUNDS,
        "    if moved is None:\n        return Effect()\n",
        "    moved = moved or ()\n",
    ),
    Mutant(
        "refund from the end",
        REFUNDS,
        "for posting in reversed(moved):",
        "for posting in moved:",
    ),
    Mutant(
        "refund settles the debt first",
        REFUNDS,
        "debt = min(part, _owes(after, asset, lost_at))",
        "debt = 0",
    ),
    Mutant(
        "refund of a paid debt",
        REFUNDS,
        "debt = min(part, _owes(after, asset, lost_at))",
        "debt = part",
    ),
    Mutant(
        "refund within place + loss",
        REFUNDS,
        "if _takes_too_much(state, signed.place, postings):",
        "if False:",
    ),
    Mutant(
        "refund is remembered",
        REFUNDS,
        "Refunded(returned + body.amount)",
        "Refunded(body.amount)",
    ),
    Mutant(
        "refund of what a dispute paid",
        REFUNDS,
        'if paid and settled.outcome == "pay" else None',
        "if paid else None",
    ),
    Mutant("refund to who paid", REFUNDS, "if posting.source.startswith(_WALLET):", "if False:"),
    # ---------- transfers ----------
    Mutant("transfer to oneself", MONEY, "if body.source == target:", "if False:"),
    # ---------- notices and melts ----------
    Mutant(
        "notice",
        MELTING,
        "if not announced(context, body.asset, clock, body.day, policy):",
        "if False:",
    ),
    Mutant(
        "notice in time",
        DEMURRAGE,
        "notice.day <= melt_day - max(policy.notice_days, default=0)",
        "True",
    ),
    Mutant("notice of this idleness", DEMURRAGE, "and clock.last_use <= notice.idle_since", ""),
    Mutant(
        "melt amount",
        MELTING,
        "if body.amount != min(before - step(before, policy), there):",
        "if False:",
    ),
    Mutant("melt day", MELTING, " or body.day > context.day or not", " or not"),
    Mutant(
        "a day melts once",
        MELTING,
        "Idle(clock.last_use, body.day + policy.step_days)",
        "Idle(clock.last_use, body.day)",
    ),
    Mutant(
        "rounding",
        DEMURRAGE,
        "-(-balance * (BASIS - policy.rate_bp) // BASIS)",
        "balance * (BASIS - policy.rate_bp) // BASIS",
    ),
    Mutant("melt floor", DEMURRAGE, "max(policy.floor, left)", "left"),
    Mutant("min use", DEMURRAGE, "amount * BASIS >= balance * policy.min_use_bp", "True"),
    Mutant("gift keeps the clock", DEMURRAGE, "return sender if sender is not None else", "return"),
    Mutant(
        "clock never turns back",
        DEMURRAGE,
        "max(clock.next_step, fresh.next_step)",
        "fresh.next_step",
    ),
    Mutant(
        "euro token melts not",
        REGISTRY,
        "if value.enabled and asset.asset_class is AssetClass.FEDERATED:",
        "if False:",
    ),
    Mutant("the rule of its day", DEMURRAGE, "if each[0] < day", "if each[0] <= day"),
    Mutant("later rules", DEMURRAGE, "for each in reversed(rules)", "for each in rules"),
    Mutant(
        "the sale's own wallet",
        MELTING,
        "merged_into(context, linked(card, melted.height), melted.height) != holder",
        "False",
    ),
    Mutant(
        "merged before the melt", EFFECT, "record.merged_at >= before", "record.merged_at > before"
    ),
    Mutant(
        "what melts no more",
        MELTING,
        "found is None or melting(context, body.asset) is None",
        "found is None",
    ),
    Mutant("reversal amount", MELTING, "if body.amount != due:", "if False:"),
    Mutant(
        "reversal once in all",
        MELTING,
        "min(melted.amount - should, melted.amount - melted.reversed)",
        "melted.amount - should",
    ),
    Mutant(
        "reversal of an earlier sale",
        MELTING,
        "if not sold.seen < melted.height < sold.height:",
        "if False:",
    ),
    Mutant("distribution waits", MELTING, "if context.day < matures(body.month):", "if False:"),
    Mutant("distribution once", MELTING, "((key, Pending(0)), (rest", "((rest"),
    Mutant(
        "remainder stays", DEMURRAGE, "return shares, pending - sum(shares)", "return shares, 0"
    ),
    # ---------- commitments and audit ----------
    Mutant(
        "effects in order",
        EXECUTOR,
        "lines = sorted(map(encode, changes))",
        "lines = list(map(encode, changes))",
    ),
    Mutant("time never goes back", CHAIN, "max(time, tip.time)", "time"),
    Mutant("seal", AUDIT, "if not key or not verify(", "if False and not verify("),
    Mutant(
        "signature of a batch",
        AUDIT,
        "if not signed_by(batch, bytes",
        "if False and not signed_by(batch, bytes",
    ),
    Mutant("parent", AUDIT, "if header.parent != tip.hash:", "if False:"),
    Mutant("time", AUDIT, "if header.time < tip.time:", "if False:"),
    Mutant("batches", AUDIT, "if header.batches != batches_hash(block.batches):", "if False:"),
    Mutant("batches that fit", AUDIT, "if taken.code not in {None, Code.FORK}:", "if False:"),
    Mutant(
        "another chain",
        AUDIT,
        "if chain not in {None, tip.chain}:",
        "if False:",
    ),
    Mutant("purposes", SIGNING, 'f"tirelire/{purpose}/1\\n"', '"tirelire/1\\n"'),
)
