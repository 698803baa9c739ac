"""Further files, whose layouts the rules of inspection were not written with."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from dialects import Dialect, comma, person, shop_lines, text_of


def swiss() -> Dialect:
    rows = [
        (f"{x.at:%d.%m.%y}", f"A-{x.order}", 4000 + x.customer, f"CHF {x.amount * 30:,.2f}".replace(",", "'"))
        for x in shop_lines(lines=1, seed=11)
    ]
    return Dialect("swiss.csv", text_of(["Belegdatum", "Belegnr", "Debitor", "Betrag"], rows, ";").encode(), "orders", {
        "customer": "Debitor", "order": "Belegnr", "date": "Belegdatum", "amount": "Betrag", "separator": ";",
        "thousands": "'", "date_format": "%d.%m.%y",
    })  # fmt: skip


def bitrix() -> Dialect:
    rows = [
        [f'"{cell}"' for cell in (9000 + i, "Сделка успешна", f"Сделка № {x.order}", f"{x.amount * 90:.2f}", "RUB",
         f"{x.at:%d.%m.%Y %H:%M:%S}", person(x.customer), "Сайт")]
        for i, x in enumerate(shop_lines(lines=1, seed=12))
    ]  # fmt: skip
    header = ["ID", "Стадия сделки", "Название сделки", "Сумма", "Валюта", "Дата создания", "Контакт", "Источник"]
    content = ";".join(f'"{name}"' for name in header) + "\n" + "\n".join(";".join(row) for row in rows) + "\n"
    return Dialect("bitrix.csv", content.encode("cp1251"), "orders", {
        "customer": "Контакт", "order": "ID", "date": "Дата создания", "amount": "Сумма", "separator": ";",
        "date_format": "%d.%m.%Y %H:%M:%S", "encoding": "cp1251",
    })  # fmt: skip


def hubspot_deals() -> Dialect:
    rows = [
        (7_000_000 + i, f"Deal {x.order}", "Closed won", "Sales pipeline", f"{x.at:%Y-%m-%d %H:%M}",
         f"{x.at - timedelta(days=9):%Y-%m-%d %H:%M}", f"{x.amount:.2f}", "Ann Lee", 51000 + x.customer)
        for i, x in enumerate(shop_lines(lines=1, seed=13))
    ]  # fmt: skip
    header = ["Record ID", "Deal Name", "Deal Stage", "Pipeline", "Close Date", "Create Date", "Amount", "Deal owner",
              "Associated Contact IDs"]  # fmt: skip
    return Dialect("deals.csv", text_of(header, rows).encode("utf-8-sig"), "orders", {
        "customer": "Associated Contact IDs", "amount": "Amount",
    }, optional=frozenset({"date", "order", "channel"}))  # fmt: skip


def instacart() -> Dialect:
    rows = [(x.order, 10 + x.customer, 1 + i % 9, i % 7, i % 24, i % 30) for i, x in enumerate(shop_lines(lines=1))]
    header = ["order_id", "user_id", "order_number", "order_dow", "order_hour_of_day", "days_since_prior_order"]
    return Dialect("instacart.csv", text_of(header, rows).encode(), "other")


def retailrocket() -> Dialect:
    rng = random.Random(14)
    rows = [(1433221332117 + i * 61_234, 257000 + i % 80, rng.choice(["view", "view", "addtocart", "transaction"]),
             355900 + i % 50, "" if i % 9 else 4000 + i) for i in range(700)]  # fmt: skip
    header = ["timestamp", "visitorid", "event", "itemid", "transactionid"]
    return Dialect("retailrocket.csv", text_of(header, rows).encode(), "events", {
        "customer": "visitorid", "event": "event", "date": "timestamp",
    }, optional=frozenset({"names", "date_format"}))  # fmt: skip


def nota_fiscal() -> Dialect:
    rows = [
        (
            f"{x.order:06}",
            f"{x.at:%d/%m/%Y}",
            f"{10_000_000_000 + x.customer}",
            person(x.customer),
            comma(x.amount, "."),
        )
        for x in shop_lines(lines=1, seed=15)
    ]
    header = ["Nota Fiscal", "Data de Emissão", "CPF do Cliente", "Nome do Cliente", "Valor Líquido"]
    return Dialect("notas.csv", text_of(header, rows, ";").encode("cp1252"), "orders", {
        "customer": "CPF do Cliente", "order": "Nota Fiscal", "date": "Data de Emissão", "amount": "Valor Líquido",
        "separator": ";", "decimal": ",", "date_format": "%d/%m/%Y",
    })  # fmt: skip


def polish() -> Dialect:
    rows = [
        (f"ZAM/{x.order}", f"{x.at:%Y-%m-%d}", f"kl{x.customer}", comma(x.amount, " ")) for x in shop_lines(lines=1)
    ]
    return Dialect("zamowienia.csv", text_of(["Zamówienie", "Kiedy", "Nabywca", "Kwota"], rows, ";").encode("cp1250"),
                   "orders", {"customer": "Nabywca", "date": "Kiedy", "amount": "Kwota", "separator": ";",
                              "decimal": ","}, optional=frozenset({"order", "encoding"}))  # fmt: skip


def elo() -> Dialect:
    rows = [
        ("Y", f"C_ID_{x.customer:010x}", x.customer % 90, "N", 1, "B", 80 + x.product, f"M_ID_{x.product:x}", -1,
         f"{-0.7 + x.amount / 1000:.8f}", x.at)
        for x in shop_lines(lines=1, seed=16)
    ]  # fmt: skip
    header = ["authorized_flag", "card_id", "city_id", "category_1", "installments", "category_3",
              "merchant_category_id", "merchant_id", "month_lag", "purchase_amount", "purchase_date"]  # fmt: skip
    return Dialect("elo.csv", text_of(header, rows).encode(), "orders", {
        "customer": "card_id", "date": "purchase_date", "amount": "purchase_amount",
    }, optional=frozenset({"category", "product"}))  # fmt: skip


def ta_feng() -> Dialect:
    rows = [
        (f"{x.at.month}/{x.at.day}/{x.at.year}", f"{1_000_000 + x.customer}", "45-49", 115, 110411,
         4710199010000 + x.product, x.quantity, int(x.amount * 20), int(x.amount * 25))
        for x in shop_lines(seed=17)
    ]  # fmt: skip
    header = ["TRANSACTION_DT", "CUSTOMER_ID", "AGE_GROUP", "PIN_CODE", "PRODUCT_SUBCLASS", "PRODUCT_ID", "AMOUNT",
              "ASSET", "SALES_PRICE"]  # fmt: skip
    return Dialect("ta_feng.csv", text_of(header, rows).encode(), "orders", {
        "customer": "CUSTOMER_ID", "date": "TRANSACTION_DT", "amount": "SALES_PRICE", "date_format": "%m/%d/%Y",
    })  # fmt: skip


def online_retail_2() -> Dialect:
    rows = [
        (f"{'C' if i % 40 == 7 else ''}{x.order}", f"{85000 + x.product}{'B' if x.product % 3 else ''}",
         f"CUP, {x.product}", -x.quantity if i % 40 == 7 else x.quantity,
         f"{x.at.month}/{x.at.day}/{x.at.year} {x.at.hour}:{x.at.minute:02}", x.price,
         "" if i % 5 == 0 else f"{12340 + x.customer}.0", "France")
        for i, x in enumerate(shop_lines(seed=18))
    ]  # fmt: skip
    header = ["Invoice", "StockCode", "Description", "Quantity", "InvoiceDate", "Price", "Customer ID", "Country"]
    return Dialect("online_retail_II.csv", text_of(header, rows, ",", "\r\n").encode(), "orders", {
        "customer": "Customer ID", "order": "Invoice", "date": "InvoiceDate", "quantity": "Quantity", "price": "Price",
        "date_format": "%m/%d/%Y %H:%M",
    })  # fmt: skip


def x5() -> Dialect:
    lines = shop_lines(seed=19)
    whole: dict[int, float] = {}
    for x in lines:
        whole[x.order] = whole.get(x.order, 0.0) + x.amount
    rows = [
        (f"{x.customer:010x}", f"{x.order:010x}", x.at, 10.0, 0.0, 0.0, 0.0, f"{whole[x.order]:.1f}",
         f"{x.order % 9:010x}", f"{x.product:010x}", float(x.quantity), f"{x.amount:.1f}", "")
        for x in lines
    ]  # fmt: skip
    header = ["client_id", "transaction_id", "transaction_datetime", "regular_points_received",
              "express_points_received", "regular_points_spent", "express_points_spent", "purchase_sum", "store_id",
              "product_id", "product_quantity", "trn_sum_from_iss", "trn_sum_from_red"]  # fmt: skip
    return Dialect("x5.csv", text_of(header, rows).encode(), "orders", {
        "customer": "client_id", "order": "transaction_id", "date": "transaction_datetime",
        "amount": "trn_sum_from_iss",
    })  # fmt: skip


def valued_shoppers() -> Dialect:
    rows = [
        (86246 + x.customer, 205, x.product % 9, 700 + x.product, 107 * x.product, 100 + x.product,
         f"{x.at:%Y-%m-%d}", 12, "OZ", x.quantity, f"{x.amount:.2f}")
        for x in shop_lines(seed=20)
    ]  # fmt: skip
    header = ["id", "chain", "dept", "category", "company", "brand", "date", "productsize", "productmeasure",
              "purchasequantity", "purchaseamount"]  # fmt: skip
    return Dialect("transactions.csv", text_of(header, rows).encode(), "orders", {
        "customer": "id", "date": "date", "amount": "purchaseamount",
    })  # fmt: skip


def dunnhumby() -> Dialect:
    rows = [
        (x.customer + 1, 26984851472 + x.order, (x.at - datetime(2024, 1, 1)).days, x.product, x.quantity, x.amount,
         364, "0.0", 1631, 1)
        for x in shop_lines(seed=21)
    ]  # fmt: skip
    header = ["household_key", "BASKET_ID", "DAY", "PRODUCT_ID", "QUANTITY", "SALES_VALUE", "STORE_ID", "RETAIL_DISC",
              "TRANS_TIME", "WEEK_NO"]  # fmt: skip
    return Dialect("dunnhumby.csv", text_of(header, rows).encode(), "other")


def square() -> Dialect:
    rows = [
        (f"{x.at:%m/%d/%y}", f"{x.at:%H:%M:%S}", "Eastern Time", f"${x.amount:,.2f}", "$0.00", f"${x.amount:,.2f}",
         f"tx{x.order:08x}", f"cust{x.customer:05x}", person(x.customer))
        for x in shop_lines(lines=1, seed=22)
    ]  # fmt: skip
    header = ["Date", "Time", "Time Zone", "Gross Sales", "Discounts", "Net Sales", "Transaction ID", "Customer ID",
              "Customer Name"]  # fmt: skip
    return Dialect("square.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Customer ID", "order": "Transaction ID", "date": "Date", "date_format": "%m/%d/%y",
    }, optional=frozenset({"amount", "discount", "thousands"}))  # fmt: skip


def etsy() -> Dialect:
    rows = [
        (f"{x.at:%m/%d/%y}", 3_000_000_000 + x.order, f"buyer{x.customer}", person(x.customer), 1, "Visa",
         f"{x.at + timedelta(days=2):%m/%d/%y}", "Rome", "Italy", "EUR", f"{x.amount:.2f}", "0", f"{x.amount:.2f}")
        for x in shop_lines(lines=1, seed=23)
    ]  # fmt: skip
    header = ["Sale Date", "Order ID", "Buyer User ID", "Full Name", "Number of Items", "Payment Method",
              "Date Shipped", "Ship City", "Ship Country", "Currency", "Order Value", "Discount Amount",
              "Order Total"]  # fmt: skip
    return Dialect("etsy.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Buyer User ID", "order": "Order ID", "date": "Sale Date", "date_format": "%m/%d/%y",
    }, optional=frozenset({"amount", "discount"}))  # fmt: skip


def prestashop() -> Dialect:
    rows = [
        (i + 1, f"REF{x.order}XK", "Non", "France", person(x.customer), comma(x.amount) + " €", "Carte", "Livré",
         f"{x.at:%d/%m/%Y %H:%M:%S}")
        for i, x in enumerate(shop_lines(lines=1, seed=24))
    ]  # fmt: skip
    header = ["ID", "Référence", "Nouveau client", "Livraison", "Client", "Total", "Paiement", "État", "Date"]
    return Dialect("presta.csv", text_of(header, rows, ";").encode(), "orders", {
        "customer": "Client", "date": "Date", "amount": "Total", "separator": ";", "decimal": ",",
        "date_format": "%d/%m/%Y %H:%M:%S",
    }, optional=frozenset({"order"}))  # fmt: skip


def shopware() -> Dialect:
    rows = [
        (20_000 + x.order, f"{x.at:%d.%m.%Y, %H:%M}", f"{10_000 + x.customer}", f"m{x.customer}@example.de",
         comma(x.amount, "."), "Abgeschlossen", "Storefront")
        for x in shop_lines(lines=1, seed=25)
    ]  # fmt: skip
    header = ["Bestellnummer", "Bestellzeit", "Kunden-Nr.", "E-Mail", "Gesamtbetrag", "Status", "Verkaufskanal"]
    return Dialect("shopware.csv", text_of(header, rows, ";").encode("utf-8-sig"), "orders", {
        "customer": "Kunden-Nr.", "order": "Bestellnummer", "date": "Bestellzeit", "amount": "Gesamtbetrag",
        "separator": ";", "decimal": ",", "date_format": "%d.%m.%Y, %H:%M",
    })  # fmt: skip


def pivot() -> Dialect:
    rows = [(f"A{i:03}", i * 7, i * 9 % 50, i % 4) for i in range(1, 90)]
    return Dialect("pivot.csv", text_of(["customer", "2022", "2023", "2024"], rows).encode(), "customers", {
        "customer": "customer",
    })  # fmt: skip


def line_totals_of_order() -> Dialect:
    lines = shop_lines(seed=26)
    whole: dict[int, float] = {}
    for x in lines:
        whole[x.order] = whole.get(x.order, 0.0) + x.amount
    rows = [(x.customer, x.order, f"{x.at:%Y-%m-%d}", f"P{x.product}", f"{whole[x.order]:.2f}") for x in lines]
    header = ["user_id", "order_id", "order_date", "product_id", "order_total"]
    return Dialect("totals.csv", text_of(header, rows).encode(), "orders", {
        "customer": "user_id", "order": "order_id", "date": "order_date", "amount": "order_total",
    })  # fmt: skip


def survey() -> Dialect:
    rng = random.Random(27)
    rows = [(i, rng.choice("MF"), rng.randint(18, 80), rng.randint(1, 5), rng.randint(1, 5)) for i in range(300)]
    return Dialect("survey.csv", text_of(["Respondent", "Sex", "Age", "Q1", "Q2"], rows).encode(), "other",
                   optional=frozenset({"customer"}))  # fmt: skip


MAKERS: tuple[Callable[[], Dialect], ...] = (
    swiss, bitrix, hubspot_deals, instacart, retailrocket, nota_fiscal, polish, elo, ta_feng, online_retail_2, x5,
    valued_shoppers, dunnhumby, square, etsy, prestashop, shopware, pivot, line_totals_of_order, survey,
)  # fmt: skip
