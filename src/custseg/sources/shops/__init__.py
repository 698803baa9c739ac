"""Systems of shops: Shopify, WooCommerce, Magento."""

from __future__ import annotations

from custseg.sources.shops._shopify import SHOPIFY, shopify

__all__ = ["SHOPIFY", "shopify"]
