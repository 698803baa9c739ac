"""The sums of an order log per customer in SQL, step by step, as `features/sums/_order_sums.py` computes them.

Names after a colon are replaced by expressions of the dialect. A step reads the one before it. `{lines}` is the first
one, and `{in_sums}` and `{in_numbers}` are what a base with a season adds, see `_season`.
"""

from __future__ import annotations

WITHIN_ORDERS = {
    "grouped": """
        SELECT customer, order_id, moment, money, is_cancelled, refund,
            CASE WHEN moment IS NULL OR moment < :as_of THEN order_id END AS group_id
        FROM lines
    """,
    "compared": """
        SELECT customer, order_id, moment, money, is_cancelled, refund, group_id,
            MIN(customer) OVER (PARTITION BY group_id) AS first_customer,
            MAX(customer) OVER (PARTITION BY group_id) AS last_customer,
            MIN(moment) OVER (PARTITION BY group_id) AS first_moment,
            MAX(moment) OVER (PARTITION BY group_id) AS last_moment,
            MIN(is_cancelled) OVER (PARTITION BY group_id) AS least_cancelled,
            MAX(is_cancelled) OVER (PARTITION BY group_id) AS most_cancelled,
            MAX(CASE WHEN is_cancelled = 0 AND (moment IS NULL OR moment < :as_of) THEN 1 ELSE 0 END)
                OVER () AS marks_no
        FROM grouped
    """,
    "whole_orders": """
        SELECT customer, order_id, moment, money, is_cancelled, refund, first_customer, first_moment, last_moment,
            least_cancelled, most_cancelled, marks_no,
            CASE WHEN group_id IS NOT NULL AND (first_customer IS NULL OR first_customer = last_customer)
                THEN 1 ELSE 0 END AS has_one_customer
        FROM compared
    """,
    "completed": """
        SELECT order_id, money, refund,
            CASE WHEN customer IS NULL AND has_one_customer = 1 THEN first_customer ELSE customer END AS customer,
            CASE WHEN moment IS NULL AND has_one_customer = 1 AND first_moment = last_moment
                THEN first_moment ELSE moment END AS moment,
            CASE WHEN is_cancelled IS NULL AND marks_no = 1 AND has_one_customer = 1
                AND least_cancelled = most_cancelled THEN least_cancelled ELSE is_cancelled END AS is_cancelled
        FROM whole_orders
    """,
}
"""A line without a customer, a date or a mark of cancellation takes that of its order, if it has a single one."""

