"""Every error code of the protocol, and what staff read when it happens.

One closed set of stable strings: `Code`.  A code is either the answer to bytes that could not be
taken as a batch or a request (the caller gets an HTTP status, the bytes go to the dead letters), or
the reason inside a `rejected` verdict, which is on the chain for ever: a code is never renamed.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Code(StrEnum):
    """Why something was refused or rejected."""

    # Bytes that are not a batch or a payload of ours.
    BAD_FRAMING = "bad_framing"
    TOO_LARGE = "too_large"
    BAD_JSON = "bad_json"
    BAD_SHAPE = "bad_shape"
    NOT_CANONICAL = "not_canonical"
    WRONG_VERSION = "wrong_version"
    OTHER_CHAIN = "other_chain"
    BROKEN_LINK = "broken_link"
    BAD_SIGNATURE = "bad_signature"
    UNKNOWN_AUTHOR = "unknown_author"
    # Where a batch stands in its author's chain.
    GAP = "gap"
    FORK = "fork"
    AUTHOR_QUARANTINED = "author_quarantined"
    # Requests other than batches.
    BAD_REQUEST = "bad_request"
    BAD_PIN = "bad_pin"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    STALE_READ = "stale_read"
    BAD_READ_SIGNATURE = "bad_read_signature"
    BAD_CURSOR = "bad_cursor"
    CHAIN_CLOSED = "chain_closed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    NODE_BEHIND = "node_behind"
    NODE_BUSY = "node_busy"
    INTERNAL = "internal"
    # Verdicts: the kind or the body.
    UNKNOWN_KIND = "unknown_kind"
    KIND_NOT_ACTIVE = "kind_not_active"
    MISSING_FIELD = "missing_field"
    UNKNOWN_FIELD = "unknown_field"
    BAD_FIELD = "bad_field"
    BAD_AMOUNT = "bad_amount"
    # Verdicts: who and what.
    NOT_AUTHORISED = "not_authorised"
    AUTHOR_REVOKED = "author_revoked"
    ALREADY_EXISTS = "already_exists"
    UNKNOWN_ASSET = "unknown_asset"
    UNKNOWN_PLACE = "unknown_place"
    UNKNOWN_CARD = "unknown_card"
    UNKNOWN_TERMINAL = "unknown_terminal"
    UNKNOWN_WALLET = "unknown_wallet"
    UNKNOWN_SALE = "unknown_sale"
    UNKNOWN_POLICY = "unknown_policy"
    # Verdicts: money.
    CARD_BLOCKED = "card_blocked"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    PLACE_SHORT = "place_short"
    POT_SHORT = "pot_short"
    SUPPLY_TOO_LARGE = "supply_too_large"
    EVIDENCE_USED = "evidence_used"
    WRONG_ASSET = "wrong_asset"
    NOTHING_ACCEPTED = "nothing_accepted"
    REFUND_TOO_LARGE = "refund_too_large"
    SPLIT_NOT_ACTIVE = "split_not_active"
    # Verdicts: demurrage.
    NO_DEMURRAGE = "no_demurrage"
    WRONG_DAY = "wrong_day"
    NO_NOTICE = "no_notice"
    WRONG_AMOUNT = "wrong_amount"
    NOTHING_TO_REVERSE = "nothing_to_reverse"
    # Verdicts of protocol 2.
    PLACE_LEFT = "place_left"
    ASSET_ARCHIVED = "asset_archived"
    NOT_ACCEPTED = "not_accepted"
    NO_RATE = "no_rate"
    WRONG_RATE = "wrong_rate"
    TOO_SMALL = "too_small"
    WRONG_TIER = "wrong_tier"
    UNKNOWN_GROUP = "unknown_group"
    PURSE_OPEN = "purse_open"
    PURSE_EMPTY = "purse_empty"
    ALLOWANCE_VALID = "allowance_valid"
    HEADS_MISSING = "heads_missing"
    WRONG_SPAN = "wrong_span"
    WALLET_MERGED = "wallet_merged"
    UNKNOWN_LOCK = "unknown_lock"
    ALREADY_SETTLED = "already_settled"
    CANNOT_CORRECT = "cannot_correct"
    NOT_A_MEMBER = "not_a_member"
    WRONG_PERIOD = "wrong_period"
    NOT_LAST = "not_last"
    BAD_PROOF = "bad_proof"
    NOT_A_FORK = "not_a_fork"
    NOT_A_VALIDATOR = "not_a_validator"
    UNKNOWN_PROPOSAL = "unknown_proposal"
    ALREADY_VOTED = "already_voted"
    ONE_AT_A_TIME = "one_at_a_time"
    ISSUER_SUSPENDED = "issuer_suspended"
    UNKNOWN_NODE = "unknown_node"
    UNKNOWN_RELOAD = "unknown_reload"
    LAST_VALIDATOR = "last_validator"
    TOO_MANY = "too_many"


class Refused(Exception):  # noqa: N818 - named for what happened to the sender's bytes
    """Bytes or a request that could not be taken; `code` says why, `hint` where (for logs)."""

    def __init__(self, code: Code, hint: str = "") -> None:
        """Keep the code for the caller and a hint that names no person and no card."""
        super().__init__(f"{code}: {hint}" if hint else str(code))
        self.code: Final = code
        self.hint: Final = hint


class Words(NamedTuple):
    """What staff read, in the two languages."""

    fr: str
    en: str


MESSAGES: Final[dict[Code, Words]] = {
    Code.BAD_FRAMING: Words("L’envoi n’a pas la forme d’un lot.", "What was sent is not a batch."),
    Code.TOO_LARGE: Words("L’envoi est trop gros.", "What was sent is too large."),
    Code.BAD_JSON: Words("L’envoi est illisible.", "What was sent cannot be read."),
    Code.BAD_SHAPE: Words(
        "Un champ manque ou n’est pas du bon type.", "A field is missing or of the wrong type."
    ),
    Code.NOT_CANONICAL: Words(
        "L’écriture n’est pas canonique.", "The bytes are not in canonical form."
    ),
    Code.WRONG_VERSION: Words(
        "Cette version du protocole n’est pas connue ici.",
        "This version of the protocol is not known here.",
    ),
    Code.OTHER_CHAIN: Words(
        "Cette caisse appartient à un autre registre.", "This till belongs to another chain."
    ),
    Code.BROKEN_LINK: Words(
        "Les opérations du lot ne se suivent pas.", "The transactions do not link."
    ),
    Code.BAD_SIGNATURE: Words("La signature est fausse.", "The signature is wrong."),
    Code.UNKNOWN_AUTHOR: Words(
        "Cette caisse n’est pas connue ici\u00a0: jumelez-la.",
        "This till is not known here: pair it.",
    ),
    Code.GAP: Words(
        "Il manque des opérations avant celles-ci.", "Transactions before these are missing."
    ),
    Code.FORK: Words(
        "Deux suites différentes portent le même numéro\u00a0: caisse mise en quarantaine.",
        "Two histories carry the same number: the till is quarantined.",
    ),
    Code.AUTHOR_QUARANTINED: Words("Cette caisse est en quarantaine.", "This till is quarantined."),
    Code.BAD_REQUEST: Words("La demande est mal formée.", "The request is malformed."),
    Code.BAD_PIN: Words(
        "Ce code est faux, a déjà servi ou a expiré.",
        "This code is wrong, used or out of date.",
    ),
    Code.TOO_MANY_ATTEMPTS: Words(
        "Trop d’essais\u00a0: attendez un peu.", "Too many attempts: wait a little."
    ),
    Code.STALE_READ: Words(
        "L’heure de la demande est trop éloignée.", "The time of the request is too far off."
    ),
    Code.BAD_READ_SIGNATURE: Words(
        "La signature de la demande est fausse.", "The signature of the request is wrong."
    ),
    Code.BAD_CURSOR: Words("Ce repère n’est pas connu.", "This cursor is not known."),
    Code.CHAIN_CLOSED: Words(
        "Ce nœud ne montre sa chaîne qu’à qui il a donné un lien.",
        "This node shows its chain only to those it has given a link to.",
    ),
    Code.NOT_FOUND: Words("Cela n’existe pas.", "There is no such thing."),
    Code.METHOD_NOT_ALLOWED: Words(
        "Cette adresse ne se lit pas ainsi.", "This address is not used that way."
    ),
    Code.NODE_BEHIND: Words(
        "Ce nœud a perdu des blocs\u00a0: il garde les ventes.",
        "This node has lost blocks: it keeps the sales.",
    ),
    Code.NODE_BUSY: Words(
        "Le nœud est occupé\u00a0: l’envoi sera refait.", "The node is busy: it will be sent again."
    ),
    Code.INTERNAL: Words(
        "Le nœud a eu une panne. Rien n’est perdu.", "The node failed. Nothing is lost."
    ),
    Code.UNKNOWN_KIND: Words(
        "Cette sorte d’opération n’existe pas.", "There is no such kind of transaction."
    ),
    Code.KIND_NOT_ACTIVE: Words(
        "Cette sorte d’opération n’est pas encore ouverte.",
        "This kind of transaction is not open yet.",
    ),
    Code.MISSING_FIELD: Words("Un champ manque.", "A field is missing."),
    Code.UNKNOWN_FIELD: Words("Un champ est inconnu.", "A field is unknown."),
    Code.BAD_FIELD: Words("Un champ est mal écrit.", "A field is badly written."),
    Code.BAD_AMOUNT: Words(
        "Un montant est nul, négatif ou trop grand.", "An amount is zero, negative or too large."
    ),
    Code.NOT_AUTHORISED: Words(
        "Cet auteur n’a pas le droit de signer cela.", "This author may not sign that."
    ),
    Code.AUTHOR_REVOKED: Words("Cette caisse a été révoquée.", "This till was revoked."),
    Code.ALREADY_EXISTS: Words("Cela existe déjà.", "This exists already."),
    Code.UNKNOWN_ASSET: Words("Cette monnaie n’est pas connue.", "This asset is not known."),
    Code.UNKNOWN_PLACE: Words("Ce lieu n’est pas connu.", "This place is not known."),
    Code.UNKNOWN_CARD: Words("Carte inconnue.", "Unknown card."),
    Code.UNKNOWN_TERMINAL: Words("Cette caisse n’est pas connue.", "This till is not known."),
    Code.UNKNOWN_WALLET: Words("Ce porte-monnaie n’est pas connu.", "This wallet is not known."),
    Code.UNKNOWN_SALE: Words("Cette vente n’est pas connue.", "This sale is not known."),
    Code.UNKNOWN_POLICY: Words(
        "Cette règle ne va pas avec cet objet.", "This policy does not fit this subject."
    ),
    Code.CARD_BLOCKED: Words("Carte bloquée.", "Blocked card."),
    Code.INSUFFICIENT_FUNDS: Words(
        "Il n’y a pas assez sur la carte.", "There is not enough on the card."
    ),
    Code.PLACE_SHORT: Words(
        "Le lieu n’a pas assez pour rendre cela.", "The place has not enough to give that back."
    ),
    Code.POT_SHORT: Words("Le fonds n’a pas assez.", "The pot does not hold enough."),
    Code.SUPPLY_TOO_LARGE: Words(
        "Il y aurait trop de cette monnaie.", "There would be too much of this asset."
    ),
    Code.EVIDENCE_USED: Words("Cette preuve a déjà servi.", "This evidence was used already."),
    Code.WRONG_ASSET: Words(
        "Cette opération ne va pas avec cette monnaie.", "This cannot be done with this asset."
    ),
    Code.NOTHING_ACCEPTED: Words(
        "Ce lieu n’accepte aucune monnaie.", "This place accepts no asset."
    ),
    Code.REFUND_TOO_LARGE: Words(
        "Le remboursement dépasse la vente.", "The refund is larger than the sale."
    ),
    Code.SPLIT_NOT_ACTIVE: Words(
        "Payer une ligne dans une seule monnaie n’est pas encore ouvert.",
        "Paying a line in one asset only is not open yet.",
    ),
    Code.NO_DEMURRAGE: Words("Cette monnaie ne fond pas.", "This asset does not melt."),
    Code.WRONG_DAY: Words("Ce n’est pas le jour.", "It is not the day for it."),
    Code.NO_NOTICE: Words(
        "Aucun avis n’a été publié avant la fonte.", "No notice was given before the melt."
    ),
    Code.WRONG_AMOUNT: Words(
        "Le montant n’est pas celui de la règle.", "The amount is not the rule’s."
    ),
    Code.NOTHING_TO_REVERSE: Words(
        "Il n’y a pas de fonte à annuler.", "There is no melt to reverse."
    ),
    Code.PLACE_LEFT: Words(
        "Ce lieu a quitté la fédération.", "This place has left the federation."
    ),
    Code.ASSET_ARCHIVED: Words("Cette monnaie est close.", "This asset is closed."),
    Code.NOT_ACCEPTED: Words(
        "Cette monnaie n’est pas acceptée ici.", "This asset is not accepted here."
    ),
    Code.NO_RATE: Words(
        "Aucun taux n’est fixé pour cet échange.", "No rate is set for this exchange."
    ),
    Code.WRONG_RATE: Words(
        "Ce taux contredit les autres\u00a0: un tour d’échanges créerait de l’argent.",
        "This rate contradicts the others: a round of exchanges would make money.",
    ),
    Code.TOO_SMALL: Words(
        "Le montant est trop petit pour être échangé.", "The amount is too small to be exchanged."
    ),
    Code.WRONG_TIER: Words(
        "Cette carte ne peut pas porter de bourse.", "This card cannot carry a purse."
    ),
    Code.UNKNOWN_GROUP: Words(
        "Ce groupe de bourses n’existe pas.", "This purse group does not exist."
    ),
    Code.PURSE_OPEN: Words(
        "La bourse de cette carte n’est pas encore soldée.",
        "The purse of this card is not released yet.",
    ),
    Code.PURSE_EMPTY: Words(
        "Cette carte n’a pas de bourse à solder.", "This card has no purse to release."
    ),
    Code.ALLOWANCE_VALID: Words(
        "La carte peut encore payer hors ligne\u00a0: attendez la fin de sa validité.",
        "The card can still pay offline: wait until its allowance has expired.",
    ),
    Code.HEADS_MISSING: Words(
        "Une caisse n’a pas encore tout envoyé.", "A till has not sent everything yet."
    ),
    Code.WRONG_SPAN: Words(
        "L’intervalle dépensé ne correspond pas au montant.",
        "The interval spent does not match the amount.",
    ),
    Code.WALLET_MERGED: Words(
        "Ce portefeuille a été fusionné avec un autre.", "This wallet was merged into another."
    ),
    Code.UNKNOWN_LOCK: Words(
        "Cette demande de versement n’existe pas.", "This payout request does not exist."
    ),
    Code.ALREADY_SETTLED: Words("C’est déjà réglé.", "This is settled already."),
    Code.CANNOT_CORRECT: Words(
        "Cette opération ne peut pas être annulée ainsi.",
        "This transaction cannot be undone this way.",
    ),
    Code.NOT_A_MEMBER: Words("Ce portefeuille n’est pas membre.", "This wallet is not a member."),
    Code.WRONG_PERIOD: Words("Cette période n’est pas due.", "This period is not due."),
    Code.NOT_LAST: Words(
        "Rien ne peut suivre un changement de clé dans le même lot.",
        "Nothing may follow a change of key in its batch.",
    ),
    Code.BAD_PROOF: Words(
        "La preuve de la nouvelle clé est fausse.", "The proof of the new key is wrong."
    ),
    Code.NOT_A_FORK: Words(
        "Ce terminal n’a pas d’autre branche à reprendre.",
        "This terminal has no other branch to take in.",
    ),
    Code.NOT_A_VALIDATOR: Words(
        "Seul un validateur peut le faire.", "Only a validator can do this."
    ),
    Code.UNKNOWN_PROPOSAL: Words(
        "Cette proposition n’est pas ouverte.", "This proposal is not open."
    ),
    Code.ALREADY_VOTED: Words("Ce vote est déjà donné.", "This vote is cast already."),
    Code.ONE_AT_A_TIME: Words(
        "Un autre changement des validateurs est en cours.",
        "Another change of the validators is open.",
    ),
    Code.ISSUER_SUSPENDED: Words(
        "Ce nœud ne peut plus émettre d’autorisations.", "This node may issue no allowances."
    ),
    Code.UNKNOWN_NODE: Words("Ce nœud n’est pas connu.", "This node is not known."),
    Code.UNKNOWN_RELOAD: Words("Cette recharge n’est pas connue.", "This reload is not known."),
    Code.LAST_VALIDATOR: Words(
        "Il faut au moins un validateur.", "There must be at least one validator."
    ),
    Code.TOO_MANY: Words("Ce nœud en a déjà trop.", "This node has too many of them already."),
}
