"""What there is to say about one customer's segment, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass

from custseg._numbers import amount, number_words
from custseg._texts import printable

_MOST_TOLD = 3


@dataclass(frozen=True)
class Reason:
    """What one feature has to do with the segment of a customer.

    Attributes
    ----------
    feature : str
        The feature.
    value : float or None
        The customer's value in human units; None where it is missing.
    taken_as : float
        The value that the segmentation went by: the median of the base where it is missing.
    typical, typical_second : float or None
        Median of the customer's segment, and of the second-best; None where fewer than ten have a value.
    contribution : float
        By how much the feature makes the second-best segment costlier than the own one: above 0 it speaks
        for the own segment, below 0 against it.
    unit : str
        Of the values.
    """

    feature: str
    value: float | None
    taken_as: float
    typical: float | None
    typical_second: float | None
    contribution: float
    unit: str = ""


@dataclass(frozen=True)
class Change:
    """The change of one feature that would move a customer, all else equal.

    Attributes
    ----------
    feature : str
        The feature.
    value : float or None
        The customer's value; None where it is missing.
    target : float
        A round value that moves them, within what is observed.
    segment : int
        Where they would be.
    name : str
        The name of that segment.
    size : float
        How large the change is, in standard deviations of the prepared feature.
    unit : str
        Of the values.
    """

    feature: str
    value: float | None
    target: float
    segment: int
    name: str
    size: float
    unit: str = ""


@dataclass(frozen=True)
class Explanation:
    """Why a customer is in their segment, how sure that is, and what would move them.

    Attributes
    ----------
    customer : int or str
        The id.
    segment : int
        The segment.
    name : str
        Its name.
    second : int or None
        The second-best segment; None where there is one alone.
    second_name : str
        Its name.
    why : tuple of Reason
        Every feature that was clustered on, the largest contribution first.
    rest : float
        What is no feature's: offsets for the minimum size, how large and dense the segments are.
    margin : float
        By how much the second-best segment is costlier: the contributions and `rest` together.
    confidence : float
        In [0, 1], about 1/2 on the boundary of two segments.
    unusual : bool
        Whether the customer is farther from the segment than everyone in the fit.
    change : Change or None
        The smallest change of one feature that would move them; None where none does within what is observed.
    language : {"en", "ru"}
        Of `repr`.
    """

    customer: int | str
    segment: int
    name: str
    second: int | None
    second_name: str
    why: tuple[Reason, ...]
    rest: float
    margin: float
    confidence: float
    unusual: bool
    change: Change | None
    language: str = "en"

    def __repr__(self) -> str:
        words = _WORDS[self.language]
        lines = [words["is in"].format(printable(str(self.customer)), self.name, self.segment)]
        if self.second is None:
            return "\n".join([*lines, words["alone"]])
        speaks = [reason for reason in self.why if reason.contribution > 0][:_MOST_TOLD]
        against = [reason for reason in reversed(self.why) if reason.contribution < 0][:_MOST_TOLD]
        for title, reasons in (("why", speaks), ("against", against)):
            if reasons:
                lines.append(words[title].format(self.second_name))
                lines += [f"  {self._said(reason)}" for reason in reasons]
        if not speaks:
            lines.append(words["rest alone"].format(self.second_name))
        lines.append(words["sure"].format(number_words(round(self.confidence, 2), self.language), self.second_name))
        if self.unusual:
            lines.append(words["unusual"])
        return "\n".join([*lines, self._moved()])

    def _said(self, reason: Reason) -> str:
        words = _WORDS[self.language]
        value = f"{printable(reason.feature)}: {self._value(reason.value, reason)}"
        if reason.typical is None or reason.typical_second is None:
            return value
        medians = (
            self._amount(float(f"{middle:.4g}"), reason.unit) for middle in (reason.typical, reason.typical_second)
        )
        return f"{value} ({words['typical'].format(*medians)})"

    def _moved(self) -> str:
        words, change = _WORDS[self.language], self.change
        if change is None:
            return words["stays"]
        [reason] = [reason for reason in self.why if reason.feature == change.feature]
        target = self._amount(change.target, change.unit)
        return words["moves"].format(printable(change.feature), target, self._value(change.value, reason), change.name)

    def _value(self, value: float | None, reason: Reason) -> str:
        if value is None:
            return _WORDS[self.language]["filled"].format(self._amount(reason.taken_as, reason.unit))
        return self._amount(value, reason.unit)

    def _amount(self, value: float, unit: str) -> str:
        return amount(value, unit, self.language)


_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "is in": "Customer {} is in {} (segment {}).",
        "alone": "There is no other segment.",
        "why": "Why there and not in {}:",
        "against": "What speaks for {} instead:",
        "rest alone": "No feature speaks against {}: the minimum size or the shape of the segments decides.",
        "typical": "median {} here, {} there",
        "filled": "missing, taken as {}",
        "sure": "How sure: {} of 1; 0.5 would be the boundary with {}.",
        "unusual": "Unusual: farther from the segment than everyone it was made from.",
        "moves": "With {} at {} (now {}), and all else as it is, they would be in {}.",
        "stays": "No change of one feature, within what is observed, would move them.",
    },
    "ru": {
        "is in": "Клиент {} — в сегменте «{}» (номер {}).",
        "alone": "Других сегментов нет.",
        "why": "Почему не «{}»:",
        "against": "Что говорит за «{}»:",
        "rest alone": "Ни один признак не говорит против «{}»: решает наименьший размер или форма сегментов.",
        "typical": "медиана здесь {}, там {}",
        "filled": "неизвестно, взято {}",
        "sure": "Уверенность: {} из 1; 0,5 — граница с «{}».",
        "unusual": "Необычно: дальше от сегмента, чем все, из кого он составлен.",
        "moves": "Если {} будет {} (сейчас {}), а остальное не изменится, сегментом станет «{}».",
        "stays": "Изменение одного признака в наблюдаемых пределах ничего не меняет.",
    },
}
