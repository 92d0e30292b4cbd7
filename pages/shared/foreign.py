"""What other services add to a link on its way: none of ours, and not worth a word."""

from __future__ import annotations

NAMES = frozenset(
    (
        *("fbclid", "igshid", "igsh", "fb_action_ids", "fb_action_types", "fb_ref", "fb_source"),
        *("gclid", "gclsrc", "dclid", "gbraid", "wbraid", "gad", "gad_source", "gad_campaignid"),
        *("srsltid", "usqp", "ved", "sca_esv", "msclkid", "cvid", "yclid", "ysclid", "_openstat"),
        *("twclid", "ttclid", "li_fat_id", "lipi", "trk", "trkinfo", "epik", "rdt_cid", "sccid"),
        *("si", "spm", "share_id", "mkt_tok", "vero_id", "vero_conv", "oly_anon_id", "oly_enc_id"),
        *("wickedid", "irclickid", "irgwc", "cjevent", "s_kwcid", "ef_id", "cmpid", "ncid"),
        *("ref", "ref_src", "ref_url", "referrer", "referer"),
        # What Streamlit reads itself, and what browsers and proxies ask of any page
        *("embed", "embed_options", "theme"),
    )
)
# Whole families: Urchin and Google Analytics, Mailchimp, HubSpot, Matomo and Piwik, Facebook, ...
FAMILIES = (
    *("utm_", "mc_", "_ga", "_gl", "_hs", "__hs", "hsa_", "hsctatracking", "pk_", "piwik_"),
    *("mtm_", "matomo_", "__cft__", "__tn__", "__xts__", "bsft_", "_branch_", "_bta_", "_kx"),
)


def is_foreign(key: str) -> bool:
    """Whether a parameter of a link is one that other services, or Streamlit itself, add."""
    key = key.lower()
    return key in NAMES or key.startswith(FAMILIES)
