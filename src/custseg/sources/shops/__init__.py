"""Systems of shops: Shopify, WooCommerce, Magento."""

from __future__ import annotations

from custseg.sources.shops._magento import MAGENTO, magento
from custseg.sources.shops._shopify import SHOPIFY, shopify
from custseg.sources.shops._woocommerce import WOOCOMMERCE, woocommerce

__all__ = ["MAGENTO", "SHOPIFY", "WOOCOMMERCE", "magento", "shopify", "woocommerce"]
