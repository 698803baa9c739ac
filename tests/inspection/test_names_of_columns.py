import pytest

from custseg.inspection.columns._words import catalog, name_scores

PLAIN = {
    "customer": "CustomerID|customer_id|Client|household_key|Kundennummer|Kunden-Nr.|Код клиента|Покупатель|"
                "Código de cliente|N° client|Cliente|user_id|Membership ID",
    "order": "InvoiceNo|Order #|basket_id|Rechnungsnr.|Bestellnummer|№ заказа|Номер чека|Nº de pedido|N° commande|"
             "Nota Fiscal|transaction_id",
    "date": "order_purchase_timestamp|InvoiceDate|Bestelldatum|Дата заказа|Fecha del pedido|Date de commande|"
            "Data da compra|Created at",
    "amount": "Total|sales_value|Gesamtbetrag|Umsatz|Сумма заказа|Стоимость|Importe total|Montant TTC|Valor total|"
              "spent",
    "quantity": "Quantity|QTY|Menge|Stück|Количество|Кол-во|Cantidad|Quantité|Qtde",
    "price": "UnitPrice|Lineitem price|Einzelpreis|Цена за единицу|Precio unitario|Prix unitaire|Preço unitário",
    "product": "StockCode|product_id|SKU|Artikel|Товар|Артикул|Artículo|Produit|Produto",
    "channel": "Channel|Verkaufskanal|Канал продаж|Canal",
    "discount": "Discount Amount|Rabatt|Скидка|Descuento|Remise|Desconto",
}  # fmt: skip


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in PLAIN.items() for name in names.split("|")])
def test_name_in_any_language_means_its_role(role: str, name: str) -> None:
    scores = name_scores(name)
    assert max(scores, key=lambda one: scores[one]) == role


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Customer city", "customer"), ("order_status", "order"), ("Ship Date", "date"), ("Birth date", "date"),
        ("Order Date", "order"), ("Tax amount", "amount"), ("Discount Code", "discount"), ("Customer type", "customer"),
        ("order_item_id", "order"), ("Дата рождения", "date"), ("Refunded Amount", "amount"), ("seller_id", "customer"),
    ],
)  # fmt: skip
def test_further_words_change_what_a_name_means(name: str, role: str) -> None:
    assert name_scores(name).get(role, 0.0) < 0.5


@pytest.mark.parametrize("language", ["en", "ru", "de", "es", "fr", "pt"])
def test_every_concept_has_words_in_every_language(language: str) -> None:
    assert [concept for concept, words in catalog()["words"].items() if not words.get(language)] == []


def test_rules_use_concepts_that_exist() -> None:
    known = {*catalog()["words"], "*"}
    rules = [rule for rules in catalog()["rules"].values() for rule in rules]
    assert {concept for rule in rules for concept in [*rule["needs"], *rule["may"]]} <= known
