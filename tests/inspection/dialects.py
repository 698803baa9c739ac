"""Files as shops, banks and programs export them, each with what is true of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

Rows = Sequence[Sequence[object]]


@dataclass(frozen=True)
class Dialect:
    """A file, and what an inspection must find or call ambiguous."""

    name: str
    content: bytes
    kind: str
    arguments: dict[str, Any] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset({"product", "category", "channel", "source", "discount", "cancelled"})


@dataclass(frozen=True)
class Line:
    """One line of an order."""

    customer: int
    order: int
    at: datetime
    quantity: int
    price: float
    product: int

    @property
    def amount(self) -> float:
        return round(self.quantity * self.price, 2)


def shop_lines(orders: int = 160, customers: int = 45, lines: int = 3, seed: int = 1) -> list[Line]:
    """Orders of a shop over a year, line by line."""
    rng = random.Random(seed)
    prices = [round(rng.uniform(2, 90), 2) for _ in range(30)]
    start = datetime(2024, 1, 2, 8, 0)
    moments = sorted(start + timedelta(minutes=rng.randrange(500_000)) for _ in range(orders))
    result = []
    for number, at in enumerate(moments):
        who = rng.randrange(customers)
        for _ in range(rng.randint(1, lines)):
            product = rng.randrange(30)
            result.append(Line(who, 5000 + number, at, rng.randint(1, 5), prices[product], product))
    return result


def text_of(header: Sequence[str], rows: Rows, separator: str = ",", end: str = "\n") -> str:
    """The table as text; what holds the separator stands in quotes."""

    def cell(value: object) -> str:
        word = str(value)
        return f'"{word}"' if separator in word or '"' in word or "\n" in word else word

    return end.join(separator.join(map(cell, row)) for row in [header, *rows]) + end


def comma(number: float, thousands: str = "") -> str:
    """The number with a decimal comma."""
    return f"{number:,.2f}".replace(",", "\0").replace(".", ",").replace("\0", thousands)


FIRST = ("Anna", "Boris", "Clara", "David", "Elena", "Felix", "Greta", "Hans", "Ivan")
LAST = ("Meier", "Novak", "Silva", "Popov", "Dupont", "Garcia", "Smith", "Kim")


def person(number: int) -> str:
    return f"{FIRST[number % 9]} {LAST[number % 8]}"


def german() -> Dialect:
    rows = [
        (f"K{1000 + x.customer}", f"R-{x.order}", f"{x.at:%d.%m.%Y}", f"Artikel {x.product}", x.quantity,
         comma(x.price), comma(x.amount, "."))
        for x in shop_lines()
    ]  # fmt: skip
    header = ["Kundennummer", "Rechnungsnr.", "Rechnungsdatum", "Bezeichnung", "Stück", "Einzelpreis", "Gesamtpreis"]
    return Dialect("german.csv", text_of(header, rows, ";", "\r\n").encode("cp1252"), "orders", {
        "customer": "Kundennummer", "order": "Rechnungsnr.", "date": "Rechnungsdatum", "amount": "Gesamtpreis",
        "separator": ";", "decimal": ",", "date_format": "%d.%m.%Y", "encoding": "cp1252",
    })  # fmt: skip


def russian() -> Dialect:
    rows = [
        (x.order, f"{x.at:%d.%m.%Y %H:%M}", person(x.customer), 700 + x.customer, comma(x.amount * 90, "\xa0"))
        for x in shop_lines(lines=1)
    ]
    header = ["№ заказа", "Дата заказа", "Покупатель", "Код клиента", "Сумма, руб."]
    return Dialect("выгрузка.csv", text_of(header, rows, ";", "\r\n").encode("cp1251"), "orders", {
        "customer": "Код клиента", "order": "№ заказа", "date": "Дата заказа", "amount": "Сумма, руб.",
        "separator": ";", "decimal": ",", "thousands": " ", "date_format": "%d.%m.%Y %H:%M", "encoding": "cp1251",
    })  # fmt: skip


def one_c() -> Dialect:
    rows = [
        ("", person(x.customer), f"Реализация {x.order}", f"{x.at:%d.%m.%Y %H:%M:%S}", f"Товар {x.product}",
         f"{x.quantity},000", comma(x.price * 90, "\xa0"), comma(x.amount * 90, "\xa0"))
        for x in shop_lines()
    ]  # fmt: skip
    header = ["", "Контрагент", "Документ", "Дата", "Номенклатура", "Количество", "Цена", "Сумма"]
    total = ["", "Итого", "", "", "", "", "", comma(1234567.5, "\xa0")]
    title = "Продажи за год;;;;;;;\r\nОтбор: все;;;;;;;\r\n"
    content = title + text_of(header, [*rows, total], ";", "\r\n")
    return Dialect("1c.txt", content.encode("cp1251"), "orders", {
        "customer": "Контрагент", "order": "Документ", "date": "Дата", "amount": "Сумма", "separator": ";",
        "decimal": ",", "thousands": " ", "date_format": "%d.%m.%Y %H:%M:%S", "encoding": "cp1251", "skip_rows": 2,
    })  # fmt: skip


def french() -> Dialect:
    rows = [
        (f"C{x.customer:05}", f"CMD{x.order}", f"{x.at:%d/%m/%Y}", comma(x.amount * 40, "\u202f"))
        for x in shop_lines(lines=1)
    ]
    header = ["N° client", "N° commande", "Date de commande", "Montant TTC"]
    return Dialect("ventes.csv", text_of(header, rows, ";").encode("utf-8-sig"), "orders", {
        "customer": "N° client", "order": "N° commande", "date": "Date de commande", "amount": "Montant TTC",
        "separator": ";", "decimal": ",", "thousands": " ", "date_format": "%d/%m/%Y",
    })  # fmt: skip


def spanish() -> Dialect:
    rows = [
        (f"{x.at:%d-%m-%Y}", x.order, 900 + x.customer, x.quantity, comma(x.price), f"SKU{x.product}",
         f"Familia {x.product % 4}")
        for x in shop_lines()
    ]  # fmt: skip
    header = ["Fecha", "Nº de pedido", "Código de cliente", "Cantidad", "Precio unitario", "Artículo", "Familia"]
    return Dialect("pedidos.csv", text_of(header, rows, ";").encode(), "orders", {
        "customer": "Código de cliente", "order": "Nº de pedido", "date": "Fecha", "quantity": "Cantidad",
        "price": "Precio unitario", "separator": ";", "decimal": ",", "date_format": "%d-%m-%Y",
    })  # fmt: skip


def portuguese() -> Dialect:
    rows = [
        (x.order, f"{x.at:%d/%m/%Y %H:%M:%S}", f"{10_000_000_000 + x.customer}", f"R$ {comma(x.amount * 20, '.')}")
        for x in shop_lines(lines=1)
    ]
    header = ["Pedido", "Data da compra", "Cliente", "Valor total"]
    return Dialect("vendas.csv", text_of(header, rows, ";").encode("cp1252"), "orders", {
        "customer": "Cliente", "order": "Pedido", "date": "Data da compra", "amount": "Valor total",
        "separator": ";", "decimal": ",", "thousands": ".", "date_format": "%d/%m/%Y %H:%M:%S",
    })  # fmt: skip


def american() -> Dialect:
    rows = [
        (x.order, f"{x.at:%m/%d/%Y}", f"{person(x.customer).lower().replace(' ', '.')}{x.customer}@mail.com",
         f"${x.amount * 30:,.2f}")
        for x in shop_lines(lines=1)
    ]  # fmt: skip
    header = ["Order ID", "Order Date", "Customer Email", "Order Total"]
    return Dialect("us.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Customer Email", "order": "Order ID", "date": "Order Date", "amount": "Order Total",
        "thousands": ",", "date_format": "%m/%d/%Y",
    })  # fmt: skip


def twelve_hours() -> Dialect:
    rows = [
        (x.customer + 1, f"T{x.order}", f"{x.at:%m/%d/%Y %I:%M %p}", f"{x.amount:.2f}") for x in shop_lines(lines=1)
    ]
    return Dialect("pos.tsv", text_of(["MemberID", "TransID", "TransDate", "Total"], rows, "\t").encode(), "orders", {
        "customer": "MemberID", "order": "TransID", "date": "TransDate", "amount": "Total", "separator": "\t",
        "date_format": "%m/%d/%Y %I:%M %p",
    })  # fmt: skip


def pipes() -> Dialect:
    rows = [
        (f"{x.at:%Y%m%d}", f"{x.order:08}", f"{x.customer:06}", f"{x.product:04}", x.quantity, f"{x.amount:.2f}")
        for x in shop_lines()
    ]
    header = ["TRANS_DATE", "RECEIPT_NO", "CUST_NO", "ITEM_CODE", "QTY", "SALES_AMT"]
    return Dialect("till.txt", text_of(header, rows, "|").encode(), "orders", {
        "customer": "CUST_NO", "order": "RECEIPT_NO", "date": "TRANS_DATE", "amount": "SALES_AMT", "separator": "|",
        "date_format": "%Y%m%d",
    })  # fmt: skip


def utf_16() -> Dialect:
    rows = [(f"U{x.customer}", x.order, f"{x.at:%Y-%m-%d}", f"{x.amount:.2f}") for x in shop_lines(lines=1)]
    content = text_of(["Client ID", "Invoice number", "Invoice date", "Net amount"], rows, "\t", "\r\n")
    return Dialect("unicode.txt", content.encode("utf-16"), "orders", {
        "customer": "Client ID", "order": "Invoice number", "date": "Invoice date", "amount": "Net amount",
        "separator": "\t",
    })  # fmt: skip


def separator_line() -> Dialect:
    rows = [(x.customer + 1, x.order, f"{x.at:%Y-%m-%d %H:%M}", f"{x.amount:.2f}") for x in shop_lines(lines=1)]
    content = "sep=;\n" + text_of(["customer_id", "order_id", "ordered_at", "amount"], rows, ";")
    return Dialect("excel.csv", content.encode(), "orders", {
        "customer": "customer_id", "order": "order_id", "date": "ordered_at", "amount": "amount",
    })  # fmt: skip


def titles() -> Dialect:
    rows = [(f"C-{x.customer}", f"O-{x.order}", f"{x.at:%d %b %Y}", f"{x.amount:.2f}") for x in shop_lines(lines=1)]
    total = ["Total", "", "", "99999.99"]
    content = "Sales report 2024\nCreated by: admin\n\n"
    content += text_of(["Customer", "Order no.", "Order date", "Amount"], [*rows, total])
    return Dialect("report.csv", content.encode(), "orders", {
        "customer": "Customer", "order": "Order no.", "date": "Order date", "amount": "Amount",
        "date_format": "%d %b %Y", "skip_rows": 3,
    })  # fmt: skip


def shopify() -> Dialect:
    header = ["Name", "Email", "Financial Status", "Paid at", "Fulfillment Status", "Currency", "Subtotal", "Shipping",
              "Taxes", "Total", "Discount Code", "Discount Amount", "Created at", "Lineitem quantity", "Lineitem name",
              "Lineitem price", "Lineitem sku", "Billing Name", "Billing City", "Billing Zip", "Billing Phone",
              "Cancelled at", "Refunded Amount", "Id", "Tags", "Source", "Lineitem discount"]  # fmt: skip
    rows, seen = [], set()
    lines = shop_lines()
    for x in lines:
        whole = sum(y.amount for y in lines if y.order == x.order)
        first = x.order not in seen
        seen.add(x.order)
        order = ["paid", f"{x.at} +0100", "fulfilled", "EUR", f"{whole:.2f}", "4.90", "0.00", f"{whole + 4.9:.2f}", "",
                 "0.00"] if first else [""] * 10  # fmt: skip
        rows.append([f"#{x.order}", f"{x.customer}@example.com", *order, f"{x.at} +0100", x.quantity,
                     f"Cup {x.product}", f"{x.price:.2f}", f"CUP-{x.product}",
                     *([person(x.customer), "Bonn", "'53111", f"'+49151{x.customer:07}"] if first else [""] * 4),
                     "", "0.00" if first else "", 5_500_000_000_000 + x.order if first else "", "",
                     "web" if first else "", "0.00"])  # fmt: skip
    return Dialect("orders_export_1.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Email", "order": "Name", "date": "Created at", "quantity": "Lineitem quantity",
        "price": "Lineitem price",
    }, optional=frozenset({"product", "channel", "source", "discount", "refund", "currency"}))  # fmt: skip


def woocommerce_customers() -> Dialect:
    rng = random.Random(3)
    rows = [
        (person(i), f"user{i}", f"2024-0{1 + i % 9}-11 10:00:00", f"2023-0{1 + i % 9}-02 09:00:00", f"u{i}@site.org",
         rng.randint(1, 9), f"{rng.uniform(5, 900):.2f}", f"{rng.uniform(5, 90):.2f}", "DE", "Köln", "NW", "50667")
        for i in range(140)
    ]  # fmt: skip
    header = ["Name", "Username", "Last Active", "Sign Up", "Email", "Orders", "Total Spend", "AOV",
              "Country / Region", "City", "Region", "Postal Code"]  # fmt: skip
    return Dialect("wc-customers.csv", text_of(header, rows).encode(), "customers", {"customer": "Email"})


def magento() -> Dialect:
    rows = [
        (f"{x.order:09}", "Main Website", f"{x.at:%b %d, %Y, %H:%M:%S}", person(x.customer), person(x.customer),
         f"{x.amount:.2f}", f"{x.amount:.2f}", "complete", f"{x.customer}@example.net")
        for x in shop_lines(lines=1)
    ]  # fmt: skip
    header = ["ID", "Purchase Point", "Purchase Date", "Bill-to Name", "Ship-to Name", "Grand Total (Base)",
              "Grand Total (Purchased)", "Status", "Customer Email"]  # fmt: skip
    return Dialect("magento.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Customer Email", "order": "ID", "date": "Purchase Date", "date_format": "%b %d, %Y, %H:%M:%S",
    }, optional=frozenset({"amount", "channel"}))  # fmt: skip


def stripe() -> Dialect:
    rows = [
        (f"ch_{x.order:x}", f"{x.at:%Y-%m-%d %H:%M}", f"{x.amount:.2f}", "0.00", "usd", f"{x.amount * 0.03:.2f}",
         "Paid", f"cus_{x.customer:04x}", f"{x.customer}@example.com")
        for x in shop_lines(lines=1)
    ]  # fmt: skip
    header = ["id", "Created (UTC)", "Amount", "Amount Refunded", "Currency", "Fee", "Status", "Customer ID",
              "Customer Email"]  # fmt: skip
    return Dialect("payments.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Customer ID", "order": "id", "date": "Created (UTC)", "amount": "Amount",
    }, optional=frozenset({"refund", "currency"}))  # fmt: skip


def olist() -> Dialect:
    rows = [
        (f"{x.order * 7919:032x}", f"{x.order * 104729:032x}", f"{x.customer * 1299709:032x}", "delivered", x.at,
         x.at + timedelta(hours=1), x.at + timedelta(days=9), f"{x.amount:.2f}")
        for x in shop_lines(lines=1)
    ]  # fmt: skip
    header = ["order_id", "customer_id", "customer_unique_id", "order_status", "order_purchase_timestamp",
              "order_approved_at", "order_delivered_customer_date", "payment_value"]  # fmt: skip
    return Dialect("olist.csv", text_of(header, rows).encode(), "orders", {
        "customer": "customer_unique_id", "order": "order_id", "date": "order_purchase_timestamp",
        "amount": "payment_value",
    })  # fmt: skip


def superstore() -> Dialect:
    rows = [
        (i + 1, f"US-2024-{x.order}", f"{x.at.month}/{x.at.day}/{x.at.year}",
         f"{x.at.month}/{min(28, x.at.day + 2)}/{x.at.year}", "Second Class", f"CG-{x.customer:05}",
         person(x.customer), "Consumer", "United States", "Henderson", "Kentucky", "42420", "South",
         f"FUR-BO-{x.product:08}", "Furniture", "Bookcases", f"Bookcase {x.product}", f"{x.amount * 0.8:.4f}",
         x.quantity, 0.2, f"{x.amount * 0.1:.4f}")
        for i, x in enumerate(shop_lines())
    ]  # fmt: skip
    header = ["Row ID", "Order ID", "Order Date", "Ship Date", "Ship Mode", "Customer ID", "Customer Name", "Segment",
              "Country", "City", "State", "Postal Code", "Region", "Product ID", "Category", "Sub-Category",
              "Product Name", "Sales", "Quantity", "Discount", "Profit"]  # fmt: skip
    return Dialect("superstore.csv", text_of(header, rows).encode("cp1252"), "orders", {
        "customer": "Customer ID", "order": "Order ID", "date": "Order Date", "amount": "Sales",
        "date_format": "%m/%d/%Y",
    })  # fmt: skip


def unix_seconds() -> Dialect:
    rows = [(x.customer, int(x.at.timestamp()), f"p{x.product}", f"{x.amount:.2f}") for x in shop_lines()]
    return Dialect("amazon.csv", text_of(["user_id", "timestamp", "item_id", "price"], rows).encode(), "orders", {
        "customer": "user_id", "date": "timestamp", "amount": "price",
    }, optional=frozenset({"order", "product", "date_format"}))  # fmt: skip


def numeric_ids_alone() -> Dialect:
    rows = [(x.order, 100 + x.customer, f"{x.at:%Y-%m-%d}", f"{x.amount:.2f}") for x in shop_lines()]
    return Dialect("plain.csv", text_of(["a", "b", "c", "d"], rows).encode(), "orders", {
        "customer": "b", "order": "a", "date": "c", "amount": "d",
    })  # fmt: skip


def ambiguous_days() -> Dialect:
    rows = [
        (x.customer, x.order, f"{1 + x.order % 12:02}.{1 + x.order % 11:02}.2024", f"{x.amount:.2f}")
        for x in shop_lines(lines=1)
    ]
    return Dialect("days.csv", text_of(["client", "order", "date", "amount"], rows).encode(), "orders", {
        "customer": "client", "order": "order", "date": "date", "amount": "amount",
    }, ambiguous=frozenset({"date_format"}))  # fmt: skip


def ambiguous_thousands() -> Dialect:
    rows = [
        (x.customer, x.order, f"{x.at:%Y-%m-%d}", f"{1 + x.order % 9}.{100 + x.order % 800}" if x.order % 2 else "850")
        for x in shop_lines(lines=1)
    ]
    return Dialect("marks.csv", text_of(["client", "order", "date", "amount"], rows, ";").encode(), "orders", {
        "customer": "client", "order": "order", "date": "date", "amount": "amount", "separator": ";",
    }, ambiguous=frozenset({"decimal"}))  # fmt: skip


def two_customers() -> Dialect:
    rows = [
        (f"B{x.customer}", f"C{x.customer % 20}-{x.order % 3}", x.order, f"{x.at:%Y-%m-%d}", f"{x.amount:.2f}")
        for x in shop_lines(lines=1)
    ]
    return Dialect("b2b.csv", text_of(["buyer_id", "account_id", "order_id", "order_date", "total"], rows).encode(),
                   "orders", {"order": "order_id", "date": "order_date", "amount": "total"},
                   ambiguous=frozenset({"customer"}))  # fmt: skip


def mail_events() -> Dialect:
    rng = random.Random(4)
    rows = [
        (f"u{i % 40}@example.com", rng.choice(["sent", "open", "click", "unsubscribe"]),
         datetime(2024, 1, 1) + timedelta(hours=i), f"camp-{i % 5}")
        for i in range(400)
    ]  # fmt: skip
    return Dialect("mail.csv", text_of(["email", "event_type", "event_time", "campaign"], rows).encode(), "events", {
        "customer": "email", "event": "event_type", "date": "event_time",
    }, optional=frozenset({"channel", "campaign", "names"}))  # fmt: skip


def shop_events() -> Dialect:
    rng = random.Random(5)
    rows = [
        (f"{datetime(2024, 1, 1) + timedelta(minutes=7 * i)} UTC", rng.choice(["view", "cart", "purchase"]),
         1000 + i % 60, 2053013555631882655, "electronics.phone", "acme", f"{rng.uniform(5, 900):.2f}",
         512000000 + i % 50, f"9f0a-{i % 90}")
        for i in range(600)
    ]  # fmt: skip
    header = ["event_time", "event_type", "product_id", "category_id", "category_code", "brand", "price", "user_id",
              "user_session"]  # fmt: skip
    return Dialect("rees46.csv", text_of(header, rows).encode(), "events", {
        "customer": "user_id", "event": "event_type", "date": "event_time",
    }, optional=frozenset({"channel", "names", "value", "date_format"}))  # fmt: skip


def customer_table() -> Dialect:
    rows = [(f"C{i:04}", 18 + i % 60, "MF"[i % 2], ["Berlin", "Paris", "Rom"][i % 3], i % 2, f"20{10 + i % 13}-05-17")
            for i in range(150)]  # fmt: skip
    header = ["customer_id", "age", "gender", "city", "newsletter", "registered_at"]
    return Dialect("crm.csv", text_of(header, rows).encode(), "customers", {"customer": "customer_id"})


def feature_table() -> Dialect:
    rng = random.Random(6)
    rows = [(f"К{i}", rng.randint(1, 300), rng.randint(1, 20), comma(rng.uniform(10, 9000))) for i in range(200)]
    header = ["Клиент", "Давность", "Частота", "Выручка"]
    return Dialect("rfm.csv", text_of(header, rows, ";").encode("cp1251"), "customers", {
        "customer": "Клиент", "separator": ";", "decimal": ",", "encoding": "cp1251",
    })  # fmt: skip


def amo_crm() -> Dialect:
    rows = [
        (31_000 + i, f"Заказ {x.order}", f"{x.amount * 80:.0f}", "Иванова", f"{x.at:%d.%m.%Y %H:%M:%S}", "не закрыта",
         "Успешно реализовано", "Розница", person(x.customer), f"k{x.customer}@example.ru")
        for i, x in enumerate(shop_lines(lines=1))
    ]  # fmt: skip
    header = ["ID", "Название сделки", "Бюджет", "Ответственный", "Дата создания сделки", "Дата закрытия",
              "Этап сделки", "Воронка", "Полное имя контакта", "Рабочий email"]  # fmt: skip
    return Dialect("amo.csv", text_of(header, rows).encode(), "orders", {
        "customer": "Рабочий email", "order": "ID", "date": "Дата создания сделки", "amount": "Бюджет",
        "date_format": "%d.%m.%Y %H:%M:%S",
    })  # fmt: skip


def line_items_without_customer() -> Dialect:
    rows = [(x.order, i, f"P{x.product}", "S1", f"{x.price:.2f}", "9.90") for i, x in enumerate(shop_lines())]
    header = ["order_id", "order_item_id", "product_id", "seller_id", "price", "freight_value"]
    return Dialect("items.csv", text_of(header, rows).encode(), "other")


def quoted_lines() -> Dialect:
    rows = [
        (f"ACC{x.customer}", f"{x.order}", f"{x.at:%Y-%m-%dT%H:%M:%SZ}", 'Cup 2" high,\nblue'.replace('"', '""'),
         f"{x.amount:.2f}")
        for x in shop_lines()
    ]  # fmt: skip
    header = ["accountId", "orderNumber", "createdAt", "itemDescription", "lineTotal"]
    return Dialect("api.csv", text_of(header, rows).encode(), "orders", {
        "customer": "accountId", "order": "orderNumber", "date": "createdAt", "amount": "lineTotal",
    })  # fmt: skip


MAKERS: tuple[Callable[[], Dialect], ...] = (
    german, russian, one_c, french, spanish, portuguese, american, twelve_hours, pipes, utf_16, separator_line, titles,
    shopify, woocommerce_customers, magento, stripe, olist, superstore, unix_seconds, numeric_ids_alone, ambiguous_days,
    ambiguous_thousands, two_customers, mail_events, shop_events, customer_table, feature_table, amo_crm,
    line_items_without_customer, quoted_lines,
)  # fmt: skip
