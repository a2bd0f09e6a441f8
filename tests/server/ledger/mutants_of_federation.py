"""The rows of the table of mutants for votes, holds, disputes, keys and forked branches."""

from typing import Final

from tests.server.ledger.mutants import (
    CARDS,
    EFFECT,
    EXECUTOR,
    MONEY,
    REGISTRY,
    RULES,
    Mutant,
)
from tests.server.ledger.mutants_of_assets import ASSETS, EXCHANGE

HOLDS, DISPUTES, GOVERNANCE, AUTHORS, ADOPTION, EVIDENCE, LIMITS = (
    f"server/ledger/{name}.py"
    for name in ("holds", "disputes", "governance", "authors", "adoption", "evidence", "limits")
)

OF_FEDERATION: Final = (
    # ---------- cash-outs and settlements ----------
    Mutant("done once", HOLDS, 'if locked.status != "locked":', "if False:"),
    Mutant("failed once", HOLDS, 'if locked.status == "failed" or', "if"),
    Mutant("nothing does not come back", HOLDS, " or not locked.amount:", ":"),
    Mutant("paid money that comes back", HOLDS, 'if locked.status == "done":', "if False:"),
    Mutant("euros leave with what is burned", HOLDS, "Effect((burn, *paid),", "Effect((burn,),"),
    Mutant("euros come back", HOLDS, "Effect((*back, *postings),", "Effect((*postings,),"),
    Mutant("a lock of its own kind", HOLDS, " or not locked.account.startswith(kind):", ":"),
    Mutant("evidence of an end", HOLDS, "proof if isinstance(proof, Code) else", "False or"),
    Mutant(
        "the issuer's node ends a lock",
        HOLDS,
        "if code := winds_down(context, signed, asset.issuer):",
        "if code := None:",
    ),
    Mutant("only euros are settled", HOLDS, "    if asset.peg != EUR:\n", "    if False:\n"),
    Mutant(
        "no loss is settled",
        HOLDS,
        "free(context.state, body.place, body.asset) < body.amount",
        "False",
    ),
    Mutant(
        "a merged wallet cashes nothing out", HOLDS, "    if holder.merged:\n", "    if False:\n"
    ),
    Mutant(
        "what is set aside can be paid back",
        MONEY,
        "if context.protocol < PAID_BACK or",
        "if True or",
    ),
    # ---------- evidence ----------
    Mutant(
        "names of one's own", EVIDENCE, "key = own_name(signed.author, name) if", "key = name if"
    ),
    Mutant("what protocol 1 used", EVIDENCE, " or records.get(Evidence, (name,))", ""),
    Mutant(
        "who holds a reserve books on it",
        MONEY,
        "if context.protocol >= ONLY_RESERVES and",
        "if False and",
    ),
    # ---------- places that left ----------
    Mutant("paid to who left: set aside", MONEY, " or _has_left(context, body):", ":"),
    Mutant(
        "paid to who left: not refused",
        MONEY,
        "winds_down(context, signed, asset.issuer)",
        "serves(context, signed, asset.issuer)",
    ),
    Mutant(
        "nothing of who left is made",
        EXCHANGE,
        " and not context.state.places()[asset.issuer].left",
        "",
    ),
    # ---------- limits ----------
    Mutant("no flood of proposals", GOVERNANCE, ">= MOST_OPEN:", ">= 10**9:"),
    Mutant("a member fills nothing", LIMITS, "< MOST[record]:", "< 10**9:"),
    Mutant("tills that may sign", LIMITS, ' and author.status == "active"', ""),
    Mutant("places of its own", LIMITS, " if place.node == node}", "}"),
    # ---------- disputes ----------
    Mutant(
        "a dispute is settled once", DISPUTES, "if context.state.get(Settled, key):", "if False:"
    ),
    Mutant("only what was disputed", DISPUTES, " or sold.verdict != DISPUTED:", ":"),
    Mutant("what was given back is not paid", DISPUTES, "returned=returned", "returned=0"),
    Mutant("no more than was paid in", DISPUTES, "if taken > paid.body.amount:", "if False:"),
    Mutant("a chargeback remembers", DISPUTES, "(key, Refunded(taken)), *records", "*records"),
    Mutant(
        "who had the card owes it",
        DISPUTES,
        "wallet_at(context, card, paid.height)",
        "card.wallet",
    ),
    Mutant(
        "who was reloaded pays", DISPUTES, "if posting.target.startswith(_WALLET):", "if False:"
    ),
    Mutant("what is short is owed", DISPUTES, "if short and record is not None:", "if False:"),
    Mutant(
        "what was set aside comes first",
        DISPUTES,
        "aside = min(due, state.balance(hold(paid.hash), asset))",
        "aside = 0",
    ),
    # ---------- votes and grants ----------
    Mutant("quorum", GOVERNANCE, "return 2 * validators // 3 + 1", "return 2 * validators // 3"),
    Mutant(
        "votes of validators", GOVERNANCE, " or signed.author in deciders(context):", " or True:"
    ),
    Mutant("one vote each", GOVERNANCE, "return Code.ALREADY_VOTED if again else", "return"),
    Mutant(
        "one vote counts once", GOVERNANCE, "if body.support and not again:", "if body.support:"
    ),
    Mutant(
        "those who left do not count",
        GOVERNANCE,
        "sum(node in nodes for node in support)",
        "len(support)",
    ),
    Mutant(
        "those who forked do not count",
        EFFECT,
        "if is_active(context, node))",
        ")",
    ),
    Mutant(
        "a forked node does not get in",
        GOVERNANCE,
        'body.change == "add" and not is_active(context, body.node):',
        "False:",
    ),
    Mutant(
        "the engine is handed over by vote",
        GOVERNANCE,
        "        return proposal\n    record = Handover(",
        "        pass\n    record = Handover(",
    ),
    Mutant(
        "the chain's rules by vote",
        REGISTRY,
        "everywhere = body.subject == CHAIN and context.protocol >= VOTES",
        "everywhere = False",
    ),
    Mutant(
        "euros by vote",
        ASSETS,
        "if (proposal := proposed(context, signed)) is not None:",
        "if (proposal := None) is not None:",
    ),
    Mutant(
        "members by vote",
        AUTHORS,
        "if (proposal := proposed(context, signed)) is not None:",
        "if (proposal := None) is not None:",
    ),
    Mutant(
        "purse groups by vote",
        CARDS,
        "if (proposal := proposed(context, signed)) is not None:",
        "if (proposal := None) is not None:",
    ),
    Mutant("who lost blocks says so", GOVERNANCE, "signed.author != context.sealer or", ""),
    Mutant("a grant is paid once", GOVERNANCE, ' or proposal.status != "open":', ":"),
    Mutant(
        "one change at a time",
        GOVERNANCE,
        "in _MEMBERSHIP and not signed.agreed and _change_is_open(context):",
        "in ():",
    ),
    Mutant("the last validator", GOVERNANCE, "deciders(context) == (body.node,):", "False:"),
    Mutant(
        "a loss is made good once",
        GOVERNANCE,
        "< body.amount:\n            return Code.WRONG_AMOUNT",
        "< 0:\n            return Code.WRONG_AMOUNT",
    ),
    Mutant("a loss begins here", GOVERNANCE, "if body.first != context.height or", "if"),
    # ---------- keys ----------
    Mutant(
        "a rotation ends its batch", AUTHORS, "    if not signed.ends_batch:\n", "    if False:\n"
    ),
    Mutant(
        "a new key agrees",
        AUTHORS,
        "if not rotation_holds(body, envelope.chain, envelope.author):",
        "if False:",
    ),
    Mutant(
        "a node agrees to join",
        AUTHORS,
        "if not invitation_holds(body, signed.transaction.envelope.chain):",
        "if False:",
    ),
    Mutant("one key for one author", AUTHORS, "return any(author.key == key", "return any(False"),
    # ---------- forked branches ----------
    Mutant(
        "a branch is booked once",
        ADOPTION,
        "            return Code.ALREADY_EXISTS\n",
        "            pass\n",
    ),
    Mutant(
        "a branch is the till's",
        ADOPTION,
        "if not signed_by(batch, bytes.fromhex(author.key)):",
        "if False:",
    ),
    Mutant(
        "only of a forked till",
        ADOPTION,
        'if author.status != "quarantined" and not author.forked:',
        "if False:",
    ),
    Mutant("not the chain's own branch", ADOPTION, "known.hash == start.hash:", "False:"),
    Mutant(
        "a branch changes no key", ADOPTION, "if isinstance(item.body, ADOPTED | Code)", "if True"
    ),
    Mutant(
        "its numbers are not the chain's",
        ADOPTION,
        "if author == self.name and seq >= self.since:",
        "if False:",
    ),
    Mutant(
        "its refunds are not the chain's",
        ADOPTION,
        "record in {Refunded, Settled} and",
        "False and",
    ),
    Mutant("a forked till never goes on", EXECUTOR, " or author.forked):", "):"),
    Mutant(
        "a fork is remembered", REGISTRY, 'status="revoked", forked=forked)', 'status="revoked")'
    ),
    Mutant(
        "a place that left sells no more",
        RULES,
        "return place is not None and place.left",
        "return False",
    ),
)
