"""Chinese numerals: 二〇二四 and 二oo五 digit by digit, 一百二十三万 by place."""

from decimal import Decimal

DIGITS = {
    **dict(zip("〇一二三四五六七八九", range(10), strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", range(10), strict=True)),
    **dict.fromkeys("○◯Oo0", 0),
    **{"两": 2, "貳": 2, "参": 3, "陸": 6, "元": 1},
}
PLACES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
TENS = {"廿": "二十", "卅": "三十"}
NUMERAL_CHARS = "".join(char for char in {*DIGITS, *PLACES, *TENS} if char not in "元0")


def read_digits(text: str) -> int | None:
    """Read numerals that stand digit by digit (二〇二四, 二oo五); None when a character is no digit."""
    digits = [DIGITS.get(char, int(char) if char.isascii() and char.isdigit() else None) for char in text]
    if not digits or None in digits:
        return None
    return int("".join(str(digit) for digit in digits))


def read_integer(text: str) -> int | None:
    """Read a whole number in Chinese numerals (一百二十三万, 十二, 二〇二四); None when it is none."""
    for short, long in TENS.items():
        text = text.replace(short, long)
    if not text or not set(text) <= DIGITS.keys() | PLACES.keys() | MYRIADS.keys() - {"元"}:
        return None
    if len(text) > 1 and set(text) <= DIGITS.keys():
        return read_digits(text)
    return _read_places(text)


def _read_places(text: str) -> int | None:
    """Read a numeral of known characters by place; None for places out of order and for 二百五, which may mean 250."""
    total, section, place = 0, 0, 10**4
    digit: int | None = None
    skipped = False
    for char in text:
        if char in MYRIADS:
            part, myriad = section + (digit or 0), MYRIADS[char]
            if not total + part:
                return None
            total = total + part * myriad if total >= myriad else (total + part) * myriad
            section, digit, place = 0, None, 10**4
        elif char in PLACES:
            if PLACES[char] >= place or digit == 0:
                return None
            skipped = False
            section, digit, place = section + (1 if digit is None else digit) * PLACES[char], None, PLACES[char]
        elif digit:
            return None
        else:
            skipped = skipped or DIGITS[char] == 0
            digit = DIGITS[char]
    if digit and not skipped and (10 < place < 10**4 or (total and place == 10**4)):
        return None
    return total + section + (digit or 0)


def read_number(text: str) -> Decimal | None:
    """Read a number in Chinese numerals with or without 点 (三点五); None when it is none."""
    whole_text, point, places_text = text.partition("点")
    whole = read_integer(whole_text)
    if whole is None:
        return None
    if not point:
        return Decimal(whole)
    if not places_text or not set(places_text) <= DIGITS.keys() - {"元"}:
        return None
    places = "".join(str(DIGITS[char]) for char in places_text)
    return Decimal(f"{whole}.{places}")