ORDER_STEPS = {
    "dated": """
        SELECT customer, order_id, moment, money, refund,
            CASE WHEN order_id IS NULL THEN moment END AS order_moment,
            :day AS day,
            CASE WHEN is_cancelled = 1 THEN 1 ELSE 0 END AS is_cancelled
        FROM {lines}
        WHERE customer IS NOT NULL AND moment < :as_of
    """,
    "counted": """
        SELECT customer, order_id, order_moment, moment,
            CASE WHEN :counts THEN day END AS day,
            CASE WHEN :counts THEN :net END AS money,
            CASE WHEN money > 0 THEN 1 ELSE 0 END AS is_offered,
            CASE WHEN :counts AND money > 0 THEN money ELSE 0 END AS gross,
            CASE WHEN :counts THEN :refunded ELSE 0 END AS refunded
        FROM dated
    """,
    "totals": """
        SELECT customer, order_id, order_moment, MIN(day) AS day, COUNT(day) AS n_lines,
            COALESCE(SUM(money), 0) AS money, MAX(is_offered) AS is_placed, MIN(moment) AS moment,
            SUM(gross) AS gross, SUM(refunded) AS refunded
        FROM counted
        GROUP BY customer, order_id, order_moment
    """,
    "valued": """
        SELECT customer, day, money, gross, refunded, is_placed, CASE WHEN :worth THEN 1 ELSE 0 END AS is_worth,
            CASE WHEN :inside THEN 1 ELSE 0 END AS is_inside
        FROM totals
    """,
    "placed": """
        SELECT customer, money, gross, refunded, is_placed, is_worth, is_inside, is_worth * is_inside AS is_purchase,
            CASE WHEN is_worth = 1 AND is_inside = 1 THEN day END AS order_date,
            CASE WHEN is_worth = 1 THEN day END AS date_ever
        FROM valued
    """,
    "dates": """
        SELECT customer, order_date, MIN(date_ever) AS date_ever, SUM(is_purchase) AS orders,
            SUM(is_purchase * money) AS spent, SUM(is_inside * money) AS money,
            SUM((1 - is_worth) * is_inside * is_placed) AS returned_orders,
            SUM(is_inside * gross) AS gross, SUM(is_inside * refunded) AS refunded
        FROM placed
        GROUP BY customer, order_date
    """,
    "days": """
        SELECT customer, orders, spent, money, gross, refunded, returned_orders, :order_day AS order_day,
            :day_ever AS day_ever,
            CASE WHEN :in_peak THEN 1 ELSE 0 END AS is_peak
        FROM dates
    """,
    "gaps": """
        SELECT customer, orders, spent, money, gross, refunded, returned_orders, order_day, is_peak,
            MIN(order_day) OVER (PARTITION BY customer) AS first_day,
            MIN(day_ever) OVER (PARTITION BY customer) AS first_day_ever,
            order_day - LAG(order_day) OVER (PARTITION BY customer ORDER BY order_day) AS gap
        FROM days
    """,
    "exposed": """
        SELECT customer, orders, spent, money, gross, refunded, returned_orders, order_day, is_peak, first_day,
            first_day_ever, gap,
            :exposure AS exposure
        FROM gaps
    """,
    "sums": """
        SELECT customer, first_day, first_day_ever, exposure, MAX(order_day) AS last_day,
            COUNT(order_day) AS order_days,
            SUM(gross) AS gross, SUM(refunded) AS refunded, SUM(orders) AS orders, SUM(money) AS money,
            SUM(spent) AS spent, SUM(returned_orders) AS returned_orders,
            SUM(CASE WHEN order_day = first_day THEN spent ELSE 0 END) AS first_day_spent,
            SUM(CASE WHEN is_peak = 1 THEN :peaking ELSE 0 END) AS peak_spent,
            SUM(gap * gap) AS squared_gaps,{in_sums}
            SUM(CASE WHEN (:today - order_day) * 2 < exposure THEN orders ELSE 0 END) AS late_orders
        FROM exposed
        GROUP BY customer, first_day, first_day_ever, exposure
    """,
    "numbers": """
        SELECT customer, :today - last_day AS recency, :today - first_day_ever AS age, orders AS order_count,
            order_days, returned_orders, last_day - first_day AS span,
            CAST(gross AS DOUBLE) AS gross, CAST(refunded AS DOUBLE) AS refunded,
            CAST(orders AS DOUBLE) AS orders, CAST(order_days - 1 AS DOUBLE) AS gaps,
            CAST(last_day - first_day AS DOUBLE) AS gap_sum, CAST(COALESCE(squared_gaps, 0) AS DOUBLE) AS squared_gaps,
            CAST(money AS DOUBLE) / :units AS money, CAST(spent AS DOUBLE) AS spent,
            CAST(peak_spent AS DOUBLE) AS peak_spent,
            CAST(spent - first_day_spent AS DOUBLE) / :units AS later, CAST(late_orders AS DOUBLE) AS late,
            CASE WHEN exposure > 30 THEN CAST(exposure AS DOUBLE) ELSE CAST(30 AS DOUBLE) END AS exposure,
            CASE WHEN exposure IS NULL THEN 1 ELSE 0 END AS is_unexposed{in_numbers}
        FROM sums
    """,
}
"""From lines to sums per customer."""

FEATURES = {
    "recency_days": "recency",
    "age_days": "age",
    "order_count": "order_count",
    "order_days": "order_days",
    "revenue": "money",
    "order_value": "CASE WHEN orders > 0 THEN money / orders END",
    "order_value_shrunk": "CASE WHEN orders > 0 THEN :shrunk END",
    "orders_per_30d": "CASE WHEN is_unexposed = 1 THEN 0 ELSE 30 * orders / exposure END",
    "recency_span_days": "span",
    "repeat_count": "CASE WHEN orders > 0 THEN order_days - 1 ELSE 0 END",
    "repeat_value": "CASE WHEN gaps > 0 THEN later / gaps END",
    "returned_orders": "returned_orders",
    "return_share": "CASE WHEN gross > 0 THEN refunded / gross END",
    "gap_days_mean": "CASE WHEN gaps >= 1 THEN gap_sum / gaps END",
    "gap_cv": "CASE WHEN gaps >= 2 THEN :deviation / (gap_sum / gaps) END",
    "expected_gap_days": "CASE WHEN orders > 0 THEN :expected END",
    "overdue_ratio": "CASE WHEN orders > 0 THEN :overdue END",
    "trend": ":trend",
    "peak_share": "CASE WHEN spent > 0 THEN :peak_share END",
    "season_share": "CASE WHEN orders > 0 THEN season_orders / orders END",
}
"""By feature, from the columns of the step "numbers"."""
